#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

namespace quartz::server {

class Connection;

/// The connections of one io thread, and the watch over their deadlines: one timer for all of them,
/// so that a deadline costs a connection no more than a store. Threads: its io thread.
class ConnectionSet {
 public:
  /// How late a deadline may be noticed.
  static constexpr std::chrono::milliseconds kWatchInterval{100};

  explicit ConnectionSet(boost::asio::io_context& context) : timer_(context) {}
  ConnectionSet(const ConnectionSet&) = delete;
  ConnectionSet& operator=(const ConnectionSet&) = delete;

  void add(Connection& connection);
  void remove(Connection& connection) noexcept;
  std::size_t size() const noexcept { return connections_.size(); }

  /// Tells all of them, and those that come yet, that the server stops.
  void drain();
  bool draining() const noexcept { return draining_; }
  /// Tells those who want to know that users have changed.
  void tell_users_changed();
  /// Closes all of them.
  void close_all();

 private:
  void watch();
  void look();

  boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                    boost::asio::wait_traits<std::chrono::steady_clock>,
                                    boost::asio::io_context::executor_type>
      timer_;
  std::vector<Connection*> connections_;  // Each knows its index.
  bool watching_ = false;
  bool draining_ = false;
};

}  // namespace quartz::server
