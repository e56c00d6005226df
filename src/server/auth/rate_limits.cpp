#include "server/auth/rate_limits.hpp"

#include <algorithm>

namespace quartz::server {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

std::int64_t nanoseconds(TokenBucket::Clock::time_point time) noexcept {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
}

}  // namespace

bool TokenBucket::try_take(std::uint32_t per_second, Clock::time_point now) noexcept {
  const std::int64_t present = nanoseconds(now);
  std::int64_t full_at = full_at_.load(std::memory_order_relaxed);
  for (;;) {
    const std::int64_t next = std::max(full_at, present) + kSecond / per_second;
    if (next - present > kSecond) return false;
    if (full_at_.compare_exchange_weak(full_at, next, std::memory_order_relaxed)) return true;
  }
}

std::uint32_t TokenBucket::left(std::uint32_t per_second, Clock::time_point now) const noexcept {
  const std::int64_t missing =
      std::max<std::int64_t>(0, full_at_.load(std::memory_order_relaxed) - nanoseconds(now));
  const std::int64_t there = std::max<std::int64_t>(0, kSecond - missing);
  return static_cast<std::uint32_t>(there / (kSecond / per_second));
}

bool TokenBucket::is_full(Clock::time_point now) const noexcept {
  return full_at_.load(std::memory_order_relaxed) <= nanoseconds(now);
}

std::shared_ptr<TokenBucket> RateLimits::bucket(std::string_view name) {
  MutexLock lock(mutex_);
  if (const auto found = buckets_.find(name); found != buckets_.end()) return found->second;
  if (buckets_.size() >= sweep_at_) drop_full_locked();
  return buckets_.emplace(std::string(name), std::make_shared<TokenBucket>()).first->second;
}

// At twice the size that it leaves, so that a new bucket costs the same on average however many
// there are.
void RateLimits::drop_full_locked() {
  const auto now = Clock::now();
  std::erase_if(buckets_, [&](const auto& entry) {
    return entry.second.use_count() == 1 && entry.second->is_full(now);
  });
  sweep_at_ = std::max(kSweptFrom, 2 * buckets_.size());
}

std::size_t RateLimits::size() const {
  MutexLock lock(mutex_);
  return buckets_.size();
}

}  // namespace quartz::server
