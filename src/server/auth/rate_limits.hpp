#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/mutex.hpp"

namespace quartz::server {

/// What one user or one address may still ask for: so many requests a second, and as many at once
/// after a second of silence. Keeps only the time at which it will be full again (the generic cell
/// rate algorithm of ATM). Threads: any number at a time.
class TokenBucket {
 public:
  using Clock = std::chrono::steady_clock;

  /// Takes one, unless there is none. `per_second` is more than zero.
  bool try_take(std::uint32_t per_second, Clock::time_point now) noexcept;
  /// Whole ones that are left.
  std::uint32_t left(std::uint32_t per_second, Clock::time_point now) const noexcept;
  bool is_full(Clock::time_point now) const noexcept;

 private:
  std::atomic<std::int64_t> full_at_{0};  // Nanoseconds of the clock.
};

/// The buckets of all users and addresses. A bucket is kept as long as somebody holds it or it is
/// not full, so that nobody gets a new one by connecting again. Threads: any number at a time.
class RateLimits {
 public:
  using Clock = TokenBucket::Clock;

  /// 0: nobody is limited.
  std::uint32_t per_second() const noexcept { return per_second_.load(std::memory_order_relaxed); }
  void set_per_second(std::uint32_t count) noexcept {
    per_second_.store(count, std::memory_order_relaxed);
  }

  std::shared_ptr<TokenBucket> bucket(std::string_view name);
  /// How many there are.
  std::size_t size() const;

 private:
  void drop_full_locked() QUARTZ_REQUIRES(mutex_);

  static constexpr std::size_t kSweptFrom = 1024;

  std::atomic<std::uint32_t> per_second_{0};
  mutable Mutex mutex_;
  std::map<std::string, std::shared_ptr<TokenBucket>, std::less<>> buckets_
      QUARTZ_GUARDED_BY(mutex_);
  std::size_t sweep_at_ QUARTZ_GUARDED_BY(mutex_) = kSweptFrom;
};

}  // namespace quartz::server
