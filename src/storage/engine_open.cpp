#include <algorithm>
#include <array>
#include <atomic>
#include <utility>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/hash.hpp"
#include "base/mutant.hpp"
#include "base/start_thread.hpp"
#include "base/try.hpp"
#include "quartz/storage/event_listener.hpp"
#include "storage/applied_file.hpp"
#include "storage/config_check.hpp"
#include "storage/engine.hpp"
#include "storage/format_file.hpp"
#include "storage/log_replay.hpp"

namespace quartz::storage {
namespace {

/// RocksDB needs some room to open, and ends the process if it finds none (seen with 7.8.3).
constexpr std::uint64_t kOpenFreeBytesMin = std::uint64_t{4} << 20;

/// So many segments of a replayed log are flushed at once, however little is in them: a program
/// that opens, writes a little and closes again and again would otherwise replay ever more.
constexpr std::size_t kReplayedSegmentsMax = 4;

BackPressureLimits back_pressure_limits(const StorageConfig& config) {
  BackPressureLimits limits;
  limits.level0_files_max = config.level0_files_max;
  // Wide enough for what is written during one compaction, which empties level 0 in one step:
  // writers slow down then, and need not stop.
  limits.level0_files_soft =
      config.compaction_threshold + (config.level0_files_max - config.compaction_threshold) / 2;
  // The active memtable and the next segment must fit beside what waits.
  limits.unflushed_bytes_max = config.memtable_bytes - config.segment_bytes;
  limits.unflushed_bytes_soft = limits.unflushed_bytes_max / 2 + config.segment_bytes / 2;
  return limits;
}

EngineNumber next_engine_number() noexcept {
  static std::atomic<EngineNumber> last{0};
  return ++last;
}

}  // namespace

Engine::Engine(io::Path directory, StorageConfig config, io::FileSystem& files,
               rocksdb::Env* levels_env)
    : number_(next_engine_number()),
      directory_(std::move(directory)),
      config_(std::move(config)),
      files_(files),
      levels_env_(levels_env),
      cache_(config_.cache_size, config_.cache_bytes),
      back_pressure_(back_pressure_limits(config_)),
      pool_(config_.read_threads) {}

/// The steps of opening, in order. Whatever fails, the engine that is dropped frees what was taken.
class EngineOpener {
 public:
  EngineOpener(Engine& engine, TimeSource time)
      : engine_(engine), files_(engine.files_), time_(std::move(time)) {}

  Result<void> run() {
    const Stopwatch watch;
    QUARTZ_TRY(enter_directory());
    QUARTZ_TRY(open_clock());
    QUARTZ_TRY(open_levels());
    QUARTZ_TRY(replay());
    engine_.levels_->let_removals_happen();  // The log goes on where the levels end.
    QUARTZ_TRY(open_log());
    QUARTZ_TRY(begin());
    engine_.recovery_.duration_ns = watch.elapsed_ns();
    return {};
  }

 private:
  io::Path path(const char* name) const { return engine_.directory_ / name; }

  // Locks the directory, and finds the database in it or makes a new one.
  Result<void> enter_directory() {
    const StorageConfig& config = engine_.config_;
    QUARTZ_ASSIGN(const bool directory_exists, files_.exists(engine_.directory_));
    if (!directory_exists) {
      if (!config.create_if_missing) return not_found();
      QUARTZ_TRY(io::create_durable_directories(files_, engine_.directory_));
    }
    QUARTZ_ASSIGN(auto format, read_format(files_, engine_.directory_));
    if (!format && !config.create_if_missing) return not_found();
    QUARTZ_ASSIGN(engine_.directory_lock_, files_.lock_directory(engine_.directory_));
    // Once more: somebody may have created or changed it before the lock was ours.
    QUARTZ_ASSIGN(format, read_format(files_, engine_.directory_));
    if (format && config.error_if_exists) {
      return Error(Errc::already_exists,
                   fmt::format("{} holds a database already", engine_.directory_.string()));
    }
    for (const char* name : {kLogDirectoryName, kLevelsDirectoryName, kIngestDirectoryName}) {
      QUARTZ_TRY(files_.create_directories(path(name)));
    }
    QUARTZ_TRY(clear_ingest_directory());
    QUARTZ_TRY(watch_space());
    is_new_ = !format.has_value();
    if (is_new_) QUARTZ_TRY(remove_foreign_applied_file());
    engine_.database_id_ = is_new_ ? new_database_id() : format->database_id;
    if (is_new_ && mutant("a_new_database_is_called_one_too_early")) {
      QUARTZ_TRY(write_format(files_, engine_.directory_, {kFormatVersion, engine_.database_id_}));
    }
    return {};
  }

