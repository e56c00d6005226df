#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <thread>

#include "base/counter.hpp"

namespace quartz::storage {

/// Lets `close()` wait for the operations that use what it is about to free. Entering costs one
/// atomic addition on a cache line that few threads share.
class OperationGate {
 public:
  /// False once the gate is closed; otherwise `leave` must follow.
  bool try_enter() noexcept {
    Shard& shard = shards_[thread_slot() % kShards];
    // Ordered before the look at `closed_`: either the closer sees this entry or we see it closed.
    shard.inside.fetch_add(1, std::memory_order_seq_cst);
    if (!closed_.load(std::memory_order_seq_cst)) return true;
    shard.inside.fetch_sub(1, std::memory_order_release);
    return false;
  }
  /// From the thread that entered.
  void leave() noexcept {
    shards_[thread_slot() % kShards].inside.fetch_sub(1, std::memory_order_release);
  }

  /// Refuses new entries and waits until everyone inside has left.
  void close_and_wait() noexcept {
    closed_.store(true, std::memory_order_seq_cst);
    while (inside() != 0) std::this_thread::yield();
  }

 private:
  static constexpr std::size_t kShards = 16;
  struct alignas(64) Shard {
    std::atomic<std::int64_t> inside{0};
  };

  std::int64_t inside() const noexcept {
    std::int64_t sum = 0;
    for (const Shard& shard : shards_) sum += shard.inside.load(std::memory_order_seq_cst);
    return sum;
  }

  std::array<Shard, kShards> shards_;
  std::atomic<bool> closed_{false};
};

/// One passage through a gate.
class GatePass {
 public:
  explicit GatePass(OperationGate& gate) noexcept : gate_(gate), entered_(gate.try_enter()) {}
  ~GatePass() {
    if (entered_) gate_.leave();
  }
  GatePass(const GatePass&) = delete;
  GatePass& operator=(const GatePass&) = delete;
  explicit operator bool() const noexcept { return entered_; }

 private:
  OperationGate& gate_;
  const bool entered_;
};

}  // namespace quartz::storage
