#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/counter.hpp"
#include "base/histogram.hpp"
#include "base/mutex.hpp"
#include "io/directory_lock.hpp"
#include "io/file_system.hpp"
#include "quartz/result.hpp"
#include "quartz/storage/cursor.hpp"
#include "quartz/storage/keyspace.hpp"
#include "quartz/storage/pinned_value.hpp"
#include "quartz/storage/read_set.hpp"
#include "quartz/storage/scan_options.hpp"
#include "quartz/storage/snapshot.hpp"
#include "quartz/storage/statistics.hpp"
#include "quartz/storage/storage_config.hpp"
#include "quartz/storage/write_batch.hpp"
#include "storage/back_pressure.hpp"
#include "storage/blocking_pool.hpp"
#include "storage/engine_view.hpp"
#include "storage/expiry_clock.hpp"
#include "storage/flush.hpp"
#include "storage/keyspace_registry.hpp"
#include "storage/levels.hpp"
#include "storage/log.hpp"
#include "storage/memtable_orderer.hpp"
#include "storage/operation_gate.hpp"
#include "storage/record_observer.hpp"
#include "storage/row_cache.hpp"
#include "storage/space_guard.hpp"
#include "storage/stored_value.hpp"

namespace rocksdb {
class Env;
}

namespace quartz::storage {

class Engine;

/// What a `Snapshot` holds.
struct SnapshotState {
  SnapshotState() = default;
  SnapshotState(const SnapshotState&) = delete;
  SnapshotState& operator=(const SnapshotState&) = delete;
  std::shared_ptr<Engine> engine;
  std::shared_ptr<const EngineView> view;
  Sequence sequence = 0;
  ~SnapshotState();
};

/// The engine behind `StorageEngine`: log, memtables, row cache and levels put together. The
/// contract of each operation stands in quartz/storage/storage_engine.hpp.
///
/// Who may do what:
/// - Appending (sequence, log, active memtable, roll) belongs to the holder of `append_mutex_`.
/// - The view is replaced under `view_mutex_`, which is innermost; readers load it under an
///   `EpochGuard`, without a lock.
/// - Flushing, and all else that changes the levels, is done under `levels_mutex_`, by the
///   background thread or by a caller of a maintenance operation.
/// Order of locks: observers_told_mutex_ → levels_mutex_ → append_mutex_ → view_mutex_;
/// retiring_mutex_ → view_mutex_; flush_mutex_ is innermost too.
class Engine : public std::enable_shared_from_this<Engine> {
 public:
  /// `levels_env` is how RocksDB reaches the same files as `files`; null: the operating system's.
  /// Both must outlive the engine.
  static Result<std::shared_ptr<Engine>> open(const io::Path& directory, StorageConfig config,
                                              io::FileSystem& files = io::posix_file_system(),
                                              TimeSource time = TimeSource::system(),
                                              rocksdb::Env* levels_env = nullptr);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  Result<void> close();
  bool closed() const noexcept { return closed_.load(std::memory_order_acquire); }
  Error closed_error() const;

  // Writing.
  using Done = std::function<void(Result<void>)>;
  Result<void> write_one(const KeyspaceState& keyspace, OperationType type, std::string_view key,
                         std::string_view value, const WriteOptions& options,
                         const RowAttributes& attributes = {});
  Result<void> write(const WriteBatch& batch, const WriteOptions& options);
  /// Writes and answers, if that takes no waiting; nothing, and nothing written, if it does.
  std::optional<Result<void>> write_at_once(const WriteBatch& batch, const WriteOptions& options);
  /// As `write`, without blocking the caller. `done` is called once, by whichever thread completes
  /// the write, possibly before this returns.
  void write_in_background(WriteBatch batch, const WriteOptions& options, Done done);

  /// `observer` is told of all records from now on; the newest sequence before them. It must be
  /// removed before it goes. Twice: told twice.
  Sequence add_observer(RecordObserver* observer);
  /// It is not told anything any more when this returns.
  void remove_observer(RecordObserver* observer);

