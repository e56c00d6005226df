#pragma once

// RocksDB's side of Levels, for levels*.cpp alone.

#include <atomic>
#include <cstdint>
#include <memory>
#include <set>
#include <vector>

#include <rocksdb/cache.h>
#include <rocksdb/db.h>

#include "base/mutex.hpp"
#include "storage/levels.hpp"
#include "storage/levels_expiry_filter.hpp"
#include "storage/levels_files.hpp"
#include "storage/levels_filters.hpp"
#include "storage/levels_listener.hpp"
#include "storage/levels_sorted_run.hpp"

namespace quartz::storage {

/// An open RocksDB. Everything that reads from it shares it, and it closes with the last of them:
/// RocksDB must not be closed under an iterator, a snapshot or a family's handle.
struct LevelsDatabase {
  explicit LevelsDatabase(const LevelsOptions& options);
  ~LevelsDatabase();
  LevelsDatabase(const LevelsDatabase&) = delete;
  LevelsDatabase& operator=(const LevelsDatabase&) = delete;

  const std::shared_ptr<rocksdb::Cache> block_cache;
  const std::shared_ptr<LevelsFiles> files;
  LevelsEnvironment environment;
  const std::shared_ptr<SortedRuns> runs;
  const std::shared_ptr<LevelsListener> listener;
  const std::unique_ptr<LevelsExpiryFilter> expiry_filter;  // Null: no row expires.
  std::unique_ptr<rocksdb::DB> db;
};

/// An open column family. Its files live until the last reference goes, also when it was dropped.
struct LevelsFamily {
  LevelsFamily(std::shared_ptr<LevelsDatabase> owner, rocksdb::ColumnFamilyHandle* opened,
               LevelsKeyspace of)
      : database(std::move(owner)), keyspace(std::move(of)), handle(opened) {}
  ~LevelsFamily();
  LevelsFamily(const LevelsFamily&) = delete;
  LevelsFamily& operator=(const LevelsFamily&) = delete;

  const std::shared_ptr<LevelsDatabase> database;
  const LevelsKeyspace keyspace;  // Empty name for the families that are no keyspace.
  rocksdb::ColumnFamilyHandle* const handle;
  /// Of its tables; null before they were looked at. Read it under an epoch guard.
  mutable std::atomic<LevelsFilters*> filters{nullptr};
};

/// The keyspaces at one moment, ascending by id. Never changed: replaced when one comes or goes.
using LevelsFamilies = std::vector<std::shared_ptr<const LevelsFamily>>;

/// Null if there is no such keyspace.
const LevelsFamily* find_family(const LevelsFamilies& families, KeyspaceId keyspace) noexcept;

class LevelsSnapshot {
 public:
  LevelsSnapshot(std::shared_ptr<LevelsDatabase> database,
                 std::shared_ptr<const LevelsFamilies> families);
  ~LevelsSnapshot();
  LevelsSnapshot(const LevelsSnapshot&) = delete;
  LevelsSnapshot& operator=(const LevelsSnapshot&) = delete;

  const std::shared_ptr<LevelsDatabase>& database() const noexcept { return database_; }
  rocksdb::DB& db() const noexcept { return *database_->db; }
  const LevelsFamilies& families() const noexcept { return *families_; }
  rocksdb::SequenceNumber sequence() const noexcept { return sequence_; }
  const rocksdb::ReadOptions& read_options() const noexcept { return read_options_; }
  /// The keyspace's sorted run, if this snapshot sees all of it and nothing else; or null.
  std::shared_ptr<const SortedRun> sorted_run(const LevelsFamily& family) const;

 private:
  // In this order, so that handles go before the database.
  std::shared_ptr<LevelsDatabase> database_;
  std::shared_ptr<const LevelsFamilies> families_;
  const rocksdb::Snapshot* snapshot_;
  rocksdb::SequenceNumber sequence_;
  rocksdb::ReadOptions read_options_;
};

struct Levels::State {
  rocksdb::DB& db() const noexcept { return *database->db; }
  std::shared_ptr<const LevelsFamilies> families() const QUARTZ_EXCLUDES(mutex);
  /// Makes `replacement`, or the same keyspaces as before, and all that is ingested by now visible
  /// to later snapshots.
  void publish(std::shared_ptr<const LevelsFamilies> replacement = nullptr) QUARTZ_EXCLUDES(mutex);
  std::shared_ptr<const LevelsSnapshot> snapshot() const QUARTZ_EXCLUDES(mutex);
  /// The tables of this column family have changed, but not the rows that they hold. Does nothing
  /// if it is no keyspace's.
  void refresh_filters(std::uint32_t family) QUARTZ_EXCLUDES(mutex, filters_mutex);
  /// After the last ingest, into these families, was published and before the next: theirs change,
  /// and all others hold what the new snapshot sees as well.
  void refresh_filters_after_ingest(const std::set<std::uint32_t>& families)
      QUARTZ_EXCLUDES(mutex, filters_mutex);
  /// Makes filters of all tables, and keeps them up to date with compactions from now on.
  void watch_compactions() QUARTZ_EXCLUDES(mutex, filters_mutex);

  void replace_filters(const LevelsFamily& family, const LevelsSnapshot& now)
      QUARTZ_REQUIRES(filters_mutex);

  /// `reopen_required` once the MANIFEST may hold an edit that RocksDB takes for not made.
  Result<void> check_manifest() const;

  LevelsOptions options;
  std::shared_ptr<LevelsDatabase> database;
  std::unique_ptr<LevelsFamily> seed;
  std::unique_ptr<LevelsFamily> metadata;
  std::atomic<Sequence> applied{0};

  /// Held while compaction is switched, and while a keyspace is created with the switch's state.
  Mutex compaction_mutex;
  bool compaction_started QUARTZ_GUARDED_BY(compaction_mutex) = true;

  /// Held while filters are captured and put in place, so that none are replaced by older ones.
  Mutex filters_mutex;

  mutable Mutex mutex;
  std::shared_ptr<const LevelsFamilies> current_families QUARTZ_GUARDED_BY(mutex);
  /// What `snapshot()` hands out. What is visible changes only by an ingest, so one is enough for
  /// all readers until the next. It also hides an ingest until all of it is in: RocksDB gives a
  /// snapshot taken in its midst a sequence at which the files are not readable yet.
  std::shared_ptr<const LevelsSnapshot> current_snapshot QUARTZ_GUARDED_BY(mutex);
};

}  // namespace quartz::storage
