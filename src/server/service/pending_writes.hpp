#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <optional>
#include <string_view>
#include <vector>

#include "quartz/storage/keyspace.hpp"
#include "quartz/storage/row_attributes.hpp"
#include "quartz/storage/write_batch.hpp"

namespace quartz::server {

/// The newest thing that a transaction did to one row.
struct PendingWrite {
  const Keyspace* keyspace = nullptr;
  std::string_view key;
  std::string_view value = {};
  RowAttributes attributes = {};
  bool removed = false;
  std::uint64_t hash = 0;
};

/// What a transaction has written and nobody else sees yet, in front of the rows of the engine.
/// Keyspaces are told apart by address. Views live until `clear`, but a write shows its newest
/// value only. Threads: one at a time. Cost: a hash look-up; `within` sorts what it finds.
class PendingWrites {
 public:
  PendingWrites() = default;
  PendingWrites(const PendingWrites&) = delete;
  PendingWrites& operator=(const PendingWrites&) = delete;

  void put(const Keyspace& keyspace, std::string_view key, std::string_view value,
           const RowAttributes& attributes);
  void remove(const Keyspace& keyspace, std::string_view key);
  /// Removes a range to which nobody writes any more, and from which nobody reads.
  void remove_abandoned(const Keyspace& keyspace, std::string_view first, std::string_view last);
  /// Removes all rows.
  void remove_all(const Keyspace& keyspace);

  /// Null if this has nothing to say of the row; look below then, unless `covers`.
  const PendingWrite* find(const Keyspace& keyspace, std::string_view key) const noexcept;
  /// Whether the rows below do not count any more.
  bool covers(const Keyspace& keyspace) const noexcept;
  /// The writes to keys in [first, last), in order.
  std::vector<const PendingWrite*> within(const Keyspace& keyspace, std::string_view first,
                                          std::string_view last) const;

  /// Whether ranges or wholes are removed.
  bool removes_ranges() const noexcept { return !removed_wholes_.empty() || !abandoned_.empty(); }

  /// In the order in which rows were written first.
  const std::vector<PendingWrite>& all() const noexcept { return writes_; }
  bool empty() const noexcept {
    return writes_.empty() && removed_wholes_.empty() && abandoned_.empty();
  }
  /// Bytes of keys and values that wait in memory, also those that were written over since.
  std::size_t kept_bytes() const noexcept { return kept_bytes_; }
  /// A copy that lives until `clear`.
  std::string_view keep(std::string_view bytes);
  void add_to(WriteBatch& batch) const;
  /// Keeps the memory for what comes next, but for what large writes took.
  void clear() noexcept;

 private:
  struct Range {
    const Keyspace* keyspace = nullptr;
    std::string_view first;
    std::string_view last;
  };

  // Fewer are looked through one by one.
  static constexpr std::size_t kIndexedFrom = 8;

  PendingWrite& write_to(const Keyspace& keyspace, std::string_view key);
  std::size_t position_of(const Keyspace& keyspace, std::string_view key,
                          std::uint64_t hash) const noexcept;
  void index_all();
  void index(std::size_t position) noexcept;

  static constexpr std::size_t kFirstBlockBytes = 4096;

  // Of a client that only reads there is none.
  std::unique_ptr<std::byte[]> first_block_;
  std::optional<std::pmr::monotonic_buffer_resource> bytes_;  // Begins with `first_block_`.
  std::size_t kept_bytes_ = 0;
  std::vector<PendingWrite> writes_;    // In the order of each row's first write.
  std::vector<std::uint32_t> buckets_;  // Positions plus one, by hash; empty below `kIndexedFrom`.
  std::vector<const Keyspace*> removed_wholes_;
  std::vector<Range> abandoned_;
};

/// Behind every key there can be.
std::string_view end_of_keys() noexcept;

}  // namespace quartz::server