  // Of a database that was here once and was not removed wholly.
  Result<void> remove_foreign_applied_file() {
    QUARTZ_ASSIGN(const bool exists, files_.exists(path(kAppliedFileName)));
    return exists ? files_.remove(path(kAppliedFileName)) : Result<void>();
  }

  Error not_found() const {
    return Error(Errc::not_found,
                 fmt::format("{} holds no Quartz database", engine_.directory_.string()));
  }

  // What lies here was not ingested: its rows are still in the log.
  Result<void> clear_ingest_directory() {
    QUARTZ_ASSIGN(const auto names, files_.list(path(kIngestDirectoryName)));
    for (const std::string& name : names) {
      if (mutant("tables_of_a_broken_flush_are_not_removed")) break;
      if (name.ends_with(".sst")) QUARTZ_TRY(files_.remove(path(kIngestDirectoryName) / name));
    }
    return {};
  }

  Result<void> watch_space() {
    QUARTZ_ASSIGN(engine_.space_,
                  SpaceGuard::open(files_, engine_.directory_, engine_.config_.free_space_min_bytes,
                                   [engine = &engine_] { engine->wake_background(); }));
    QUARTZ_ASSIGN(std::uint64_t free, files_.free_bytes(engine_.directory_));
    if (free >= kOpenFreeBytesMin) return {};
    engine_.space_->disk_full();
    QUARTZ_ASSIGN(free, files_.free_bytes(engine_.directory_));
    if (free >= kOpenFreeBytesMin) return {};
    return Error(Errc::no_space, fmt::format("{}: {} bytes are free, opening needs {}",
                                             engine_.directory_.string(), free, kOpenFreeBytesMin));
  }

  Result<void> open_clock() {
    QUARTZ_ASSIGN(engine_.expiry_clock_,
                  ExpiryClock::open(files_, path(kClockFileName), std::move(time_),
                                    [engine = &engine_](LogLevel level, std::string_view line) {
                                      engine->log_line(level, line);
                                    }));
    return {};
  }

  Result<void> open_levels() {
    const StorageConfig& config = engine_.config_;
    LevelsOptions options;
    options.directory = path(kLevelsDirectoryName);
    options.create_if_missing = is_new_;
    options.env = engine_.levels_env_;
    options.hold_removals = true;
    options.block_cache_bytes = config.block_cache_bytes;
    options.compaction_threshold = config.compaction_threshold;
    options.max_level_size = config.max_level_size;
    options.table_file_bytes = config.table_file_bytes;
    options.compaction_threads = config.compaction_threads;
    options.start_compaction = config.start_compaction;
    options.expiry_clock = engine_.expiry_clock_;
    options.observer.compacted = [engine = &engine_](const CompactionEvent& event) {
      engine->note_compaction(event);
    };
    options.observer.failed = [engine = &engine_](const Error& error) {
      engine->note_levels_failure(error);
    };
    engine_.compaction_runs_ = config.start_compaction;
    QUARTZ_ASSIGN(engine_.levels_, Levels::open(std::move(options)));
    if (!is_new_) QUARTZ_TRY(compare_with_applied_file());
    engine_.keyspaces_ =
        std::make_unique<KeyspaceRegistry>(engine_.number_, engine_.levels_->keyspaces());
    if (is_new_) {
      // Last of a creation: a directory without FORMAT holds nothing that was acknowledged.
      QUARTZ_TRY(write_format(files_, engine_.directory_, {kFormatVersion, engine_.database_id_}));
    }
    return {};
  }

