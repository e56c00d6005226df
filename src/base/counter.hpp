#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "base/thread_slot.hpp"

namespace quartz {

/// This thread's small number, from 0 up, reused after a thread ends; picks its shard of a counter.
inline std::size_t thread_slot() noexcept { return this_thread_slot().index; }

/// A counter that threads increase without sharing a cache line. Reading adds up the shards: exact
/// once the adding threads are done, a value of some moment in between while they run.
class ShardedCounter {
 public:
  void add(std::uint64_t n = 1) noexcept {
    const std::size_t slot = thread_slot();
    if (slot < kOwnShards) [[likely]] {
      // No other running thread has this slot, so nothing needs to be locked: a locked addition
      // would hold up the loads around it.
      std::atomic<std::uint64_t>& own = shards_[slot].value;
      own.store(own.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
    } else {
      shards_[kOwnShards + slot % kSharedShards].value.fetch_add(n, std::memory_order_relaxed);
    }
  }

  std::uint64_t value() const noexcept {
    std::uint64_t sum = 0;
    for (const Shard& shard : shards_) sum += shard.value.load(std::memory_order_relaxed);
    return sum;
  }

 private:
  static constexpr std::size_t kOwnShards = 16;
  static constexpr std::size_t kSharedShards = 8;  // Of all threads beyond the first ones.
  struct alignas(64) Shard {
    std::atomic<std::uint64_t> value{0};
  };
  std::array<Shard, kOwnShards + kSharedShards> shards_;
};

}  // namespace quartz
