#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/mutex.hpp"
#include "quartz/client/local_service.hpp"
#include "server/resp/resp_client.hpp"
#include "server/resp/resp_server.hpp"

namespace quartz::server {

/// A client of the Redis protocol in the server's own process, which is what `RespSession` is to a
/// connection: takes requests, lets its client answer, and tells the replies. The application could
/// use the engine as well, so nobody asks it who it is or counts its requests.
///
/// Threads: those of LocalService::Session; `end` may be called by any.
class LocalSession final : public LocalService::Session,
                           public std::enable_shared_from_this<LocalSession> {
 public:
  LocalSession(RespServer& server, boost::asio::any_io_executor executor,
               LocalService::Listener listener);
  ~LocalSession() override;

  /// Once, before anything is sent.
  void begin();
  void send(std::string_view requests) override;
  /// What was not answered will not be; afterwards the server may go.
  void end();

 private:
  class Mailbox;

  ClientWire wire();
  void push(const std::string& bytes);
  void wake();
  void answer() QUARTZ_REQUIRES(mutex_);
  void sync() QUARTZ_REQUIRES(mutex_);
  void synced(bool succeeded);
  void wait() QUARTZ_REQUIRES(mutex_);
  void end_locked() QUARTZ_REQUIRES(mutex_);
  void tell_soon() QUARTZ_REQUIRES(mutex_);
  void tell();
  void go_on();

  RespServer& server_;  // Not once it was ended.
  const boost::asio::any_io_executor executor_;
  const LocalService::Listener listener_;
  std::shared_ptr<Mailbox> mailbox_;  // Null before the beginning.

  Mutex mutex_;
  std::shared_ptr<RespClient> client_ QUARTZ_GUARDED_BY(mutex_);  // Null: ended.
  std::string input_ QUARTZ_GUARDED_BY(mutex_);                   // That was not answered yet.
  std::string output_ QUARTZ_GUARDED_BY(mutex_);
  // Not empty: the output must not be told yet.
  std::optional<boost::asio::executor_work_guard<boost::asio::any_io_executor>> syncing_
      QUARTZ_GUARDED_BY(mutex_);
  bool telling_ QUARTZ_GUARDED_BY(mutex_) = false;  // Somebody is about to.
  bool full_ QUARTZ_GUARDED_BY(mutex_) = false;     // No more is answered before that.
  boost::asio::steady_timer waited_ QUARTZ_GUARDED_BY(mutex_);
  std::string told_;          // On the executor.
  bool told_of_end_ = false;  // On the executor.
};

}  // namespace quartz::server
