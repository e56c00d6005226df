#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "quartz/storage/durability.hpp"

namespace quartz {

class EventListener;

/// How the log reaches its file.
enum class LogMedium : std::uint8_t {
  automatic,  ///< `mapped` where the file system keeps preallocated space, `file` elsewhere.
  mapped,     ///< Records are copied into a mapping of the preallocated file.
  file,       ///< Records are kept in memory and written with one system call each.
};

/// Severity of a line for `StorageConfig::logger`.
enum class LogLevel : std::uint8_t {
  debug,    ///< For who develops Quartz.
  info,     ///< What it does.
  warning,  ///< What somebody should look at.
  error,    ///< What has failed.
};

/// Receives the engine's own log lines: one line each, no newline at the end. May be called from
/// any thread, also several at once; must not call back into the engine.
using Logger = std::function<void(LogLevel, std::string_view)>;

/// How an engine is opened. Every option has a unit, a default and a documented meaning of zero;
/// values that make no sense are refused by `open` with `invalid_argument` naming the option.
/// docs/guide/configuration.md describes each at length.
struct StorageConfig {
  // Opening.
  bool create_if_missing = true;  ///< False: `not_found` when the directory holds no database.
  bool error_if_exists = false;   ///< True: `already_exists` when it does.

  // Durability.
  Durability durability = Durability::process;  ///< For writes that do not say otherwise.
  bool enable_wal = true;  ///< False: no log file, `Durability::memory` for all writes.
  LogMedium log_medium = LogMedium::automatic;  ///< How records reach the log.

  // Row cache.
  std::size_t cache_size = 50'000;                  ///< Rows; 0: no row cache.
  std::size_t cache_bytes = std::size_t{64} << 20;  ///< Bound on their bytes; 0: no row cache.

  // Log and memtables. A memtable indexes one segment, so this is also the memtable's size.
  std::size_t segment_bytes = std::size_t{64} << 20;  ///< 64 KiB to 2 GiB, whole pages.
  /// Bound on memtables, their segments and indexes included: the active one, those waiting for
  /// their flush, and flushed ones that stay readable. At least 3 segments.
  std::size_t memtable_bytes = std::size_t{512} << 20;
  std::chrono::milliseconds flush_interval{0};  ///< Oldest unflushed, to a year; 0: by size only.

  // Levels.
  std::size_t block_cache_bytes = std::size_t{64} << 20;  ///< Uncompressed blocks; 0: 8 MiB.
  std::uint32_t compaction_threshold = 4;  ///< Level-0 files that start a compaction; 1 to 64.
  std::uint32_t level0_files_max = 36;     ///< Writers slow down towards it and wait at it.
  std::uint32_t max_level_size = 4;  ///< Files in level 1; each level below has ten times more.
  std::size_t table_file_bytes = std::size_t{64} << 20;  ///< Target size of one file of a level.
  std::uint32_t compaction_threads = 1;  ///< Background threads of the levels; 1 to 64.
  bool start_compaction = true;          ///< False: only after `start_compaction()`.

  // Space.
  /// Puts are refused with `no_space` when less than this is free on the file system; removes and
  /// compaction go on. 0: only a file system that is really full refuses.
  std::size_t free_space_min_bytes = std::size_t{64} << 20;

  // Asynchronous forms.
  std::uint32_t read_threads = 2;  ///< Serve `async_` reads that miss memory; 1 to 256.

  // Observation.
  Logger logger = {};  ///< Empty: warnings and errors go to spdlog's default.
  std::shared_ptr<EventListener> event_listener = {};  ///< Null: nobody is told.
};

/// How one write is acknowledged.
struct WriteOptions {
  /// Empty: the engine's default. A promise that the engine cannot keep (`process` or `disk`
  /// without a log) is refused with `invalid_argument`.
  std::optional<Durability> durability = {};
  /// Null: unconditional. Else the write fails with `conflict`, and writes nothing, if any of these
  /// keys was written (put, removed, or within a range that was removed) after the set's sequence;
  /// looking and writing are one step. Also when the engine cannot tell: it knows of the writes
  /// since its opening that are in memory still (`StorageConfig::memtable_bytes`). Must stay as it
  /// is until the write has completed.
  const class ReadSet* unchanged = nullptr;
};

/// How one read is served.
struct ReadOptions {
  const class Snapshot* snapshot = nullptr;  ///< Null: the newest state.
  bool fill_cache = true;  ///< Whether a row from the levels may enter the row cache.
};

}  // namespace quartz