  // Nothing is lost yet if the levels know less: removals are held.
  Result<void> compare_with_applied_file() {
    const Sequence applied = engine_.levels_->applied_sequence();
    const auto said = read_applied_file(files_, engine_.directory_);
    if (said && *said > applied) {
      return Error(Errc::corruption, fmt::format("{}: {}; `quartz salvage` saves the tables",
                                                 path(kLevelsDirectoryName).string(),
                                                 behind_applied_file(applied, *said)));
    }
    // The log that said so until now is about to be removed.
    if (!engine_.config_.enable_wal && said != applied) engine_.note_applied(applied);
    return {};
  }

  Result<void> replay() {
    ReplayOptions options;
    options.directory = path(kLogDirectoryName);
    options.database_id = engine_.database_id_;
    options.applied = engine_.levels_->applied_sequence();
    std::uint64_t records = 0;
    if (engine_.config_.event_listener) {
      options.progress = [&](std::uint64_t done, std::uint64_t total) {
        engine_.config_.event_listener->on_recovery_progress({done, total, records});
      };
    }
    QUARTZ_ASSIGN(replay_, replay_log(files_, options, [&](const ReplayedRecord& record) {
                    ++records;
                    return index(record);
                  }));
    index_waiting();
    engine_.recovery_.record_count = replay_.record_count;
    engine_.recovery_.operation_count = replay_.operation_count;
    engine_.recovery_.bytes = replay_.bytes;
    engine_.recovery_.dropped_bytes = replay_.dropped_bytes;
    engine_.recovery_.dropped_reason = replay_.dropped_reason;
    if (!replay_.dropped_reason.empty()) {
      engine_.log_line(LogLevel::warning, replay_.dropped_reason);
    }
    return settle_replayed_files();
  }

  Result<void> index(const ReplayedRecord& record) {
    if (memtables_.empty() || memtables_.back()->segment() != record.segment) {
      index_waiting();
      memtables_.push_back(MemtableRef::adopt(new Memtable(record.segment)));
    }
    const std::byte* at = record.operations.data();
    for (std::uint32_t i = 0; i < record.operation_count; ++i) {
      const OperationView operation(at);
      at += operation.bytes();
      if (!known(operation.keyspace())) return lost_keyspace(record, operation.keyspace());
      if (waiting_count_ == waiting_.size()) index_waiting();
      const std::uint64_t hash = hash_key(operation.key(), operation.keyspace());
      memtables_.back()->prefetch(hash);
      waiting_[waiting_count_++] = {record.first_sequence + i, operation, hash};
    }
    return {};
  }

  static Error lost_keyspace(const ReplayedRecord& record, KeyspaceId id) {
    return Error(
        Errc::corruption,
        fmt::format("{}: the record at offset {} {}; `quartz salvage` saves its rows",
                    record.segment->path.string(), offset_of(record), names_lost_keyspace(id)));
  }

  // Operations wait until their places in the index have come near.
  void index_waiting() {
    for (std::size_t i = 0; i < waiting_count_; ++i) {
      memtables_.back()->insert(waiting_[i].sequence, waiting_[i].operation, waiting_[i].hash);
    }
    waiting_count_ = 0;
  }

  bool known(KeyspaceId id) {
    if (id == last_known_) return true;
    if (id > kKeyspaceIdMax || engine_.keyspaces_->find(id) == nullptr) return false;
    last_known_ = id;
    return true;
  }

  // Gives back what the replayed segments had reserved, and removes what nobody needs; `Log::open`
  // makes the removal durable.
  Result<void> settle_replayed_files() {
    for (const auto& segment : replay_.segments) {
      QUARTZ_ASSIGN(const auto file, files_.open(segment->path, io::OpenMode::read_write));
      QUARTZ_TRY(file->truncate(segment->used));
    }
    for (const io::Path& obsolete : replay_.obsolete) QUARTZ_TRY(files_.remove(obsolete));
    return {};
  }

