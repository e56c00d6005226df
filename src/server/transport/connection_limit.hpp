#pragma once

#include <chrono>
#include <cstddef>
#include <utility>

#include "base/mutex.hpp"

namespace quartz::server {

/// How many connections a server has and may have, and when the last of them has gone.
/// Threads: any. Must outlive its places.
class ConnectionLimit {
 public:
  explicit ConnectionLimit(std::size_t max) : max_(max) {}

  /// One connection's part of the limit, given back at its end.
  class Place {
   public:
    Place() = default;
    Place(Place&& other) noexcept : limit_(std::exchange(other.limit_, nullptr)) {}
    Place& operator=(Place&&) = delete;
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place() {
      if (limit_ != nullptr) limit_->give_back();
    }
    /// Whether there was room.
    explicit operator bool() const noexcept { return limit_ != nullptr; }

   private:
    friend class ConnectionLimit;
    explicit Place(ConnectionLimit* limit) : limit_(limit) {}
    ConnectionLimit* limit_ = nullptr;
  };

  /// A place, or one that is false if all are taken.
  Place try_take() {
    const MutexLock lock(mutex_);
    if (open_ >= max_) return {};
    ++open_;
    return Place(this);
  }

  std::size_t max() const {
    const MutexLock lock(mutex_);
    return max_;
  }
  /// For connections from now on; those that are open stay.
  void set_max(std::size_t max) {
    const MutexLock lock(mutex_);
    max_ = max;
  }
  std::size_t open() const {
    const MutexLock lock(mutex_);
    return open_;
  }

  /// Waits until no place is taken; false if `timeout` passes first.
  bool wait_until_none(std::chrono::nanoseconds timeout) {
    const auto end = std::chrono::steady_clock::now() + timeout;
    const MutexLock lock(mutex_);
    while (open_ > 0) {
      const auto left = end - std::chrono::steady_clock::now();
      if (left <= std::chrono::nanoseconds(0)) return false;
      none_.wait_for(mutex_, left);
    }
    return true;
  }

 private:
  void give_back() {
    const MutexLock lock(mutex_);
    if (--open_ == 0) none_.notify_all();
  }

  mutable Mutex mutex_;
  std::size_t max_ QUARTZ_GUARDED_BY(mutex_);
  CondVar none_;
  std::size_t open_ QUARTZ_GUARDED_BY(mutex_) = 0;
};

}  // namespace quartz::server
