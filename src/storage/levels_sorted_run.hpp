#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <rocksdb/db.h>
#include <rocksdb/options.h>
#include <rocksdb/sst_file_reader.h>

#include "base/mutex.hpp"

namespace quartz::storage {

/// The tables of a keyspace at a moment at which no two of them overlapped, as after a compaction:
/// one sorted run. It can be walked table by table, without the merging that RocksDB's iterator
/// over a database does for each row (docs/decisions/0010).
///
/// Threads: all calls may run at the same time.
class SortedRun {
 public:
  /// The run that `family` is now; null if its tables overlap or hold a range tombstone, which only
  /// RocksDB's own iterator heeds. `reading` are the options that its tables were built with.
  static std::shared_ptr<const SortedRun> capture(rocksdb::DB& db,
                                                  rocksdb::ColumnFamilyHandle* family,
                                                  const rocksdb::Options& reading);

  /// Of its youngest row. A snapshot that is older does not see all of the run's rows, and may see
  /// some that the run does not hold.
  rocksdb::SequenceNumber largest_sequence() const noexcept { return largest_sequence_; }

  std::size_t table_count() const noexcept { return tables_.size(); }
  std::string_view smallest_key(std::size_t table) const { return tables_[table].smallest; }
  std::string_view largest_key(std::size_t table) const { return tables_[table].largest; }
  /// The first table whose largest key is not before `key`; `table_count()` if there is none.
  std::size_t first_reaching(std::string_view key) const;
  /// The last table whose smallest key is not past `key`; `table_count()` if there is none.
  std::size_t last_starting(std::string_view key) const;

  /// Opens the table if nobody has so far. The iterator must not outlive the run. On failure it is
  /// an iterator with that status.
  std::unique_ptr<rocksdb::Iterator> iterate(std::size_t table,
                                             const rocksdb::ReadOptions& options) const;

 private:
  struct Table {
    std::string path;
    std::string smallest;
    std::string largest;
    std::unique_ptr<rocksdb::SstFileReader> reader = nullptr;  // Guarded by mutex_.
  };

  SortedRun(const rocksdb::Options& reading, std::vector<Table> tables,
            rocksdb::SequenceNumber largest_sequence, std::unique_ptr<rocksdb::Iterator> pin);

  const rocksdb::Options reading_;
  rocksdb::SequenceNumber largest_sequence_;
  // Keeps RocksDB from removing the files of tables that are not opened yet.
  std::unique_ptr<rocksdb::Iterator> pin_;
  mutable Mutex mutex_;
  mutable std::vector<Table> tables_;  // Changed only in its readers.
};

/// The sorted runs of a database's column families, as far as somebody asked for them. Whoever
/// changes a family's tables says so after the change and, if it brought rows, before a snapshot
/// that sees them is taken.
class SortedRuns {
 public:
  explicit SortedRuns(rocksdb::Options reading) : reading_(std::move(reading)) {}

  /// The run that holds what a snapshot of now sees of the family, or null.
  std::shared_ptr<const SortedRun> find(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family)
      QUARTZ_EXCLUDES(mutex_);
  /// The tables of the family with this id have changed.
  void forget(std::uint32_t family) QUARTZ_EXCLUDES(mutex_);
  /// The family with this id is dropped: no run of it is kept any more, so that its files can go
  /// with its last reader.
  void drop(std::uint32_t family) QUARTZ_EXCLUDES(mutex_);
  /// No run is handed out any more: before the database closes.
  void close() QUARTZ_EXCLUDES(mutex_);

 private:
  struct Known {
    std::shared_ptr<const SortedRun> run;  // Null: there is none.
    bool dropped = false;
  };

  const rocksdb::Options reading_;
  Mutex mutex_;
  bool closed_ QUARTZ_GUARDED_BY(mutex_) = false;
  std::map<std::uint32_t, Known> known_ QUARTZ_GUARDED_BY(mutex_);
};

}  // namespace quartz::storage
