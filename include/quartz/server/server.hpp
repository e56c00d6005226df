#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "quartz/client/local_service.hpp"
#include "quartz/export.hpp"
#include "quartz/result.hpp"
#include "quartz/server/server_config.hpp"
#include "quartz/server/server_statistics.hpp"
#include "quartz/storage/storage_engine.hpp"

namespace quartz {

namespace server {
class RunningServer;
}

/// Serves one engine to other processes: HTTP with JSON, and the protocol of Redis. Any number of
/// servers may run in a process, also several over one engine, which the application may go on to
/// use itself.
///
/// Threads: all calls may run at the same time, except moving the handle and destroying it.
class QUARTZ_EXPORT Server {
 public:
  /// Listens and serves when it returns. Errors: `invalid_argument` for a configuration that makes
  /// no sense, or one that would let other machines in without authentication; `busy` if an
  /// address is in use; `io_error` if it cannot be listened on, or a certificate not be read.
  static Result<Server> start(std::shared_ptr<StorageEngine> engine, ServerConfig config = {});
  /// As above; `engine` must outlive the server.
  static Result<Server> start(StorageEngine& engine, ServerConfig config = {});

  /// One owner of the listeners: what was moved from may only be destroyed or assigned to.
  Server(Server&&) noexcept;
  Server& operator=(Server&&) noexcept;  ///< Stops what it was before.
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  /// Stops.
  ~Server();

  /// Accepts nobody any more, lets requests that have begun finish for at most `drain_timeout`,
  /// then closes what is left. What a worker thread is at by then, a batch of searches or the
  /// verification of a backup, is waited for: all threads have ended when it returns. The engine
  /// stays open. A second call returns at once.
  void stop();

  /// The port listened on; nothing for a protocol that is off.
  std::optional<std::uint16_t> http_port() const noexcept;
  /// As `http_port`, for the protocol of Redis.
  std::optional<std::uint16_t> resp_port() const noexcept;

  /// For clients in this process: `ClientConfig::local`. They need no address, neither are asked
  /// who they are nor have limits, and hold no connection. May be kept for longer than the server.
  std::shared_ptr<LocalService> local_service() const;

  /// Reads the files of the certificates again; connections from then on use them. On failure
  /// those in use stay. Without TLS there is nothing to do.
  Result<void> reload_certificates();
  /// Replaces the limits for requests from now on; `invalid_argument` for those that make no sense.
  Result<void> set_limits(const RequestLimits& limits);

  /// Takes over what may change while the server runs: `limits`, `cors`, `connections_max`,
  /// `drain_timeout`, `slow_request_threshold`, `slow_commands_max` and `latency_threshold`; the
  /// rest stays. `invalid_argument` for a configuration that could not be started with; nothing is
  /// changed then.
  Result<void> reconfigure(const ServerConfig& config);

  ServerStatistics statistics() const;  ///< As of now.

 private:
  explicit Server(std::unique_ptr<server::RunningServer> running) noexcept;

  std::unique_ptr<server::RunningServer> running_;  // Null only after a move.
};

}  // namespace quartz
