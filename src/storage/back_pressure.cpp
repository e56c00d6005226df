#include "storage/back_pressure.hpp"

#include <algorithm>

namespace quartz::storage {
namespace {

using Seconds = std::chrono::duration<double>;

// How far back the drain rate remembers: a report of this duration counts for half.
constexpr Seconds kMemory{2.0};
// A report of a stalled disk must not stop writers for good: debt decides that.
constexpr double kDrainRateMin = 64.0 * 1024;

double ratio(std::uint64_t value, std::uint64_t soft, std::uint64_t max) noexcept {
  if (value >= max) return 1.0;
  if (value <= soft) return 0.0;
  return static_cast<double>(value - soft) / static_cast<double>(max - soft);
}

}  // namespace

void BackPressure::update(std::uint64_t level0_files, std::uint64_t pending_bytes,
                          std::uint64_t unflushed_bytes) {
  const double debt =
      std::max({ratio(level0_files, limits_.level0_files_soft, limits_.level0_files_max),
                ratio(pending_bytes, limits_.pending_bytes_soft, limits_.pending_bytes_max),
                ratio(unflushed_bytes, limits_.unflushed_bytes_soft, limits_.unflushed_bytes_max)});
  // Calls for each flushed file find nothing new most of the time.
  if (debt == 0.0 && this->debt() == 0.0) return;
  MutexLock lock(mutex_);
  // What was let through before the arrears were gone needs no more paying.
  if (debt == 0.0) unpaid_bytes_ = 0.0;
  const bool eased = debt < this->debt();
  debt_.store(debt, std::memory_order_relaxed);
  if (!eased) return;
  ++times_eased_;
  eased_.notify_all();
}

void BackPressure::drained(std::uint64_t bytes, std::chrono::nanoseconds duration) {
  if (bytes == 0 || duration <= std::chrono::nanoseconds::zero()) return;
  const Seconds seconds = duration;
  const double rate = std::max(static_cast<double>(bytes) / seconds.count(), kDrainRateMin);
  MutexLock lock(mutex_);
  const double weight = drain_rate_known_ ? seconds / (seconds + kMemory) : 1.0;
  drain_rate_known_ = true;
  drain_rate_.store(drain_rate() + weight * (rate - drain_rate()), std::memory_order_relaxed);
}

std::chrono::nanoseconds BackPressure::delay_in_debt(std::uint64_t bytes, Time now) {
  MutexLock lock(mutex_);
  const double debt = this->debt();
  if (stopped_ || debt == 0.0) return std::chrono::nanoseconds::zero();
  // At a debt of 1 the rate would be none; those writers are stopped, not slowed down.
  const double rate = std::max(drain_rate() * (1.0 - debt) / debt, 1.0);
  if (now > paid_at_) {
    const Seconds passed = now - paid_at_;
    unpaid_bytes_ = std::max(0.0, unpaid_bytes_ - passed.count() * rate);
    paid_at_ = now;
  }
  unpaid_bytes_ += static_cast<double>(bytes);
  // Compared in seconds: at a tiny rate the nanoseconds would not fit their type. What no single
  // delay may ask for is not asked for later either, or one large batch would stop all that follow.
  const Seconds backlog =
      std::min(Seconds(unpaid_bytes_ / rate), std::chrono::duration_cast<Seconds>(kDelayMax));
  unpaid_bytes_ = backlog.count() * rate;
  const auto delay = std::chrono::duration_cast<std::chrono::nanoseconds>(backlog);
  if (delay < kDelayMin) return std::chrono::nanoseconds::zero();
  count_delay(delay);
  return delay;
}

void BackPressure::sleep(std::chrono::nanoseconds delay) {
  const Time until = std::chrono::steady_clock::now() + delay;
  MutexLock lock(mutex_);
  const std::uint64_t before = times_eased_;
  while (!stopped_ && times_eased_ == before) {
    const auto left = until - std::chrono::steady_clock::now();
    if (left <= std::chrono::nanoseconds::zero()) return;
    eased_.wait_for(mutex_, left);
  }
}

bool BackPressure::wait_until_below_max(Time deadline) {
  const Time started = std::chrono::steady_clock::now();
  bool waited = false;
  bool below = false;
  {
    MutexLock lock(mutex_);
    while (!stopped_ && must_wait()) {
      const Time now = std::chrono::steady_clock::now();
      if (now >= deadline) break;
      waited = true;
      if (deadline == Time::max()) {
        eased_.wait(mutex_);
      } else {
        eased_.wait_for(mutex_, deadline - now);
      }
    }
    below = !stopped_ && !must_wait();
  }
  if (waited) count_delay(std::chrono::steady_clock::now() - started);
  return below;
}

void BackPressure::stop() {
  MutexLock lock(mutex_);
  stopped_ = true;
  eased_.notify_all();
}

void BackPressure::count_delay(std::chrono::nanoseconds delay) noexcept {
  const auto ns = static_cast<std::uint64_t>(delay.count());
  writes_delayed_.fetch_add(1, std::memory_order_relaxed);
  delay_ns_.fetch_add(ns, std::memory_order_relaxed);
  delays_.record(ns);
}

BackPressureStatistics BackPressure::statistics() const noexcept {
  return {.writes_delayed = writes_delayed_.load(std::memory_order_relaxed),
          .delay_ns = delay_ns_.load(std::memory_order_relaxed)};
}

}  // namespace quartz::storage
