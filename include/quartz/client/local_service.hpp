#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include <boost/asio/any_io_executor.hpp>

namespace quartz {

/// A server that a client in the same process reaches without a network: `Server::local_service`.
/// Requests and replies are those of the Redis protocol. Threads: any number at a time.
class LocalService {
 public:
  /// What a client has instead of a connection. Its end is the session's.
  class Session {
   public:
    virtual ~Session() = default;
    /// Any piece of the stream of requests. On the executor of `connect`.
    virtual void send(std::string_view requests) = 0;
  };

  /// Called on the executor of `connect`, one at a time and never from within `send`; not after the
  /// session was let go. While there is much to tell, requests wait until it has returned.
  struct Listener {
    std::function<void(std::string_view replies)> replied;  ///< Any piece of the stream of replies.
    std::function<void()> ended;  ///< Once, the last: the server ended it.
  };

  virtual ~LocalService() = default;
  /// Null once the server has stopped. The executor runs one function at a time; it is what
  /// requests are carried out on, except those that take long.
  virtual std::shared_ptr<Session> connect(boost::asio::any_io_executor executor,
                                           Listener listener) = 0;
};

}  // namespace quartz
