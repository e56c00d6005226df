#pragma once

#include <atomic>
#include <optional>
#include <thread>

#include "base/mutex.hpp"

namespace quartz::server {

/// What all commits pass, so that a transaction that others come between again and again can keep
/// them out for once. Threads: any number at a time.
class CommitGate {
 public:
  /// Waits while somebody else has closed it. Cost: a load.
  void pass() {
    if (closed_.load(std::memory_order_acquire)) [[unlikely]]
      wait();
  }
  bool is_closed() const noexcept { return closed_.load(std::memory_order_acquire); }

  /// Nobody but this thread passes while it lives. Those that have passed already may commit still.
  /// Waits while somebody else has closed the gate, but not for itself.
  class Closure {
   public:
    explicit Closure(CommitGate& gate) : gate_(gate) { gate_.close(); }
    ~Closure() { gate_.open(); }
    Closure(const Closure&) = delete;
    Closure& operator=(const Closure&) = delete;

   private:
    CommitGate& gate_;
  };

 private:
  void wait();
  void close();
  void open();
  bool is_closed_here() const QUARTZ_REQUIRES(mutex_) {
    return closures_ != 0 && owner_ == std::this_thread::get_id();
  }

  std::atomic<bool> closed_{false};
  Mutex mutex_;
  CondVar opened_;
  std::thread::id owner_ QUARTZ_GUARDED_BY(mutex_);
  int closures_ QUARTZ_GUARDED_BY(mutex_) = 0;
};

/// How often others came between one transaction. After `kConflictsMax` times it keeps them out
/// until this goes, so that it ends however much it reads, after as many attempts more as there are
/// threads at most. That goes for all who commit by the service, not for who writes to the engine
/// itself.
class Attempts {
 public:
  static constexpr int kConflictsMax = 8;

  explicit Attempts(CommitGate& gate) noexcept : gate_(gate) {}

  void note_conflict() {
    if (++conflicts_ == kConflictsMax) closure_.emplace(gate_);
  }

 private:
  CommitGate& gate_;
  int conflicts_ = 0;
  std::optional<CommitGate::Closure> closure_;
};

}  // namespace quartz::server
