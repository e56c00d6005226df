#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "server/http/response_stream.hpp"
#include "server/service/change_feed.hpp"
#include "server/transport/task.hpp"

namespace quartz::server {

/// Changes of keys as server-sent events
/// (https://html.spec.whatwg.org/multipage/server-sent-events.html). It keeps no queue: it reads
/// the feed as fast as its client reads, and when the feed has forgotten what comes next it says so
/// and ends.
class WatchStream final : public ResponseStream,
                          private ChangeFeed::Waiter,
                          public std::enable_shared_from_this<WatchStream> {
 public:
  struct Choice {
    std::size_t database = 0;
    std::string prefix;
    std::uint64_t after = 0;  ///< The sequence that the client has seen.
    bool resumed = false;     ///< It was the client who named it,
    bool is_ahead = false;    ///< or named one that is not yet, in whose place `after` is.
    std::chrono::milliseconds heartbeat{15'000};
  };

  /// Made shared, then begun. The feed outlives it.
  WatchStream(boost::asio::any_io_executor executor, ChangeFeed& feed, Choice choice);
  ~WatchStream() override;

  void begin() { feed_.add(*this); }
  Task<std::string> next() override;
  void end() noexcept override;

 private:
  void wake() noexcept override;
  ChangeFeed::Page look() const;
  void append_changes(std::string& to, const ChangeFeed::Page& page);
  void append_loss(std::string& to, const ChangeFeed::Page& page);

  ChangeFeed& feed_;
  Choice choice_;
  boost::asio::any_io_executor executor_;
  boost::asio::steady_timer timer_;
  bool greeted_ = false;
  bool ended_ = false;
  std::atomic<bool> asleep_{false};
};

}  // namespace quartz::server
