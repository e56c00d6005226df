// Requests that are used again, and what is counted of the others.

#include "client/core.hpp"

namespace quartz::client {
namespace {

// What requests keep that nobody uses.
constexpr std::size_t kIdleBytesMax = 16u << 20;

}  // namespace

Request& Core::take() {
  const MutexLock lock(pool_mutex_);
  if (idle_.empty()) {
    pool_.push_back(std::make_unique<Request>(*this));
    return *pool_.back();
  }
  Request& request = *idle_.back();
  idle_.pop_back();
  idle_bytes_ -= request.kept_bytes();
  return request;
}

void Core::recycle(Request& request) noexcept {
  request.reset();
  const MutexLock lock(pool_mutex_);
  // Of a burst the memory of a few serves for what comes behind it.
  if (idle_bytes_ + request.kept_bytes() > kIdleBytesMax) request.drop_memory();
  idle_bytes_ += request.kept_bytes();
  idle_.push_back(&request);
}

void Core::count_subscription(bool open) noexcept {
  auto& count = metrics_.now.subscriptions;
  open ? count.fetch_add(1, std::memory_order_relaxed)
       : count.fetch_sub(1, std::memory_order_relaxed);
}

}  // namespace quartz::client
