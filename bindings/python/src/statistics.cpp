#include "statistics.hpp"

#include <string>

namespace py = pybind11;

namespace quartz::python {
namespace {

py::dict to_python(const LatencySummary& latency) {
  py::dict figures;
  figures["count"] = latency.count;
  figures["mean_ns"] = latency.mean_ns;
  figures["p50_ns"] = latency.p50_ns;
  figures["p90_ns"] = latency.p90_ns;
  figures["p99_ns"] = latency.p99_ns;
  figures["p999_ns"] = latency.p999_ns;
  figures["max_ns"] = latency.max_ns;
  return figures;
}

void add_operations(py::dict& figures, const Statistics& now) {
  figures["puts"] = now.puts;
  figures["removes"] = now.removes;
  figures["range_removes"] = now.range_removes;
  figures["batches"] = now.batches;
  figures["gets"] = now.gets;
  figures["gets_from_cache"] = now.gets_from_cache;
  figures["gets_from_memtable"] = now.gets_from_memtable;
  figures["gets_from_levels"] = now.gets_from_levels;
  figures["gets_absent"] = now.gets_absent;
  figures["scans"] = now.scans;
  figures["read_errors"] = now.read_errors;
  figures["user_bytes_written"] = now.user_bytes_written;
}

void add_state(py::dict& figures, const Statistics& now) {
  figures["visible_sequence"] = now.visible_sequence;
  figures["applied_sequence"] = now.applied_sequence;
  figures["snapshots_open"] = now.snapshots_open;
  figures["cursors_open"] = now.cursors_open;
  figures["writes_stopped"] = now.writes_stopped;
  figures["background_error"] = now.background_error;
  figures["low_space"] = now.low_space;
  figures["log_bytes_written"] = now.log_bytes_written;
  figures["log_segments"] = now.log_segments;
  figures["log_segments_recycled"] = now.log_segments_recycled;
  figures["log_segments_waited"] = now.log_segments_waited;
  figures["log_syncs"] = now.log_syncs;
  figures["log_synced_writes"] = now.log_synced_writes;
  figures["memtables"] = now.memtables;
  figures["memtables_waiting"] = now.memtables_waiting;
  figures["memtables_warm"] = now.memtables_warm;
  figures["memtable_bytes"] = now.memtable_bytes;
  figures["memtable_entries"] = now.memtable_entries;
  figures["cache_rows"] = now.cache_rows;
  figures["cache_bytes"] = now.cache_bytes;
  figures["cache_evictions"] = now.cache_evictions;
}

void add_levels(py::dict& figures, const Statistics& now) {
  figures["flushes"] = now.flushes;
  figures["flush_bytes"] = now.flush_bytes;
  figures["flush_failures"] = now.flush_failures;
  figures["compactions"] = now.compactions;
  figures["compaction_bytes_read"] = now.compaction_bytes_read;
  figures["compaction_bytes_written"] = now.compaction_bytes_written;
  figures["pending_compaction_bytes"] = now.pending_compaction_bytes;
  figures["level0_files_max"] = now.level0_files_max;
  figures["debt"] = now.debt;
  figures["writes_delayed"] = now.writes_delayed;
  figures["write_delay_ns"] = now.write_delay_ns;
  figures["block_cache_bytes"] = now.block_cache_bytes;
  py::list keyspaces;
  for (const KeyspaceStatistics& keyspace : now.keyspaces) {
    py::list levels;
    for (const LevelStatistics& level : keyspace.levels) {
      py::dict one;
      one["level"] = level.level;
      one["file_count"] = level.file_count;
      one["bytes"] = level.bytes;
      levels.append(one);
    }
    py::dict one;
    one["name"] = keyspace.name;
    one["estimated_keys"] = keyspace.estimated_keys;
    one["levels"] = levels;
    keyspaces.append(one);
  }
  figures["keyspaces"] = keyspaces;
}

py::dict to_python(const RecoveryStatistics& recovery) {
  py::dict figures;
  figures["record_count"] = recovery.record_count;
  figures["operation_count"] = recovery.operation_count;
  figures["bytes"] = recovery.bytes;
  figures["dropped_bytes"] = recovery.dropped_bytes;
  figures["dropped_reason"] = recovery.dropped_reason;
  figures["duration_ns"] = recovery.duration_ns;
  return figures;
}

}  // namespace

py::dict to_python(const Statistics& now) {
  py::dict figures;
  add_operations(figures, now);
  add_state(figures, now);
  add_levels(figures, now);
  figures["write_latency"] = to_python(now.write_latency);
  figures["get_latency"] = to_python(now.get_latency);
  figures["level_get_latency"] = to_python(now.level_get_latency);
  figures["sync_latency"] = to_python(now.sync_latency);
  figures["flush_latency"] = to_python(now.flush_latency);
  figures["compaction_latency"] = to_python(now.compaction_latency);
  figures["write_delay_latency"] = to_python(now.write_delay_latency);
  figures["recovery"] = to_python(now.recovery);
  return figures;
}

py::dict to_python(const VerifyReport& report) {
  py::dict figures;
  figures["files_checked"] = report.files_checked;
  figures["bytes_checked"] = report.bytes_checked;
  figures["log_records"] = report.log_records;
  figures["rows"] = report.rows;
  figures["unfinished_tail_bytes"] = report.unfinished_tail_bytes;
  py::list damage;
  for (const Damage& found : report.damage) {
    damage.append(py::make_tuple(found.file, found.offset, found.what));
  }
  figures["damage"] = damage;
  return figures;
}

}  // namespace quartz::python
