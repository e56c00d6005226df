#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <thread>

#include "base/mutex.hpp"
#include "storage/memtable.hpp"

namespace quartz::storage {

/// A thread that brings the trees of memtables up to date behind their writer's back, so that
/// neither the writer nor a later scan has to.
class MemtableOrderer {
 public:
  MemtableOrderer() = default;
  ~MemtableOrderer() { stop(); }
  MemtableOrderer(const MemtableOrderer&) = delete;
  MemtableOrderer& operator=(const MemtableOrderer&) = delete;

  /// `let_go` is called, without a lock, whenever a finished memtable is not held here any more:
  /// its segment may be waiting for that.
  Result<void> start(std::function<void()> let_go = [] {});
  /// Ends the thread and lets go of all memtables; what waits in them is left to readers.
  void stop();

  /// From now on this memtable is written to; those before it are finished and left.
  void follow(MemtableRef memtable);
  /// Operations were added. Cost: nothing but an addition, until there is enough to do.
  void added(std::uint64_t count) noexcept {
    // The appender's alone.
    since_wake_ += count;
    if (since_wake_ < kWakeEvery) [[likely]]
      return;
    since_wake_ = 0;
    wake();
  }

 private:
  // Waking costs the writer some microseconds, and so must be rarer than one in a thousand.
  static constexpr std::uint64_t kWakeEvery = 4096;
  // Readers that need the order wait for so many at most.
  static constexpr std::uint64_t kBatch = 512;

  void wake() noexcept;
  void run();
  void order_oldest() QUARTZ_REQUIRES(mutex_);

  std::function<void()> let_go_;  // Set before the thread starts.
  std::uint64_t since_wake_ = 0;
  Mutex mutex_;
  CondVar work_;
  std::deque<MemtableRef> memtables_ QUARTZ_GUARDED_BY(mutex_);  // Oldest first.
  bool wanted_ QUARTZ_GUARDED_BY(mutex_) = false;
  bool stopping_ QUARTZ_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace quartz::storage
