#pragma once

#include <boost/asio/any_io_executor.hpp>

#include "quartz/client/client.hpp"
#include "quartz/client/client_config.hpp"
#include "quartz/export.hpp"
#include "quartz/result.hpp"
#include "quartz/server/server_config.hpp"
#include "quartz/storage/storage_config.hpp"

namespace quartz {

/// What a database in this process is opened and served with.
struct EmbeddedConfig {
  StorageConfig storage = {};  ///< How the database is opened.
  /// Listeners that are wanted beside the client are off unless they are named here; one io thread.
  ServerConfig server = embedded_server();

  /// No listener, and one io thread.
  static ServerConfig embedded_server() {
    ServerConfig config;
    config.http.enabled = false;
    config.resp.enabled = false;
    config.io_threads = 1;
    return config;
  }
};

/// A client of `config.endpoints`, so that a program begins with a database of its own and grows by
/// changing a URL: `file:data`, alone, opens the directory `data`, which is made if it is missing,
/// and serves it in this process; every other URL is a server's, and `embedded` is not looked at.
///
/// The database belongs to the client: it is closed when the client has ended, which a client with
/// a thread of its own waits for. Another program, or another client of this one, that wants it
/// meanwhile is refused with `busy`; copies of the client's work are what its functions are for.
///
/// Commands are carried out on the client's executor, without a network or authentication, those
/// that take long on worker threads.
///
/// Errors: those of `StorageEngine::open` and `Server::start`, naming what they are about;
/// `invalid_argument` for a configuration that makes no sense.
QUARTZ_EXPORT Result<Client> open_client(boost::asio::any_io_executor executor, ClientConfig config,
                                         EmbeddedConfig embedded = {});
/// The same with a thread of its own.
QUARTZ_EXPORT Result<Client> open_client(ClientConfig config, EmbeddedConfig embedded = {});

}  // namespace quartz
