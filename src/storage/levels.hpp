#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "quartz/result.hpp"
#include "quartz/storage/event_listener.hpp"
#include "quartz/storage/pinned_value.hpp"
#include "quartz/storage/statistics.hpp"
#include "quartz/storage/storage_config.hpp"
#include "quartz/storage/verify.hpp"
#include "storage/operation.hpp"

namespace rocksdb {
class Env;
}

namespace quartz::storage {

class ExpiryClock;

/// Told by the levels what happens in their background. May be called from any of their threads,
/// and not after the levels' destructor has returned, which waits for a call in progress. Of the
/// levels only `debt` and `snapshot` may be called from here.
struct LevelsObserver {
  std::function<void(const CompactionEvent&)> compacted;  // After each compaction.
  std::function<void(const Error&)> failed;               // A background error: no more ingests.
};

struct LevelsOptions {
  std::filesystem::path directory;
  bool create_if_missing = true;
  std::size_t block_cache_bytes = 0;
  std::uint32_t compaction_threshold = 4;
  std::uint32_t max_level_size = 4;
  std::size_t table_file_bytes = std::size_t{64} << 20;
  std::uint32_t compaction_threads = 1;
  bool start_compaction = true;
  LevelsObserver observer;
  /// Compactions drop rows that have expired by it. Null: none expires, and values are any bytes.
  std::shared_ptr<ExpiryClock> expiry_clock = {};
  /// Where `ingest` writes its own small table; on the same file system. Empty: "ingest" beside
  /// `directory`. Created if missing.
  std::filesystem::path ingest_directory = {};
  /// Tables that are not needed any more stay until `let_removals_happen`, and no compaction runs
  /// before (`compact_range` would wait for ever): for whoever can only see afterwards whether what
  /// was opened is all that there was.
  bool hold_removals = false;
  /// Null: the operating system. Tests stand a simulated disk in its place.
  rocksdb::Env* env = nullptr;
};

struct LevelsKeyspace {
  KeyspaceId id = 0;
  std::string name;
};

/// A finished table file waiting to be ingested.
struct TableFile {
  KeyspaceId keyspace = 0;
  std::filesystem::path path;  // On the file system of the levels; moved in by the ingest.
  std::uint64_t bytes = 0;
  std::uint64_t entry_count = 0;
};

struct LevelsDebt {
  std::uint64_t level0_files = 0;              // Of the keyspace that has most.
  std::uint64_t pending_compaction_bytes = 0;  // Of all.
};

/// The state of the levels at one moment, across keyspaces, between two ingests. Cheap to share,
/// never changes; a keyspace that it knows stays readable through it after being dropped, and one
/// that it does not know (not yet, or not any more) has no rows. It keeps the database open.
class LevelsSnapshot;

/// An ordered walk over one keyspace at a snapshot. One thread at a time. Views live until the next
/// move. An error makes it invalid for good and is kept. Outlives the levels if need be.
class LevelsIterator {
 public:
  LevelsIterator(LevelsIterator&&) noexcept;
  LevelsIterator& operator=(LevelsIterator&&) noexcept;
  ~LevelsIterator();

  void seek_to_first();
  void seek_to_last();
  void seek(std::string_view key);
  void seek_for_previous(std::string_view key);
  void next();
  void previous();
  bool valid() const noexcept { return valid_; }
  std::string_view key() const noexcept { return key_; }
  std::string_view value() const noexcept { return value_; }
  std::optional<Error> error() const;

 private:
  friend class Levels;
  struct State;
  explicit LevelsIterator(std::unique_ptr<State> state) noexcept;
  template <bool kForward>
  void settle();
  template <bool kForward>
  void settle_at_end();
  void stand_nowhere() noexcept { valid_ = false; }

  std::unique_ptr<State> state_;
  // Where it stands, fetched once for each move: a merge asks several times.
  bool valid_ = false;
  std::string_view key_;
  std::string_view value_;
};

/// Narrows an iterator, so that the levels need not read past it. The bounds are copied.
struct LevelsRange {
  std::optional<std::string_view> lower_bound = {};
  std::optional<std::string_view> upper_bound = {};
  bool fill_block_cache = true;
};

/// The sorted levels on disk: the one seam to RocksDB, used as a store of ingested table files. It
/// is never written through its own memtable, so nothing is logged twice.
///
/// Threads: all calls may run at the same time, except that `ingest`, `create_keyspace` and
/// `drop_keyspace` are made one at a time.
class Levels {
 public:
  /// The parent of `directory` must exist. Errors: `corruption`, `io_error`, `no_space`,
  /// `read_only`, `busy` (open already), `unsupported`, `not_found` (missing and not to be
  /// created).
  static Result<std::unique_ptr<Levels>> open(LevelsOptions options);
  /// Snapshots, iterators and pinned values may outlive it; the last of them closes the database.
  ~Levels();
  Levels(const Levels&) = delete;
  Levels& operator=(const Levels&) = delete;

