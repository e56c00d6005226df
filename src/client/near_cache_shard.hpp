#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace quartz::client {

/// Rows of a part of the near cache's keys, found by hash and bounded in bytes: a full one evicts
/// by CLOCK what was not read since the hand came by. A placeholder stands for a value that is
/// being fetched, and is not evicted.
///
/// Threads: one at a time. Cost: of a look-up two cache misses.
class NearCacheShard {
 public:
  /// A row. Its key and value lie behind it.
  struct Row {
    Row* next = nullptr;  // In its bucket.
    std::uint64_t hash = 0;
    std::uint64_t stamp = 0;  // Of what tells of its changes.
    void* flight = nullptr;   // Not null: a placeholder, and what it waits for.
    std::uint32_t key_bytes = 0;
    std::uint32_t value_bytes = 0;
    std::uint32_t ring_index = 0;
    std::uint16_t feed = 0;
    bool exists = false;  // False: it is known that there is no value.
    bool used = false;    // Since the hand came by.

    std::string_view key() const noexcept { return {bytes(), key_bytes}; }
    std::string_view value() const noexcept { return {bytes() + key_bytes, value_bytes}; }

   private:
    friend class NearCacheShard;
    const char* bytes() const noexcept { return reinterpret_cast<const char*>(this + 1); }
    char* bytes() noexcept { return reinterpret_cast<char*>(this + 1); }
  };

  explicit NearCacheShard(std::size_t bytes_max) noexcept : bytes_max_(bytes_max) {}
  NearCacheShard(const NearCacheShard&) = delete;
  NearCacheShard& operator=(const NearCacheShard&) = delete;
  ~NearCacheShard();

  /// Null if there is none.
  Row* find(std::string_view key, std::uint64_t hash) const noexcept;
  /// A new row, without a value if it is known that there is none; there must be none of that key.
  /// The caller says whose it is, and makes room afterwards.
  Row& add(std::string_view key, std::uint64_t hash, std::optional<std::string_view> value);
  void remove(Row& row) noexcept;
  /// Evicts until the bound holds; how many that were. Pointers to rows are void.
  std::size_t make_room() noexcept;

  /// Whether a row of that size could stay.
  bool has_room_for(std::size_t key_bytes, std::size_t value_bytes) const noexcept {
    return bytes_of(key_bytes, value_bytes) <= bytes_max_;
  }
  std::size_t bytes() const noexcept { return bytes_; }
  std::size_t count() const noexcept { return ring_.size(); }

 private:
  // What a row takes with its places among the buckets and in the ring, and what an allocation
  // costs.
  static constexpr std::size_t kRowBytes = sizeof(Row) + 2 * sizeof(Row*) + 2 * sizeof(std::size_t);
  static std::size_t bytes_of(std::size_t key_bytes, std::size_t value_bytes) noexcept {
    return kRowBytes + key_bytes + value_bytes;
  }
  // The lowest bits of a hash choose the shard.
  static constexpr unsigned kBucketShift = 16;
  Row*& bucket_of(std::uint64_t hash) noexcept {
    return buckets_[static_cast<std::size_t>(hash >> kBucketShift) & (buckets_.size() - 1)];
  }
  void grow();
  static void release(Row* row) noexcept;

  const std::size_t bytes_max_;
  std::size_t bytes_ = 0;
  std::vector<Row*> buckets_;  // A power of two, or none.
  std::vector<Row*> ring_;     // All rows.
  std::size_t hand_ = 0;
};

}  // namespace quartz::client