  Result<void> open_log() {
    const StorageConfig& config = engine_.config_;
    LogOptions options;
    options.directory = path(kLogDirectoryName);
    options.segment_bytes = config.segment_bytes;
    options.persistent = config.enable_wal;
    options.medium = config.log_medium;
    options.database_id = engine_.database_id_;
    options.expects_syncs = config.durability == Durability::disk;
    engine_.syncs_expected_ = options.expects_syncs;
    LogStart start = replay_.start;
    start.next_sequence = std::max(start.next_sequence, engine_.levels_->applied_sequence() + 1);
    next_sequence_ = start.next_sequence;
    QUARTZ_ASSIGN(engine_.log_, Log::open(files_, std::move(options), start));
    // The log keeps what it still has to sync; held here as well, it could not be reclaimed.
    replay_.start.unsynced.clear();
    replay_.segments.clear();
    return {};
  }

  Result<void> begin() {
    auto view = std::make_shared<EngineView>();
    view->active = MemtableRef::adopt(new Memtable(engine_.log_->segment()));
    view->older.assign(memtables_.rbegin(), memtables_.rend());
    view->waiting_count = view->older.size();
    view->levels = engine_.levels_->snapshot();
    // Who read before the engine was opened has read from another one.
    view->complete_after = next_sequence_ - 1;
    for (const MemtableRef& memtable : memtables_) engine_.orderer_.follow(memtable);
    engine_.orderer_.follow(view->active);
    QUARTZ_TRY(engine_.orderer_.start([engine = &engine_] { engine->wake_background(); }));
    {
      MutexLock lock(engine_.append_mutex_);
      engine_.next_sequence_ = next_sequence_;
      engine_.active_ = view->active.get();
    }
    engine_.visible_sequence_ = next_sequence_ - 1;
    engine_.applied_sequence_ = engine_.levels_->applied_sequence();
    {
      MutexLock lock(engine_.view_mutex_);
      engine_.view_owner_ = std::move(view);
      engine_.view_ = engine_.view_owner_.get();
    }
    engine_.update_debt();
    flush_many_small();
    QUARTZ_TRY(start_background());
    engine_.background_ended_ = false;
    engine_.closed_ = false;
    if (memtables_.size() >= kReplayedSegmentsMax ||
        replay_.bytes >= engine_.config_.segment_bytes / 2 ||
        engine_.back_pressure_.debt() > 0.0) {  // Writers would wait for this flush.
      engine_.wake_background();
    }
    return {};
  }

  Result<void> start_background() {
    auto started = start_thread(engine_.background_, "quartz:flush",
                                [engine = &engine_] { engine->run_background(); });
    if (!started) engine_.stop_background();  // The one that orders.
    return started;
  }

  // Left to the background they could go on collecting: a program that closes soon gives it no
  // time.
  void flush_many_small() {
    if (memtables_.size() < kReplayedSegmentsMax * 3 / 2) return;
    if (replay_.bytes >= engine_.config_.segment_bytes) return;
    // A failure is kept for writers, as one of the background is.
    engine_.flush_waiting();
    engine_.collect_garbage();
  }

  Engine& engine_;
  io::FileSystem& files_;
  TimeSource time_;
  bool is_new_ = false;
  LogReplay replay_;
  std::vector<MemtableRef> memtables_;  // Oldest first.
  KeyspaceId last_known_ = kDefaultKeyspaceId;
  struct WaitingOperation {
    Sequence sequence = 0;
    OperationView operation;
    std::uint64_t hash = 0;
  };
  std::array<WaitingOperation, 16> waiting_;  // Of the last memtable.
  std::size_t waiting_count_ = 0;
  Sequence next_sequence_ = 1;
};

Result<std::shared_ptr<Engine>> Engine::open(const io::Path& directory, StorageConfig config,
                                             io::FileSystem& files, TimeSource time,
                                             rocksdb::Env* levels_env) {
  if (directory.empty()) return Error(Errc::invalid_argument, "the directory must not be empty");
  QUARTZ_TRY(check_config(config));
  std::shared_ptr<Engine> engine(new Engine(directory, std::move(config), files, levels_env));
  QUARTZ_TRY(EngineOpener(*engine, std::move(time)).run());
  return engine;
}

}  // namespace quartz::storage
