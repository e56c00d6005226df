#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "quartz/export.hpp"

namespace quartz {

/// Quantiles of a latency, in nanoseconds. Cheap operations are sampled (one in 64), so `count` is
/// the number of measured operations, not of all.
struct LatencySummary {
  std::uint64_t count = 0;    ///< Measured.
  std::uint64_t mean_ns = 0;  ///< The average.
  std::uint64_t p50_ns = 0;   ///< Half took no longer.
  std::uint64_t p90_ns = 0;   ///< Nine of ten took no longer.
  std::uint64_t p99_ns = 0;   ///< All but 1 % took no longer.
  std::uint64_t p999_ns = 0;  ///< All but 0.1 % took no longer.
  std::uint64_t max_ns = 0;   ///< The longest.
};

/// One level of one keyspace.
struct LevelStatistics {
  int level = 0;                 ///< 0 is where flushes go.
  std::uint64_t file_count = 0;  ///< Tables.
  std::uint64_t bytes = 0;       ///< Of those tables.
};

/// What the levels hold of one keyspace.
struct KeyspaceStatistics {
  std::string name;                     ///< As it was created.
  std::uint64_t estimated_keys = 0;     ///< In the levels; counts superseded versions too.
  std::vector<LevelStatistics> levels;  ///< Each of its levels.
};

/// What `open` found in the log.
struct RecoveryStatistics {
  std::uint64_t record_count = 0;     ///< Replayed.
  std::uint64_t operation_count = 0;  ///< Replayed.
  std::uint64_t bytes = 0;            ///< Replayed.
  std::uint64_t dropped_bytes = 0;    ///< An unfinished, never durable tail that was cut off.
  std::string dropped_reason;         ///< Empty if nothing was dropped.
  std::uint64_t duration_ns = 0;      ///< Of replaying it.
};

/// Counters since open, gauges as of now, and latencies. Each figure is exact on its own; together
/// they are not a consistent cut.
struct Statistics {
  // Operations.
  std::uint64_t puts = 0;                ///< Keys put.
  std::uint64_t removes = 0;             ///< Keys removed.
  std::uint64_t range_removes = 0;       ///< Ranges removed.
  std::uint64_t batches = 0;             ///< Records written, single operations included.
  std::uint64_t gets = 0;                ///< Keys looked up, those of `multi_get` included.
  std::uint64_t gets_from_cache = 0;     ///< Answered by the row cache.
  std::uint64_t gets_from_memtable = 0;  ///< Answered by memtables.
  std::uint64_t gets_from_levels = 0;    ///< Answered by the levels.
  std::uint64_t gets_absent = 0;         ///< Answered "no such key", wherever.
  std::uint64_t scans = 0;               ///< Cursors and scans made.
  std::uint64_t read_errors = 0;         ///< Reads that failed.
  std::uint64_t user_bytes_written = 0;  ///< Keys and values.

  // State.
  std::uint64_t visible_sequence = 0;  ///< Newest acknowledged write.
  std::uint64_t applied_sequence = 0;  ///< Newest write that the levels hold.
  std::uint64_t snapshots_open = 0;    ///< Held now.
  std::uint64_t cursors_open = 0;      ///< Held now.
  bool writes_stopped = false;         ///< After an I/O failure; see `background_error`.
  std::string background_error;        ///< Empty when all is well.
  bool low_space = false;              ///< Below `free_space_min_bytes`; puts are refused.

  // Log.
  std::uint64_t log_bytes_written = 0;      ///< To its files.
  std::uint64_t log_segments = 0;           ///< Files that hold records, flushed ones included.
  std::uint64_t log_segments_recycled = 0;  ///< Files used again instead of new ones.
  std::uint64_t log_segments_waited = 0;    ///< Writers found no prepared segment and made one.
  std::uint64_t log_syncs = 0;              ///< Syncs of the log.
  std::uint64_t log_synced_writes = 0;      ///< Writes acknowledged by those syncs (group commit).

  // Memtables.
  std::uint64_t memtables = 0;          ///< Active, waiting and warm.
  std::uint64_t memtables_waiting = 0;  ///< Full, not flushed yet.
  std::uint64_t memtables_warm = 0;     ///< Flushed, kept for reading.
  std::uint64_t memtable_bytes = 0;     ///< Segments and indexes of all of them.
  std::uint64_t memtable_entries = 0;   ///< Versions of keys, tombstones included.

  // Row cache.
  std::uint64_t cache_rows = 0;       ///< Rows in it.
  std::uint64_t cache_bytes = 0;      ///< What they take.
  std::uint64_t cache_evictions = 0;  ///< Rows that left it for others.

  // Flush, compaction, back-pressure.
  std::uint64_t flushes = 0;                   ///< Memtables flushed.
  std::uint64_t flush_bytes = 0;               ///< Of the tables written.
  std::uint64_t flush_failures = 0;            ///< They are tried again.
  std::uint64_t compactions = 0;               ///< Of all keyspaces.
  std::uint64_t compaction_bytes_read = 0;     ///< Of tables.
  std::uint64_t compaction_bytes_written = 0;  ///< Of tables.
  /// What compaction has yet to move, as the levels estimate it.
  std::uint64_t pending_compaction_bytes = 0;
  std::uint64_t level0_files_max = 0;   ///< Of the keyspace that has most.
  double debt = 0;                      ///< 0: none; 1: writers wait.
  std::uint64_t writes_delayed = 0;     ///< Slowed down by back-pressure.
  std::uint64_t write_delay_ns = 0;     ///< Sum of all delays.
  std::uint64_t block_cache_bytes = 0;  ///< Uncompressed blocks of tables.

  // Latencies.
  LatencySummary write_latency;        ///< Of writes.
  LatencySummary get_latency;          ///< Of lookups of single keys.
  LatencySummary level_get_latency;    ///< Of those that had to ask the levels.
  LatencySummary sync_latency;         ///< Of syncs of the log.
  LatencySummary flush_latency;        ///< Of flushes.
  LatencySummary compaction_latency;   ///< Of compactions.
  LatencySummary write_delay_latency;  ///< Of delays by back-pressure.

  RecoveryStatistics recovery;                ///< What `open` found in the log.
  std::vector<KeyspaceStatistics> keyspaces;  ///< All of them.
};

}  // namespace quartz
