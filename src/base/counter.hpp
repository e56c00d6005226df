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
    shards_[thread_slot() % kShards].value.fetch_add(n, std::memory_order_relaxed);
  }
  std::uint64_t value() const noexcept {
    std::uint64_t sum = 0;
    for (const Shard& shard : shards_) sum += shard.value.load(std::memory_order_relaxed);
    return sum;
  }

 private:
  static constexpr std::size_t kShards = 16;
  struct alignas(64) Shard {
    std::atomic<std::uint64_t> value{0};
  };
  std::array<Shard, kShards> shards_;
};

}  // namespace quartz