  /// Reads that begin now see all writes up to this one, and none after.
  Sequence visible_sequence() const noexcept {
    return visible_sequence_.load(std::memory_order_acquire);
  }

  // Reading.
  Result<bool> get_into(const KeyspaceState& keyspace, std::string_view key, std::string& value,
                        const ReadOptions& options);
  Result<std::optional<PinnedValue>> get_pinned(const KeyspaceState& keyspace, std::string_view key,
                                                const ReadOptions& options);
  Result<std::vector<std::optional<std::string>>> multi_get(const KeyspaceState& keyspace,
                                                            std::span<const std::string_view> keys,
                                                            const ReadOptions& options);
  /// Brings near what memory has of keys that will be read soon; of the first sixteen.
  void prefetch(const KeyspaceState& keyspace, std::span<const std::string_view> keys) const;
  /// Brings near what a write of that key will look at first.
  void prefetch_write(const KeyspaceState& keyspace, std::string_view key) const noexcept;
  /// The answer if memory has it; nothing if the levels must be asked.
  std::optional<Result<std::optional<std::string>>> get_from_memory(const KeyspaceState& keyspace,
                                                                    std::string_view key);
  std::shared_ptr<const SnapshotState> snapshot();
  Cursor cursor(const ScanOptions& options);

  // Keyspaces.
  const KeyspaceRegistry& keyspaces() const noexcept { return *keyspaces_; }
  Result<Keyspace> create_keyspace(std::string_view name);
  Result<void> drop_keyspace(const KeyspaceState& keyspace);

  // Maintenance.
  Result<void> flush();
  Result<void> sync();
  /// As `sync`, without blocking the caller. `done` is called once, by whichever thread completes
  /// the sync, possibly before this returns.
  void sync_in_background(Done done);
  Result<void> start_compaction();
  Result<void> stop_compaction();
  Result<void> compact_range(std::optional<std::string_view> first,
                             std::optional<std::string_view> last, const KeyspaceState& keyspace);
  Result<void> checkpoint(const io::Path& directory);
  Statistics statistics();
  const io::Path& directory() const noexcept { return directory_; }
  /// The file system that the directory is on.
  io::FileSystem& files() const noexcept { return files_; }
  /// That expiry goes by.
  ExpiryClock& expiry_clock() const noexcept { return *expiry_clock_; }
  /// Whether a row is absent for all reads. Costs a look at the clock only if it expires at all.
  bool expired(const RowAttributes& attributes) const noexcept {
    return attributes.expires_at && expiry_clock_->expired(*attributes.expires_at);
  }

  /// Runs `job` on a thread that may block; false once the engine is closed.
  Result<void> run_blocking(BlockingPool::Job job);

  // For handles. While one is open, `close` leaves the directory locked.
  void cursor_opened() noexcept { cursors_open_.fetch_add(1, std::memory_order_relaxed); }
  void cursor_closed() noexcept;
  void snapshot_closed() noexcept;
  void value_pinned() noexcept { values_pinned_.fetch_add(1, std::memory_order_relaxed); }
  void value_unpinned() noexcept;
  void count_read_error(const Error& error);
  /// A line for the configured logger, or for spdlog's "quartz" logger on standard error.
  void log_line(LogLevel level, std::string_view line) const;

 private:
  friend class EngineOpener;

  /// A view and a sequence that belong together: the view was the current one at the moment when
  /// the sequence was the newest visible. Use under an epoch guard.
  struct ReadPoint {
    const EngineView* view = nullptr;
    Sequence sequence = 0;
  };
  /// What memory knows of a key.
  struct MemoryAnswer {
    enum class Kind : std::uint8_t { unknown, absent, in_memtable, in_cache };
    Kind kind = Kind::unknown;
    StoredValue stored;  // The user's value and its attributes.
    const Memtable* memtable = nullptr;
    RowCache::Hit row;
  };

  Engine(io::Path directory, StorageConfig config, io::FileSystem& files, rocksdb::Env* levels_env);

