#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "base/histogram.hpp"
#include "base/mutex.hpp"
#include "quartz/result.hpp"
#include "storage/log_options.hpp"

namespace quartz::storage {

/// Makes the log durable: one sync of each unsynced segment for all who wait. It also knows where
/// the log ends and whether it is poisoned, because that decides every wait.
///
/// Nothing is synced unless somebody waits. A pass covers all that was appended when it began, so
/// whoever comes while one is under way shares the next; but if nobody waits for records of the
/// current segment it leaves them alone, since syncing pages slows down whoever writes to them. The
/// first who waits makes the pass; a thread does so for those who only left a callback, and calls
/// them.
///
/// Threads: `begin_segment` and `appended` are the appender's; the rest may be called from any.
class LogSync {
 public:
  /// Without `persistent` there is nothing to sync and every wait succeeds at once.
  LogSync(bool persistent, const LogStart& start);
  ~LogSync();
  LogSync(const LogSync&) = delete;
  LogSync& operator=(const LogSync&) = delete;

  /// Starts the thread; `first`, with its header, is durable already.
  Result<void> start(std::shared_ptr<LogSegment> first);
  /// Tells who still waits `closed`, waits until they have left, and ends the thread. Idempotent.
  void stop();

  /// The log now ends at `end`.
  void appended(LogPosition end) noexcept { end_position_.store(end, std::memory_order_release); }
  /// `next` is the current segment now; what the one before it lacks in durability is remembered.
  void begin_segment(std::shared_ptr<LogSegment> next);

  LogPosition end_position() const noexcept {
    return end_position_.load(std::memory_order_acquire);
  }
  LogPosition synced_through() const noexcept {
    return synced_through_.load(std::memory_order_acquire);
  }

  /// See Log::wait_synced and Log::when_synced.
  Result<void> wait(LogPosition position);
  void when(LogPosition position, std::function<void(Result<void>)> done);

  /// Blocks until the header of the segment after the sealed one with this id is durable. Only then
  /// may the sealed one's file go: a replay tells a header that was damaged from one that never
  /// reached the disk by whether the segment before it is still there.
  Result<void> wait_successor_synced(std::uint32_t segment_id);

  /// Stops the log for good. Only the first error counts.
  void poison(Error error);
  /// One load; see `poison_error` for why.
  bool poisoned() const noexcept { return poisoned_.load(std::memory_order_acquire); }
  std::optional<Error> poison_error() const;

  std::uint64_t syncs() const noexcept { return syncs_.load(std::memory_order_relaxed); }
  std::uint64_t synced_writes() const noexcept {
    return synced_writes_.load(std::memory_order_relaxed);
  }
  const Histogram& latency() const noexcept { return latency_; }

 private:
  struct Sealed {
    std::shared_ptr<LogSegment> segment;
    LogPosition end;
  };
  struct Waiter {
    LogPosition position;
    std::function<void(Result<void>)> done;
  };
  struct Pass {
    LogPosition end = 0;                  // What it makes durable.
    std::vector<Sealed> sealed;           // Oldest first.
    std::shared_ptr<LogSegment> current;  // Its header in any case.
    bool whole_current = false;           // And its records.
  };

  void run();
  template <class Done>
  Result<void> wait_until(const Done& done) QUARTZ_REQUIRES(mutex_);
  void run_pass() QUARTZ_REQUIRES(mutex_);  // Without the lock while it syncs.
  Pass begin_pass() QUARTZ_REQUIRES(mutex_);
  static void release_pages(const LogSegment& segment, LogPosition end) noexcept;
  static Result<void> sync_segments(const Pass& pass);
  void finish_pass(LogPosition end, std::uint32_t current_id) QUARTZ_REQUIRES(mutex_);
  void poison_locked(Error error) QUARTZ_REQUIRES(mutex_);
  bool waiters_due() const QUARTZ_REQUIRES(mutex_);
  void call_waiters() QUARTZ_REQUIRES(mutex_);  // Without the lock while it calls.
  // What to tell a waiter that cannot be satisfied; nothing as long as it may be.
  std::optional<Error> refusal() const QUARTZ_REQUIRES(mutex_);

  const bool persistent_;
  std::atomic<LogPosition> end_position_;
  std::atomic<LogPosition> synced_through_;
  std::atomic<bool> poisoned_{false};
  std::atomic<std::uint64_t> syncs_{0};
  std::atomic<std::uint64_t> synced_writes_{0};
  Histogram latency_;

  mutable Mutex mutex_;
  CondVar work_;    // For the thread.
  CondVar synced_;  // For blocked waiters, and for `stop` until they are gone.
  std::shared_ptr<LogSegment> current_ QUARTZ_GUARDED_BY(mutex_);
  std::deque<Sealed> sealed_ QUARTZ_GUARDED_BY(mutex_);  // Not all synced yet; oldest first.
  std::vector<Waiter> waiters_ QUARTZ_GUARDED_BY(mutex_);
  LogPosition wanted_ QUARTZ_GUARDED_BY(mutex_) = 0;  // The largest that anybody has waited for.
  bool pass_running_ QUARTZ_GUARDED_BY(mutex_) = false;
  // Passes are numbered, so that one can be demanded that begins after the demand.
  std::uint64_t passes_begun_ QUARTZ_GUARDED_BY(mutex_) = 0;
  std::uint64_t passes_done_ QUARTZ_GUARDED_BY(mutex_) = 0;
  // Every header up to the segment with this id is durable. Zero: nothing is known.
  std::uint32_t headers_synced_ QUARTZ_GUARDED_BY(mutex_) = 0;
  std::uint64_t blocked_ QUARTZ_GUARDED_BY(mutex_) = 0;  // Threads inside a blocking wait.
  std::optional<Error> poison_ QUARTZ_GUARDED_BY(mutex_);
  bool stopping_ QUARTZ_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace quartz::storage
