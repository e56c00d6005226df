#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "quartz/result.hpp"
#include "server/resp/resp_client.hpp"
#include "server/transport/task.hpp"

namespace quartz::server {

/// A client of the Redis protocol that lives for one request of HTTP, and waits as a session of
/// that protocol would: for the end of a pause, for a command that runs on another thread, and for
/// the sync. The request was counted towards the rate already, and pays for the first command.
/// Belongs to the executor.
class RequestClient {
 public:
  /// `address`: whence the request has come, with the port; empty if nobody knows.
  RequestClient(RespServer& server, std::string address,
                const boost::asio::any_io_executor& executor);
  RequestClient(const RequestClient&) = delete;
  RequestClient& operator=(const RequestClient&) = delete;
  ~RequestClient();

  RespClient& client() noexcept { return *client_; }

  /// The replies to the requests in `input`, which the caller keeps; fewer if the client is to go
  /// or there are more bytes of them than `bytes_max`. Fails if what was written could not be
  /// synced.
  Task<Result<std::string>> answer(std::string_view input, std::size_t bytes_max);

 private:
  struct Signal;

  Task<> wait();

  RespServer& server_;
  const std::shared_ptr<Signal> signal_;  // Raised late, it finds nobody.
  const std::shared_ptr<RespClient> client_;
};

}  // namespace quartz::server