  // engine_write.cpp
  Result<Durability> effective_durability(const WriteOptions& options) const;
  Result<void> check_keyspace(const KeyspaceState& keyspace) const;
  Result<void> check_batch(const WriteBatch& batch) const;
  Result<void> admit(std::size_t bytes, bool only_removes);
  Result<void> wait_for_room();
  Result<LogPosition> append_one(const KeyspaceState& keyspace, OperationType type,
                                 std::string_view key, std::string_view value,
                                 const RowAttributes& attributes, const ReadSet* unchanged);
  Result<LogPosition> append_batch(const WriteBatch& batch, const ReadSet* unchanged);
  Result<void> check_writable_locked() QUARTZ_REQUIRES(append_mutex_);
  Result<LogReservation> reserve_locked(std::size_t bytes) QUARTZ_REQUIRES(append_mutex_);
  Result<LogPosition> publish_locked(const LogReservation& reservation, std::uint32_t count,
                                     std::uint32_t crc) QUARTZ_REQUIRES(append_mutex_);
  Error stop_writes_locked(std::string_view why) QUARTZ_REQUIRES(append_mutex_);
  void index_locked(const std::byte* operations, std::uint32_t count)
      QUARTZ_REQUIRES(append_mutex_);
  void apply_locked(Sequence sequence, OperationView operation, std::uint64_t key_hash)
      QUARTZ_REQUIRES(append_mutex_);
  Result<void> roll_locked(std::size_t bytes) QUARTZ_REQUIRES(append_mutex_);
  void begin_memtable_locked(const std::shared_ptr<LogSegment>& segment)
      QUARTZ_REQUIRES(append_mutex_);
  void prefetch_first(const WriteBatch& batch) const noexcept;
  void append_without_waiting(const WriteBatch& batch, const ReadSet* unchanged, Done done);
  Result<void> expect_syncs();

  // engine_conditional_write.cpp
  void prefetch_reads(const ReadSet& reads) const;
  /// `conflict` if anything of `reads` was written after its sequence, or may have been.
  Result<void> check_unchanged_locked(const ReadSet& reads) const QUARTZ_REQUIRES(append_mutex_);
  /// The same for a write of nothing.
  Result<void> check_unchanged(const ReadSet& reads);

  // engine_observers.cpp
  void tell_observers_locked(Sequence first_sequence, std::span<const std::byte> operations,
                             std::uint32_t count) QUARTZ_REQUIRES(append_mutex_);
  void tell_observers_of_close();

  // engine_read.cpp
  ReadPoint read_point(const Snapshot* snapshot) const;
  Result<void> check_readable(const KeyspaceState& keyspace, const ReadOptions& options) const;
  MemoryAnswer look_in_memory(const ReadPoint& at, const KeyspaceState& keyspace,
                              std::string_view key, std::uint64_t key_hash,
                              Sequence cached_until) const;
  /// What a read shows of a row that memory has: `shown`, or nothing that is older if it expired.
  void answer_with_row(MemoryAnswer& answer, MemoryAnswer::Kind shown,
                       std::string_view stored) const;
  /// What a read shows of a row of the levels, if there is one: nothing if it has expired;
  /// `corruption` if it does not decode.
  Result<std::optional<StoredValue>> shown_of_levels(const KeyspaceState& keyspace,
                                                     std::string_view key,
                                                     std::optional<std::string_view> stored);
  /// Of as many keys as there is room for hashes. `cached`: whether the row cache may answer.
  void prefetch_all(const ReadPoint& at, const KeyspaceState& keyspace, bool cached,
                    std::span<const std::string_view> keys, std::span<std::uint64_t> hashes) const;
  void count_answer(MemoryAnswer::Kind kind);
  /// Whether the levels' filters say that a key which memory does not know is nowhere. Under an
  /// epoch guard.
  bool absent_in_levels(const ReadPoint& at, const KeyspaceState& keyspace, std::string_view key,
                        std::uint64_t key_hash);
  Result<std::optional<PinnedValue>> get_from_levels(const KeyspaceState& keyspace,
                                                     std::string_view key, std::uint64_t key_hash,
                                                     const LevelsSnapshot& levels, Sequence at,
                                                     bool fill);

