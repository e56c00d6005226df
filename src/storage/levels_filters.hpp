#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <rocksdb/db.h>
#include <rocksdb/table_properties.h>

#include "storage/key_filter.hpp"
#include "storage/operation.hpp"

namespace quartz::storage {

/// The filters of a keyspace's tables at one moment. A key that none of them may contain has no row
/// at any snapshot that was alive at that moment, since compaction keeps what a snapshot sees, and
/// so needs no look-up. Replaced when the tables change.
class LevelsFilters {
 public:
  /// Of the tables that `family` has now. `at` is the sequence of a snapshot that was taken between
  /// two ingests and is alive.
  static std::unique_ptr<LevelsFilters> capture(rocksdb::DB& db,
                                                rocksdb::ColumnFamilyHandle* family,
                                                KeyspaceId keyspace, rocksdb::SequenceNumber at);

  /// Its tables are also all that a snapshot of the sequence `at` sees.
  void cover(rocksdb::SequenceNumber at) noexcept { covered_.store(at, std::memory_order_release); }

  /// Whether a snapshot that is alive and has the sequence `at` may see a row of the key. True if
  /// it is younger than the filters. `key_hash` is `hash_key(key, keyspace)`.
  bool may_contain(std::string_view key, std::uint64_t key_hash,
                   rocksdb::SequenceNumber at) const noexcept;

 private:
  struct Table {
    std::string smallest;
    std::string largest;
    KeyFilter filter;
    std::shared_ptr<const rocksdb::TableProperties> properties;  // Hold the filter's bits.
  };
  /// Tables that do not overlap but at their borders, in order.
  using Run = std::vector<Table>;

  std::atomic<rocksdb::SequenceNumber> covered_{0};
  std::vector<Run> runs_;
};

}  // namespace quartz::storage
