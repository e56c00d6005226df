#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "storage/operation.hpp"
#include "storage/row_memory.hpp"

namespace quartz::storage {

/// A row of the cache: a header, then the key's and the value's bytes in one allocation. What a
/// look-up reads never changes, so that readers need no lock; the allocation is counted, so that a
/// pinned value outlives the row's place in the cache, and the cache itself.
class CachedRow {
 public:
  /// Which of the policy's queues holds a row.
  enum class Queue : std::uint8_t { small, main };

  /// With one reference, the caller's. `value`: nothing if the key is absent.
  static CachedRow* make(KeyspaceId keyspace, std::string_view key, std::uint64_t key_hash,
                         std::optional<std::string_view> value, Sequence read_at);

  /// Takes a reference. False if the last one is gone, which an epoch guard under which the row was
  /// found excludes.
  bool try_reference() noexcept;
  /// Gives a reference back, and the memory with the last one.
  static void drop(CachedRow* row) noexcept;

  bool is(KeyspaceId keyspace, std::string_view key) const noexcept {
    return keyspace_ == keyspace && key_bytes_ == key.size() &&
           std::memcmp(bytes(), key.data(), key.size()) == 0;
  }
  bool exists() const noexcept { return exists_; }
  KeyspaceId keyspace() const noexcept { return keyspace_; }
  std::string_view key() const noexcept { return {bytes(), key_bytes_}; }
  std::string_view value() const noexcept { return {bytes() + key_bytes_, value_bytes_}; }
  std::uint64_t hash() const noexcept { return hash_; }
  Sequence read_at() const noexcept { return read_at_; }

  /// What the row counts for against the cache's bound on bytes: its block as the allocator rounds
  /// it, and its share of buckets and ghosts.
  std::size_t charge() const noexcept { return charge_of(key_bytes_, value_bytes_); }
  static std::size_t charge_of(std::size_t key_bytes, std::size_t value_bytes) noexcept {
    return RowMemory::block_bytes(sizeof(CachedRow) + key_bytes + value_bytes) + kTableBytesPerRow;
  }

  /// Counts a look-up. A row that is hit all the time is not written to.
  void mark_used() noexcept {
    const std::uint8_t uses = uses_.load(std::memory_order_relaxed);
    if (uses < kUsesMax) uses_.store(uses + 1, std::memory_order_relaxed);
  }
  // Marks may get lost between the two: they are hints.
  std::uint8_t uses() const noexcept { return uses_.load(std::memory_order_relaxed); }
  void set_uses(std::uint8_t uses) noexcept { uses_.store(uses, std::memory_order_relaxed); }

  // The policy's, under its lock. After a row has left its queue, `newer` links what is to be
  // freed.
  CachedRow* newer = nullptr;
  CachedRow* older = nullptr;
  Queue queue = Queue::small;

 private:
  static constexpr std::uint8_t kUsesMax = 3;
  static constexpr std::size_t kTableBytesPerRow = 40;

  CachedRow() noexcept = default;
  char* bytes() noexcept { return reinterpret_cast<char*>(this + 1); }
  const char* bytes() const noexcept { return reinterpret_cast<const char*>(this + 1); }

  // What a look-up reads lies together, next to the key.
  bool exists_ = false;
  std::atomic<std::uint8_t> uses_{0};
  std::uint32_t value_bytes_ = 0;
  std::uint64_t hash_ = 0;
  Sequence read_at_ = 0;
  std::atomic<std::uint32_t> references_{1};
  KeyspaceId keyspace_ = 0;
  std::uint32_t key_bytes_ = 0;
};

}  // namespace quartz::storage