  // engine_flush.cpp
  void run_background();
  void seal_if_due();
  std::vector<MemtableRef> waiting_memtables() const;
  void flush_waiting();
  Result<FlushTables> write_tables(const std::vector<const Memtable*>& memtables)
      QUARTZ_REQUIRES(levels_mutex_);
  Result<void> flush_memtables(const std::vector<MemtableRef>& memtables)
      QUARTZ_REQUIRES(levels_mutex_);
  void note_applied(Sequence applied) const;
  void publish_flushed(std::size_t count) QUARTZ_REQUIRES(levels_mutex_);
  Result<void> wait_flushed(Sequence target);
  void note_flush_failure(const Error& error);
  void stop_writes(const Error& error);
  void retire_replaced_views() QUARTZ_EXCLUDES(retiring_mutex_, view_mutex_);
  void collect_garbage();
  void reclaim_space();
  void update_debt();
  std::uint64_t unflushed_bytes() const;
  void update_unflushed_debt();
  void drop_warm_memtables(EngineView& view) const;
  Result<Sequence> seal_active();
  void wake_background();
  void publish_view(std::shared_ptr<const EngineView> view) QUARTZ_REQUIRES(view_mutex_);
  std::shared_ptr<const EngineView> current_view() const;

  // engine_maintenance.cpp
  void note_compaction(const CompactionEvent& event);
  void note_levels_failure(const Error& error);
  Result<void> build_checkpoint(const io::Path& target);
  Result<void> copy_to(const io::Path& staging);

  // engine_statistics.cpp
  void add_operation_statistics(Statistics& now) const;
  void add_memtable_statistics(Statistics& now) const;
  void add_log_statistics(Statistics& now) const;
  void add_level_statistics(Statistics& now) const;

  // engine_close.cpp
  Result<void> settle_writes();
  void stop_background();
  void release_resources() noexcept;
  void handle_closed() noexcept;
  std::uint64_t handles_open() const noexcept;

  const EngineNumber number_;
  const io::Path directory_;
  const StorageConfig config_;
  io::FileSystem& files_;
  rocksdb::Env* const levels_env_;  // Null: RocksDB's own.
  std::uint64_t database_id_ = 0;
  RecoveryStatistics recovery_;

  // Parts. Those behind pointers go when the engine is closed and no handle is left.
  std::optional<io::DirectoryLock> directory_lock_;
  std::unique_ptr<Levels> levels_;
  std::unique_ptr<Log> log_;
  std::unique_ptr<SpaceGuard> space_;
  std::shared_ptr<ExpiryClock> expiry_clock_;
  std::unique_ptr<KeyspaceRegistry> keyspaces_;
  RowCache cache_;
  BackPressure back_pressure_;
  BlockingPool pool_;
  MemtableOrderer orderer_;
  mutable OperationGate gate_;
  std::atomic<bool> closed_{true};  // Until `open` has succeeded.
  std::atomic<bool> background_ended_{true};
  std::atomic<bool> released_{false};
  std::atomic<bool> compaction_runs_{true};

  // Held while observers are told of the close, so that none of them goes meanwhile.
  Mutex observers_told_mutex_;
  // Held while a checkpoint is built, so that of two into one place the later one finds the other.
  Mutex checkpoint_mutex_;
  Mutex levels_mutex_ QUARTZ_ACQUIRED_AFTER(observers_told_mutex_, checkpoint_mutex_);