  /// Removes the tables that were held, and others at once from now on; lets compactions run,
  /// unless they are stopped.
  void let_removals_happen();
  /// Everything up to here was ingested.
  Sequence applied_sequence() const noexcept;

  // Keyspaces. The default one (id 0, "default") always exists and cannot be dropped.
  std::vector<LevelsKeyspace> keyspaces() const;  // Ascending by id.
  /// Durable on return. `already_exists` if the id or the name is taken.
  Result<void> create_keyspace(KeyspaceId id, std::string_view name);
  /// Durable on return; its files go with the last snapshot that knows it.
  Result<void> drop_keyspace(KeyspaceId id);

  // Reading.
  /// False if the key certainly has no row at `at`: then a look-up can be spared. `key_hash` is
  /// `hash_key(key, keyspace)`. Call it under an epoch guard. Cost: a cache miss for each table
  /// that the key may be in, all at once; of absent keys, one in 750 for each such table is
  /// not recognised.
  static bool may_contain(KeyspaceId keyspace, std::string_view key, std::uint64_t key_hash,
                          const LevelsSnapshot& at) noexcept;
  /// The state after the last ingest. Cost: a lock held for a copy of a pointer; the same object is
  /// handed out until the next ingest. While one runs: the state before it.
  std::shared_ptr<const LevelsSnapshot> snapshot();
  /// The row, or nothing. The pin keeps a block of the cache alive.
  Result<std::optional<PinnedValue>> get(KeyspaceId keyspace, std::string_view key,
                                         const LevelsSnapshot& at) const;
  /// As `get`, appending no pin but copying: whether the key exists.
  Result<bool> get_into(KeyspaceId keyspace, std::string_view key, const LevelsSnapshot& at,
                        std::string& value) const;
  /// One answer per key, in their order.
  Result<std::vector<std::optional<PinnedValue>>> multi_get(KeyspaceId keyspace,
                                                            std::span<const std::string_view> keys,
                                                            const LevelsSnapshot& at) const;
  Result<LevelsIterator> iterate(KeyspaceId keyspace, std::shared_ptr<const LevelsSnapshot> at,
                                 const LevelsRange& range) const;

  // Writing.
  /// All files become visible and durable together with the new applied sequence, or nothing does.
  /// Takes the files over on success. Files of one keyspace must not overlap, range tombstones
  /// included. `not_found` (a file or keyspace that does not exist) and `corruption` (a damaged
  /// file) change nothing. After `io_error` nothing is known until a reopen.
  Result<void> ingest(std::span<const TableFile> files, Sequence applied);

  // Compaction.
  Result<void> start_compaction();
  /// No automatic compaction starts any more; one that runs is finished, since RocksDB cannot break
  /// it off. A running `compact_range` ends with `cancelled` at its next safe point.
  Result<void> stop_compaction();
  /// Rewrites [first, last] into the last level and waits, also while compaction is stopped.
  Result<void> compact_range(KeyspaceId keyspace, std::optional<std::string_view> first,
                             std::optional<std::string_view> last);
  /// Removes the tables that belong to no level any more. RocksDB does so after each compaction,
  /// but a table that is being read then stays until after the next. Cost: a listing of the
  /// directory.
  Result<void> remove_obsolete_tables();
  /// Cost: two short locks of RocksDB for each keyspace.
  LevelsDebt debt() const;

  // Copies and checks.
  /// A consistent copy in `directory` (must not exist, its parent must), by hard links where
  /// possible; the applied sequence that it holds. No ingest may run meanwhile.
  Result<Sequence> checkpoint(const std::filesystem::path& directory);
  /// Reads every block's checksum; stops at the first damage.
  Result<void> verify_checksums() const;
  std::vector<KeyspaceStatistics> statistics() const;
  std::uint64_t block_cache_bytes() const;

 private:
  struct State;
  explicit Levels(std::unique_ptr<State> state) noexcept;
  std::unique_ptr<State> state_;
};

}  // namespace quartz::storage
