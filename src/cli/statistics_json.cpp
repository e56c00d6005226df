#include "cli/statistics_json.hpp"

#include <boost/json/array.hpp>

namespace quartz::cli {
namespace {

boost::json::object json_of(const LatencySummary& latency) {
  return {{"count", latency.count},   {"mean_ns", latency.mean_ns}, {"p50_ns", latency.p50_ns},
          {"p90_ns", latency.p90_ns}, {"p99_ns", latency.p99_ns},   {"p999_ns", latency.p999_ns},
          {"max_ns", latency.max_ns}};
}

boost::json::object json_of(const RecoveryStatistics& recovery) {
  return {{"record_count", recovery.record_count},
          {"operation_count", recovery.operation_count},
          {"bytes", recovery.bytes},
          {"dropped_bytes", recovery.dropped_bytes},
          {"dropped_reason", recovery.dropped_reason},
          {"duration_ns", recovery.duration_ns}};
}

boost::json::object json_of(const KeyspaceStatistics& keyspace) {
  boost::json::array levels;
  for (const LevelStatistics& level : keyspace.levels) {
    levels.push_back(boost::json::object{
        {"level", level.level}, {"file_count", level.file_count}, {"bytes", level.bytes}});
  }
  return {{"name", keyspace.name},
          {"estimated_keys", keyspace.estimated_keys},
          {"levels", std::move(levels)}};
}

// The groups and their order are those of the header, so that a missing field is easy to see; a
// test compares the names.
void add_operations(boost::json::object& to, const Statistics& from) {
  to["puts"] = from.puts;
  to["removes"] = from.removes;
  to["range_removes"] = from.range_removes;
  to["batches"] = from.batches;
  to["gets"] = from.gets;
  to["gets_from_cache"] = from.gets_from_cache;
  to["gets_from_memtable"] = from.gets_from_memtable;
  to["gets_from_levels"] = from.gets_from_levels;
  to["gets_absent"] = from.gets_absent;
  to["scans"] = from.scans;
  to["read_errors"] = from.read_errors;
  to["user_bytes_written"] = from.user_bytes_written;
}

void add_state(boost::json::object& to, const Statistics& from) {
  to["visible_sequence"] = from.visible_sequence;
  to["applied_sequence"] = from.applied_sequence;
  to["snapshots_open"] = from.snapshots_open;
  to["cursors_open"] = from.cursors_open;
  to["writes_stopped"] = from.writes_stopped;
  to["background_error"] = from.background_error;
  to["low_space"] = from.low_space;
}

void add_memory_and_log(boost::json::object& to, const Statistics& from) {
  to["log_bytes_written"] = from.log_bytes_written;
  to["log_segments"] = from.log_segments;
  to["log_segments_recycled"] = from.log_segments_recycled;
  to["log_segments_waited"] = from.log_segments_waited;
  to["log_syncs"] = from.log_syncs;
  to["log_synced_writes"] = from.log_synced_writes;
  to["memtables"] = from.memtables;
  to["memtables_waiting"] = from.memtables_waiting;
  to["memtables_warm"] = from.memtables_warm;
  to["memtable_bytes"] = from.memtable_bytes;
  to["memtable_entries"] = from.memtable_entries;
  to["cache_rows"] = from.cache_rows;
  to["cache_bytes"] = from.cache_bytes;
  to["cache_evictions"] = from.cache_evictions;
}

void add_background(boost::json::object& to, const Statistics& from) {
  to["flushes"] = from.flushes;
  to["flush_bytes"] = from.flush_bytes;
  to["flush_failures"] = from.flush_failures;
  to["compactions"] = from.compactions;
  to["compaction_bytes_read"] = from.compaction_bytes_read;
  to["compaction_bytes_written"] = from.compaction_bytes_written;
  to["pending_compaction_bytes"] = from.pending_compaction_bytes;
  to["level0_files_max"] = from.level0_files_max;
  to["debt"] = from.debt;
  to["writes_delayed"] = from.writes_delayed;
  to["write_delay_ns"] = from.write_delay_ns;
  to["block_cache_bytes"] = from.block_cache_bytes;
}

void add_latencies(boost::json::object& to, const Statistics& from) {
  to["write_latency"] = json_of(from.write_latency);
  to["get_latency"] = json_of(from.get_latency);
  to["level_get_latency"] = json_of(from.level_get_latency);
  to["sync_latency"] = json_of(from.sync_latency);
  to["flush_latency"] = json_of(from.flush_latency);
  to["compaction_latency"] = json_of(from.compaction_latency);
  to["write_delay_latency"] = json_of(from.write_delay_latency);
}

}  // namespace

boost::json::object to_json(const Statistics& statistics) {
  boost::json::object object;
  add_operations(object, statistics);
  add_state(object, statistics);
  add_memory_and_log(object, statistics);
  add_background(object, statistics);
  add_latencies(object, statistics);
  object["recovery"] = json_of(statistics.recovery);
  boost::json::array keyspaces;
  for (const KeyspaceStatistics& keyspace : statistics.keyspaces) {
    keyspaces.push_back(json_of(keyspace));
  }
  object["keyspaces"] = std::move(keyspaces);
  return object;
}

}  // namespace quartz::cli
