#include <algorithm>

#include "storage/engine.hpp"

namespace quartz::storage {
namespace {

LatencySummary summarise(const Histogram& histogram) {
  LatencySummary summary;
  summary.count = histogram.count();
  if (summary.count == 0) return summary;
  summary.mean_ns = histogram.sum() / summary.count;
  summary.p50_ns = histogram.quantile(0.5);
  summary.p90_ns = histogram.quantile(0.9);
  summary.p99_ns = histogram.quantile(0.99);
  summary.p999_ns = histogram.quantile(0.999);
  summary.max_ns = histogram.max();
  return summary;
}

}  // namespace

void Engine::add_operation_statistics(Statistics& now) const {
  now.puts = puts_;
  now.removes = removes_;
  now.range_removes = range_removes_;
  now.batches = batches_;
  now.user_bytes_written = user_bytes_;
  now.gets_from_cache = gets_from_cache_.value();
  now.gets_from_memtable = gets_from_memtable_.value();
  now.gets_from_levels = gets_from_levels_.value();
  now.gets_absent = gets_absent_in_memory_.value() + gets_absent_in_levels_.value();
  now.gets = now.gets_from_cache + now.gets_from_memtable + now.gets_from_levels + now.gets_absent;
  now.scans = scans_.value();
  now.read_errors = read_errors_.value();
  now.visible_sequence = visible_sequence_;
  now.applied_sequence = applied_sequence_;
  now.snapshots_open = snapshots_open_;
  now.cursors_open = cursors_open_;
  now.flushes = flushes_;
  now.flush_bytes = flush_bytes_;
  now.flush_failures = flush_failures_;
  now.compactions = compactions_;
  now.compaction_bytes_read = compaction_bytes_read_;
  now.compaction_bytes_written = compaction_bytes_written_;
  now.debt = back_pressure_.debt();
  const BackPressureStatistics delays = back_pressure_.statistics();
  now.writes_delayed = delays.writes_delayed;
  now.write_delay_ns = delays.delay_ns;
  now.write_latency = summarise(write_latency_);
  now.get_latency = summarise(get_latency_);
  now.level_get_latency = summarise(level_get_latency_);
  now.flush_latency = summarise(flush_latency_);
  now.compaction_latency = summarise(compaction_latency_);
  now.write_delay_latency = summarise(back_pressure_.delays());
  now.recovery = recovery_;
  const RowCacheStatistics cache = cache_.statistics();
  now.cache_rows = cache.rows;
  now.cache_bytes = cache.bytes;
  now.cache_evictions = cache.evictions;
}

void Engine::add_memtable_statistics(Statistics& now) const {
  const auto view = current_view();
  if (!view) return;
  const auto add = [&](const Memtable& memtable) {
    ++now.memtables;
    now.memtable_bytes += memtable.segment()->memory.size() + memtable.index_bytes();
    now.memtable_entries += memtable.entry_count();
  };
  add(*view->active);
  for (const MemtableRef& memtable : view->older) add(*memtable);
  now.memtables_waiting = view->waiting_count;
  now.memtables_warm = view->older.size() - view->waiting_count;
}

void Engine::add_log_statistics(Statistics& now) const {
  const LogStatistics log = log_->statistics();
  now.log_bytes_written = log.bytes_written;
  now.log_segments = log.segments;
  now.log_segments_recycled = log.segments_recycled;
  now.log_segments_waited = log.segments_waited;
  now.log_syncs = log.syncs;
  now.log_synced_writes = log.synced_writes;
  now.sync_latency = summarise(log_->sync_latency());
  if (const auto poisoned = log_->poisoned()) {
    now.writes_stopped = true;
    now.background_error = poisoned->message();
  }
}

void Engine::add_level_statistics(Statistics& now) const {
  now.keyspaces = levels_->statistics();
  now.block_cache_bytes = levels_->block_cache_bytes();
  const LevelsDebt debt = levels_->debt();
  now.pending_compaction_bytes = debt.pending_compaction_bytes;
  now.level0_files_max = debt.level0_files;
}

Statistics Engine::statistics() {
  Statistics now;
  add_operation_statistics(now);
  // What follows is freed by a close; counters remain.
  const GatePass pass(gate_);
  if (!pass || closed()) return now;
  now.low_space = space_->low();
  add_memtable_statistics(now);
  add_log_statistics(now);
  add_level_statistics(now);
  {
    MutexLock lock(flush_mutex_);
    if (flush_error_ && now.background_error.empty())
      now.background_error = flush_error_->message();
  }
  MutexLock lock(append_mutex_);
  if (stops_writes_) now.writes_stopped = true;
  if (writes_stopped_) now.background_error = writes_stopped_->message();
  return now;
}

}  // namespace quartz::storage
