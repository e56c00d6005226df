#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

#include "storage/arena.hpp"
#include "storage/radix_tree_node.hpp"

namespace quartz::storage {

/// The versions of a memtable in the order of their insertion: what the ordered index still has to
/// take in, and the memory of those that it has taken.
///
/// Threads: one appends, one takes; both at the same time.
class VersionLog {
 public:
  // The appending side.

  /// Makes sure of the memory for one `append`, in `arena`, which must outlive the log. Throws
  /// std::bad_alloc, then without effect.
  void prepare_append(Arena& arena) {
    if (used_ < kVersionsPerChunk && last_ != nullptr) [[likely]]
      return;
    auto* chunk = new (arena.allocate(sizeof(Chunk), alignof(Chunk))) Chunk;
    chunk->previous = last_;
    (last_ == nullptr ? first_ : last_->next).store(chunk, std::memory_order_release);
    last_ = chunk;
    used_ = 0;
  }
  void append(OperationView operation, Sequence sequence) noexcept {
    last_->versions[used_++] = {operation.data(), sequence, nullptr};
    appended_.store(appended_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
  }

  /// The oldest version after sequence `at`, taken or not; null if there is none. Cost: a cache
  /// miss for each 512 versions after it.
  const Version* first_after(Sequence at) const noexcept {
    const Version* first = nullptr;
    std::size_t count = used_;
    for (const Chunk* chunk = last_; chunk != nullptr; chunk = chunk->previous) {
      const auto versions = std::span(chunk->versions).first(count);
      const auto after = std::ranges::upper_bound(versions, at, {}, &Version::sequence);
      if (after != versions.end()) first = &*after;
      if (after != versions.begin()) break;
      count = kVersionsPerChunk;
    }
    return first;
  }

  // The taking side.

  /// Up to `count_max` of the oldest versions that were not taken yet, at least one if there are
  /// any. They live as long as the arena.
  std::span<Version> next(std::size_t count_max) noexcept {
    const std::uint64_t waiting =
        appended_.load(std::memory_order_acquire) - taken_.load(std::memory_order_relaxed);
    if (waiting == 0) return {};
    if (from_ == nullptr || next_ == kVersionsPerChunk) {
      from_ = (from_ == nullptr ? first_ : from_->next).load(std::memory_order_acquire);
      next_ = 0;
    }
    const std::uint64_t count = std::min<std::uint64_t>(waiting, kVersionsPerChunk - next_);
    return std::span(from_->versions).subspan(next_, std::min<std::size_t>(count, count_max));
  }
  /// Takes the first of those that `next` showed.
  void take() noexcept {
    ++next_;
    taken_.store(taken_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
  }

  /// How many were appended and not taken. Any thread.
  std::uint64_t waiting() const noexcept {
    // In this order: what was taken had been appended.
    const std::uint64_t taken = taken_.load(std::memory_order_acquire);
    return appended_.load(std::memory_order_relaxed) - taken;
  }

 private:
  static constexpr std::size_t kVersionsPerChunk = 512;
  struct Chunk {
    std::array<Version, kVersionsPerChunk> versions;
    std::atomic<Chunk*> next{nullptr};
    const Chunk* previous = nullptr;  // The appending side's.
  };
  static_assert(sizeof(Chunk) <= Arena::kAllocationBytesMax);

  std::atomic<Chunk*> first_{nullptr};
  Chunk* last_ = nullptr;
  std::size_t used_ = 0;  // Of the last chunk.
  std::atomic<std::uint64_t> appended_{0};

  Chunk* from_ = nullptr;  // Where the taking side is.
  std::size_t next_ = 0;
  std::atomic<std::uint64_t> taken_{0};
};

}  // namespace quartz::storage
