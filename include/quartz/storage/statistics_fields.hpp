#pragma once

#include "quartz/storage/statistics.hpp"

/// The fields of `Statistics` and of its parts by name, for whoever shows or exports all of them:
/// a field that a later version adds is then shown, too.
namespace quartz {

/// Calls `visit("count", latency.count)` and so on, for every field, in the order of the struct.
template <class Visit>
void visit_fields(const LatencySummary& latency, Visit&& visit) {
  visit("count", latency.count);
  visit("mean_ns", latency.mean_ns);
  visit("p50_ns", latency.p50_ns);
  visit("p90_ns", latency.p90_ns);
  visit("p99_ns", latency.p99_ns);
  visit("p999_ns", latency.p999_ns);
  visit("max_ns", latency.max_ns);
}

/// The same for one level.
template <class Visit>
void visit_fields(const LevelStatistics& level, Visit&& visit) {
  visit("level", level.level);
  visit("file_count", level.file_count);
  visit("bytes", level.bytes);
}

/// The same for one keyspace; its levels are passed as the vector that they are.
template <class Visit>
void visit_fields(const KeyspaceStatistics& keyspace, Visit&& visit) {
  visit("name", keyspace.name);
  visit("estimated_keys", keyspace.estimated_keys);
  visit("levels", keyspace.levels);
}

/// The same for what `open` found in the log.
template <class Visit>
void visit_fields(const RecoveryStatistics& recovery, Visit&& visit) {
  visit("record_count", recovery.record_count);
  visit("operation_count", recovery.operation_count);
  visit("bytes", recovery.bytes);
  visit("dropped_bytes", recovery.dropped_bytes);
  visit("dropped_reason", recovery.dropped_reason);
  visit("duration_ns", recovery.duration_ns);
}

/// @cond
/// One function for each group of the struct, so that a missing field is easy to see.
namespace statistics_fields {

template <class Visit>
void visit_operations(const Statistics& now, Visit& visit) {
  visit("puts", now.puts);
  visit("removes", now.removes);
  visit("range_removes", now.range_removes);
  visit("batches", now.batches);
  visit("gets", now.gets);
  visit("gets_from_cache", now.gets_from_cache);
  visit("gets_from_memtable", now.gets_from_memtable);
  visit("gets_from_levels", now.gets_from_levels);
  visit("gets_absent", now.gets_absent);
  visit("scans", now.scans);
  visit("read_errors", now.read_errors);
  visit("user_bytes_written", now.user_bytes_written);
}

template <class Visit>
void visit_state(const Statistics& now, Visit& visit) {
  visit("visible_sequence", now.visible_sequence);
  visit("applied_sequence", now.applied_sequence);
  visit("snapshots_open", now.snapshots_open);
  visit("cursors_open", now.cursors_open);
  visit("writes_stopped", now.writes_stopped);
  visit("background_error", now.background_error);
  visit("low_space", now.low_space);
}

template <class Visit>
void visit_log_and_memory(const Statistics& now, Visit& visit) {
  visit("log_bytes_written", now.log_bytes_written);
  visit("log_segments", now.log_segments);
  visit("log_segments_recycled", now.log_segments_recycled);
  visit("log_segments_waited", now.log_segments_waited);
  visit("log_syncs", now.log_syncs);
  visit("log_synced_writes", now.log_synced_writes);
  visit("memtables", now.memtables);
  visit("memtables_waiting", now.memtables_waiting);
  visit("memtables_warm", now.memtables_warm);
  visit("memtable_bytes", now.memtable_bytes);
  visit("memtable_entries", now.memtable_entries);
  visit("cache_rows", now.cache_rows);
  visit("cache_bytes", now.cache_bytes);
  visit("cache_evictions", now.cache_evictions);
}

template <class Visit>
void visit_background(const Statistics& now, Visit& visit) {
  visit("flushes", now.flushes);
  visit("flush_bytes", now.flush_bytes);
  visit("flush_failures", now.flush_failures);
  visit("compactions", now.compactions);
  visit("compaction_bytes_read", now.compaction_bytes_read);
  visit("compaction_bytes_written", now.compaction_bytes_written);
  visit("pending_compaction_bytes", now.pending_compaction_bytes);
  visit("level0_files_max", now.level0_files_max);
  visit("debt", now.debt);
  visit("writes_delayed", now.writes_delayed);
  visit("write_delay_ns", now.write_delay_ns);
  visit("block_cache_bytes", now.block_cache_bytes);
}

template <class Visit>
void visit_latencies(const Statistics& now, Visit& visit) {
  visit("write_latency", now.write_latency);
  visit("get_latency", now.get_latency);
  visit("level_get_latency", now.level_get_latency);
  visit("sync_latency", now.sync_latency);
  visit("flush_latency", now.flush_latency);
  visit("compaction_latency", now.compaction_latency);
  visit("write_delay_latency", now.write_delay_latency);
}

}  // namespace statistics_fields
/// @endcond

/// The same for all of it: numbers and texts are passed as they are, `LatencySummary`,
/// `RecoveryStatistics` and the vector of `KeyspaceStatistics` as well, so that `visit` decides
/// whether it goes further.
template <class Visit>
void visit_fields(const Statistics& statistics, Visit&& visit) {
  statistics_fields::visit_operations(statistics, visit);
  statistics_fields::visit_state(statistics, visit);
  statistics_fields::visit_log_and_memory(statistics, visit);
  statistics_fields::visit_background(statistics, visit);
  statistics_fields::visit_latencies(statistics, visit);
  visit("recovery", statistics.recovery);
  visit("keyspaces", statistics.keyspaces);
}

}  // namespace quartz
