#include "server/transport/connection_set.hpp"

#include <boost/system/error_code.hpp>

#include "server/transport/connection.hpp"

namespace quartz::server {

void ConnectionSet::add(Connection& connection) {
  connection.index_ = connections_.size();
  connections_.push_back(&connection);
  if (draining_) connection.drain();
  watch();
}

void ConnectionSet::remove(Connection& connection) noexcept {
  connections_.back()->index_ = connection.index_;
  connections_[connection.index_] = connections_.back();
  connections_.pop_back();
  // An armed timer would keep the thread from ending.
  if (connections_.empty()) timer_.cancel();
}

void ConnectionSet::drain() {
  draining_ = true;
  for (Connection* connection : connections_) connection->drain();
}

void ConnectionSet::tell_users_changed() {
  for (Connection* connection : connections_) {
    if (connection->told_of_users_) connection->told_of_users_();
  }
}

void ConnectionSet::close_all() {
  for (Connection* connection : connections_) connection->close();
}

void ConnectionSet::watch() {
  if (watching_ || connections_.empty()) return;
  watching_ = true;
  timer_.expires_after(kWatchInterval);
  timer_.async_wait([this](const boost::system::error_code&) {
    watching_ = false;
    look();
    watch();
  });
}

void ConnectionSet::look() {
  const auto now = std::chrono::steady_clock::now();
  // Cancelling completes operations later, not within this loop.
  for (Connection* connection : connections_) {
    if (connection->deadline_ <= now) connection->expire();
  }
}

}  // namespace quartz::server
