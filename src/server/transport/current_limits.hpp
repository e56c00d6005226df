#pragma once

#include <atomic>
#include <cstdint>

#include "base/mutex.hpp"
#include "quartz/server/server_config.hpp"

namespace quartz::server {

/// The limits in force, which may be replaced while sessions run. A session keeps a copy and asks
/// for the version, one load, whether it is still the one. Threads: any.
class CurrentLimits {
 public:
  explicit CurrentLimits(const RequestLimits& limits) : limits_(limits) {}

  std::uint32_t version() const noexcept { return version_.load(std::memory_order_acquire); }
  RequestLimits get() const {
    const MutexLock lock(mutex_);
    return limits_;
  }
  void set(const RequestLimits& limits) {
    const MutexLock lock(mutex_);
    limits_ = limits;
    version_.fetch_add(1, std::memory_order_release);
  }

 private:
  mutable Mutex mutex_;
  RequestLimits limits_ QUARTZ_GUARDED_BY(mutex_);
  std::atomic<std::uint32_t> version_{0};
};

}  // namespace quartz::server
