#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "base/histogram.hpp"
#include "base/mutex.hpp"

namespace quartz::storage {

/// Where writers begin to slow down (soft) and where they stop (max), for each kind of arrears. A
/// soft mark at or above its max means: no slowing down, only the stop.
struct BackPressureLimits {
  std::uint64_t level0_files_soft = 20;  ///< Of the keyspace that has most.
  std::uint64_t level0_files_max = 36;
  std::uint64_t pending_bytes_soft = std::uint64_t{4} << 30;  ///< Waiting for compaction.
  std::uint64_t pending_bytes_max = std::uint64_t{32} << 30;
  std::uint64_t unflushed_bytes_soft = std::uint64_t{256} << 20;  ///< Waiting for their flush.
  std::uint64_t unflushed_bytes_max = std::uint64_t{448} << 20;
};

struct BackPressureStatistics {
  std::uint64_t writes_delayed = 0;  ///< Slowed down or stopped.
  std::uint64_t delay_ns = 0;        ///< Sum of all delays imposed and waits served.
};

/// Slows writers down to what flush and compaction get done, smoothly, so that arrears do not grow
/// until everything stops.
///
/// Debt is 0 while every measure is below its soft mark and 1 when one has reached its max; between
/// them it grows linearly with the worst measure. Writers are let through at
///
///     rate = drain rate * (1 - debt) / debt
///
/// bytes a second: twice the drain rate at a debt of 1/3, the drain rate at 1/2 (where arrears stop
/// growing), none at 1. The drain rate is learned from `drained`.
///
/// Threads: all calls may be made at the same time. Time is passed in where it decides something.
class BackPressure {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit BackPressure(const BackPressureLimits& limits) noexcept : limits_(limits) {}

  /// The arrears as they are now. Wakes writers that wait or sleep when the debt becomes smaller.
  /// Of calls at the same time the last one wins, so a caller reads all three after what it reports
  /// happened.
  void update(std::uint64_t level0_files, std::uint64_t pending_bytes,
              std::uint64_t unflushed_bytes);
  /// Progress: a flush or a compaction worked `bytes` off in `duration`.
  void drained(std::uint64_t bytes, std::chrono::nanoseconds duration);

  /// 0 (none) to 1 (writers must wait).
  double debt() const noexcept { return debt_.load(std::memory_order_relaxed); }
  bool must_wait() const noexcept { return debt() >= 1.0; }
  /// Bytes a second that flush and compaction have lately got done.
  double drain_rate() const noexcept { return drain_rate_.load(std::memory_order_relaxed); }

  /// How long a writer of `bytes` must sleep at `now` before it writes; takes those bytes from the
  /// bucket, so call it once for each write. At most `kDelayMax`; zero while arrears are small, and
  /// for writes that would sleep for less than the system's clock can tell (they are added up).
  /// Does not stop anybody: see `must_wait`. Cost: one relaxed load while there is no debt.
  std::chrono::nanoseconds delay_for(std::uint64_t bytes, Time now) {
    if (debt() == 0.0) [[likely]]
      return std::chrono::nanoseconds::zero();
    return delay_in_debt(bytes, now);
  }

  /// Sleeps as long as `delay_for` said, but no longer than until the debt becomes smaller: what is
  /// still owed then is asked for by a later write, at the better rate.
  void sleep(std::chrono::nanoseconds delay);

  /// Blocks while the debt is 1. True when it is below; false if `stop` was called or `deadline`
  /// passed first.
  bool wait_until_below_max(Time deadline = Time::max());
  /// Lets every waiting writer go, now and for ever; for closing and after a fatal error.
  void stop();

  BackPressureStatistics statistics() const noexcept;
  /// Of every delay, in nanoseconds.
  const Histogram& delays() const noexcept { return delays_; }

  /// Longest single delay: the debt may be gone long before a longer one had ended.
  static constexpr std::chrono::nanoseconds kDelayMax = std::chrono::milliseconds(100);
  /// A sleep is overrun by some 50 µs whatever its length, so shorter delays are saved up.
  static constexpr std::chrono::nanoseconds kDelayMin = std::chrono::milliseconds(1);

 private:
  std::chrono::nanoseconds delay_in_debt(std::uint64_t bytes, Time now);
  void count_delay(std::chrono::nanoseconds delay) noexcept;

  const BackPressureLimits limits_;
  std::atomic<double> debt_{0.0};
  // Until the first report; a slow disk's, so that the first correction lets writers go faster.
  std::atomic<double> drain_rate_{64.0 * 1024 * 1024};

  Mutex mutex_;
  CondVar eased_;                                            // The debt has become smaller,
  std::uint64_t times_eased_ QUARTZ_GUARDED_BY(mutex_) = 0;  // which may be over when one wakes.
  bool stopped_ QUARTZ_GUARDED_BY(mutex_) = false;
  bool drain_rate_known_ QUARTZ_GUARDED_BY(mutex_) = false;
  // The bucket, upside down: bytes let through and not yet paid for with time.
  double unpaid_bytes_ QUARTZ_GUARDED_BY(mutex_) = 0.0;
  Time paid_at_ QUARTZ_GUARDED_BY(mutex_) = {};  // When `unpaid_bytes_` was last reduced.

  std::atomic<std::uint64_t> writes_delayed_{0};
  std::atomic<std::uint64_t> delay_ns_{0};
  Histogram delays_;
};

}  // namespace quartz::storage
