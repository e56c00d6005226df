#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "storage/cached_row.hpp"

namespace quartz::storage {

/// One cache line: where up to seven rows are, and the newest invalidation of any key that belongs
/// here, cached or not.
struct alignas(64) RowBucket {
  static constexpr std::size_t kSlots = 7;
  static constexpr std::uint64_t kFilling = std::uint64_t{1} << 63;

  std::atomic<std::uint64_t> invalidated;  // A sequence; `kFilling` while a slot is being filled.
  std::array<std::atomic<std::uint64_t>, kSlots> slots;  // A row's address under 16 bits of hash.
};
static_assert(sizeof(RowBucket) == 64);

/// One shard's rows by hash: a table that grows by one bucket at a time and keeps the coherence of
/// the cache.
///
/// Threads: `find`, `admits` and `forget_unlocked` take no lock. All other calls need the shard's
/// lock, which the owner holds.
class RowTable {
 public:
  /// How many buckets a table for `rows` has at most: a power of two.
  static std::size_t buckets_max(std::size_t rows) noexcept;

  /// Uses the buckets at `first`, `first + stride`, ...; `buckets_max` of them, zeroed, which it
  /// touches one after the other as it grows. Shards that take turns in one mapping (shard i has
  /// every n-th bucket from the i-th on) so share few pages while they are small.
  void attach(RowBucket* first, std::size_t stride, std::size_t buckets_max) noexcept;

  /// The row of a key. Under an epoch guard, or the lock.
  CachedRow* find(KeyspaceId keyspace, std::string_view key, std::uint64_t hash) const noexcept;

  /// Whether `hash`'s bucket has no invalidation above `read_at`, as of now.
  bool admits(std::uint64_t hash, Sequence read_at) const noexcept;

  /// Starts to bring a hash's bucket near.
  void prefetch(std::uint64_t hash) const noexcept {
    __builtin_prefetch(&bucket(index_of(hash, count_.load(std::memory_order_relaxed))));
  }

  /// Starts to bring near the rows that may be a hash's; its bucket should be near by then. Whether
  /// it saw any: a hint.
  bool prefetch_row(std::uint64_t hash) const noexcept;

  /// Records an invalidation. False if a row of such a hash may be cached, or a fill or a move is
  /// under way: then `record_invalidation` under the lock, and erase what there is.
  bool forget_unlocked(std::uint64_t hash, Sequence sequence) noexcept;
  void record_invalidation(std::uint64_t hash, Sequence sequence) noexcept;

  /// Publishes `row`, unless its key's bucket has an invalidation above its `read_at`: then false.
  /// The bucket must have a free slot (see `conflict`), and no row of the same key.
  bool insert(CachedRow* row) noexcept;
  void erase(const CachedRow* row) noexcept;
  /// If the bucket of `hash` is full, its row that is used least; null otherwise.
  CachedRow* conflict(std::uint64_t hash) const noexcept;

  /// Adds a bucket if that many rows are too many for the present ones. Call it for each new row.
  void grow(std::size_t rows) noexcept;

  std::size_t buckets() const noexcept { return count_.load(std::memory_order_relaxed); }
  std::size_t bucket_index(std::uint64_t hash) const noexcept {
    return index_of(hash, count_.load(std::memory_order_relaxed));
  }
  /// The 16 bits of a hash that are kept beside a row's address; never zero.
  static std::uint64_t tag_of(std::uint64_t hash) noexcept {
    const std::uint64_t tag = hash & 0xFFFF;
    return tag == 0 ? 1 : tag;
  }
  /// The bits of a hash that decide about its bucket.
  static std::uint64_t spread(std::uint64_t hash) noexcept {
    return hash >> (kTagBits + kShardBits);
  }
  /// The shard of a hash, among a power of two of them, up to `kShardsMax`.
  static std::size_t shard_of(std::uint64_t hash, std::size_t shards) noexcept {
    return (hash >> kTagBits) & (shards - 1);
  }
  static constexpr std::size_t kShardsMax = 256;

 private:
  // A hash, from its low end: tag, shard, bucket.
  static constexpr unsigned kTagBits = 16;
  static constexpr unsigned kShardBits = 8;

  static std::size_t index_of(std::uint64_t hash, std::size_t count) noexcept;
  RowBucket& bucket(std::size_t index) const noexcept { return first_[index * stride_]; }
  static std::atomic<std::uint64_t>& slot_holding(RowBucket& home, std::uint64_t held) noexcept;
  void split() noexcept;

  RowBucket* first_ = nullptr;
  std::size_t stride_ = 1;
  std::size_t buckets_max_ = 1;
  std::atomic<std::size_t> count_{1};
};

}  // namespace quartz::storage