  // Appending.
  Mutex append_mutex_ QUARTZ_ACQUIRED_AFTER(levels_mutex_);
  Sequence next_sequence_ QUARTZ_GUARDED_BY(append_mutex_) = 1;
  // The current view's. A flush may replace that view at any time, but every view has this memtable
  // until a roll, which needs the append lock.
  Memtable* active_ QUARTZ_GUARDED_BY(append_mutex_) = nullptr;
  bool stops_writes_ QUARTZ_GUARDED_BY(append_mutex_) = false;
  std::optional<Error> writes_stopped_ QUARTZ_GUARDED_BY(append_mutex_);  // Why, if it is known.
  // The newest record of the log is not wholly in the memtable. Nobody sees any of it.
  bool half_indexed_ QUARTZ_GUARDED_BY(append_mutex_) = false;
  std::vector<RecordObserver*> observers_ QUARTZ_GUARDED_BY(append_mutex_);
  bool observers_told_of_close_ QUARTZ_GUARDED_BY(append_mutex_) = false;
  std::atomic<bool> syncs_expected_{false};  // Somebody has asked for `Durability::disk`.
  std::atomic<Sequence> visible_sequence_{0};
  std::atomic<std::uint64_t> active_since_ns_{0};  // When the active memtable got its first write.

  // The view.
  /// Held while replaced views are retired: who has had it knows that those of before are.
  Mutex retiring_mutex_;
  mutable Mutex view_mutex_ QUARTZ_ACQUIRED_AFTER(append_mutex_, retiring_mutex_);
  std::shared_ptr<const EngineView> view_owner_ QUARTZ_GUARDED_BY(view_mutex_);
  std::vector<std::shared_ptr<const EngineView>> replaced_views_ QUARTZ_GUARDED_BY(view_mutex_);
  std::atomic<const EngineView*> view_{nullptr};

  // Flushing.
  mutable Mutex flush_mutex_;
  CondVar background_wake_;
  CondVar flush_done_;
  bool background_wanted_ QUARTZ_GUARDED_BY(flush_mutex_) = false;
  bool stopping_ QUARTZ_GUARDED_BY(flush_mutex_) = false;
  Sequence flush_target_ QUARTZ_GUARDED_BY(flush_mutex_) = 0;  // Newest that somebody waits for.
  std::uint64_t flush_attempts_ QUARTZ_GUARDED_BY(flush_mutex_) = 0;
  std::optional<Error> flush_error_ QUARTZ_GUARDED_BY(flush_mutex_);  // Of the last attempt.
  std::atomic<Sequence> applied_sequence_{0};
  std::atomic<std::uint64_t> level0_files_{0};  // With the next: when last looked at.
  std::atomic<std::uint64_t> pending_compaction_bytes_{0};
  std::uint64_t next_table_number_ QUARTZ_GUARDED_BY(levels_mutex_) = 1;
  std::thread background_;

  // Handles.
  std::atomic<std::uint64_t> snapshots_open_{0};
  std::atomic<std::uint64_t> cursors_open_{0};
  std::atomic<std::uint64_t> values_pinned_{0};  // That lie in the levels.

  // Counters. Those of writes belong to the append lock's holder and are read without it.
  std::atomic<std::uint64_t> puts_{0};
  std::atomic<std::uint64_t> removes_{0};
  std::atomic<std::uint64_t> range_removes_{0};
  std::atomic<std::uint64_t> batches_{0};
  std::atomic<std::uint64_t> user_bytes_{0};
  ShardedCounter gets_from_cache_;
  ShardedCounter gets_from_memtable_;
  ShardedCounter gets_from_levels_;
  ShardedCounter gets_absent_in_memory_;
  ShardedCounter gets_absent_in_levels_;
  ShardedCounter scans_;
  ShardedCounter read_errors_;
  std::atomic<std::uint64_t> flushes_{0};
  std::atomic<std::uint64_t> flush_bytes_{0};
  std::atomic<std::uint64_t> flush_failures_{0};
  std::atomic<std::uint64_t> compactions_{0};
  std::atomic<std::uint64_t> compaction_bytes_read_{0};
  std::atomic<std::uint64_t> compaction_bytes_written_{0};
  Histogram write_latency_;
  Histogram get_latency_;
  Histogram level_get_latency_;
  Histogram flush_latency_;
  Histogram compaction_latency_;
};

}  // namespace quartz::storage
