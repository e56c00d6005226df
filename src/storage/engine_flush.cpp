#include <algorithm>
#include <chrono>
#include <new>
#include <utility>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/epoch.hpp"
#include "base/mutant.hpp"
#include "base/try.hpp"
#include "quartz/storage/event_listener.hpp"
#include "storage/applied_file.hpp"
#include "storage/engine.hpp"
#include "storage/flush.hpp"
#include "storage/format_file.hpp"

namespace quartz::storage {
namespace {

/// Memory of one memtable: its segment and its index.
std::uint64_t bytes_of(const Memtable& memtable) {
  return memtable.segment()->memory.size() + memtable.index_bytes();
}

}  // namespace

void Engine::wake_background() {
  {
    MutexLock lock(flush_mutex_);
    background_wanted_ = true;
  }
  background_wake_.notify_one();
}

void Engine::run_background() {
  constexpr auto kRetryFlush = std::chrono::seconds(1);
  for (;;) {
    {
      MutexLock lock(flush_mutex_);
      while (!stopping_ && !background_wanted_) {
        const bool retry = flush_error_.has_value();
        if (!retry && config_.flush_interval.count() == 0) {
          background_wake_.wait(flush_mutex_);
          continue;
        }
        const auto pause = retry ? std::chrono::nanoseconds(kRetryFlush)
                                 : std::chrono::nanoseconds(config_.flush_interval) / 2;
        if (!background_wake_.wait_for(flush_mutex_, pause)) break;
      }
      if (stopping_) return;
      background_wanted_ = false;
    }
    seal_if_due();
    flush_waiting();
    update_debt();
    collect_garbage();
  }
}

void Engine::seal_if_due() {
  if (config_.flush_interval.count() == 0) return;
  const std::uint64_t since = active_since_ns_.load(std::memory_order_relaxed);
  if (since == 0) return;
  const auto age = std::chrono::nanoseconds(steady_nanoseconds() - since);
  if (age < config_.flush_interval) return;
  // A full disk is reported by the next write; the memtable simply stays active.
  static_cast<void>(seal_active());
}

// Makes the active memtable wait for its flush, if it holds anything; the newest sequence that is
// then waiting or flushed.
Result<Sequence> Engine::seal_active() {
  MutexLock lock(append_mutex_);
  // The log would go on behind a record of which the levels get a part at most, and be called
  // damaged there, or give up the rest. As it is, a replay finds all of it.
  if (half_indexed_ && log_->persistent()) {
    return stop_writes_locked("a record of the log is not indexed");
  }
  if (active_->entry_count() > 0) {
    if (auto rolled = roll_locked(0); !rolled) {
      if (rolled.error().code() == Errc::no_space) space_->disk_full();
      return std::move(rolled).error();
    }
  }
  return next_sequence_ - 1;
}

// Newest first. They are not kept together with their view, whose snapshot of the levels would then
// be held for as long as their flush takes.
std::vector<MemtableRef> Engine::waiting_memtables() const {
  const EpochGuard guard;
  const EngineView& view = *view_.load(std::memory_order_acquire);
  return {view.older.begin(), view.older.begin() + static_cast<std::ptrdiff_t>(view.waiting_count)};
}

// Flushes until nothing waits. Level 0 is not filled beyond its limit in the background: the
// writers that wait for it are better off with rows in memory than in one more file.
void Engine::flush_waiting() {
  for (;;) {
    MutexLock lock(levels_mutex_);
    const std::vector<MemtableRef> memtables = waiting_memtables();
    if (memtables.empty()) return;
    bool asked_for = false;
    {
      MutexLock flush_lock(flush_mutex_);
      asked_for = flush_target_ > applied_sequence_.load(std::memory_order_acquire);
    }
    if (!asked_for && compaction_runs_.load(std::memory_order_relaxed) &&
        levels_->debt().level0_files >= config_.level0_files_max) {
      return;
    }
    auto flushed = flush_memtables(memtables);
    // Before those who wait for it are told: they may rely on what a failure means for writers.
    if (!flushed) note_flush_failure(flushed.error());
    {
      MutexLock flush_lock(flush_mutex_);
      ++flush_attempts_;
      flush_error_.reset();
      if (!flushed) flush_error_ = flushed.error();
    }
    flush_done_.notify_all();
    if (!flushed) return;
  }
}

Result<FlushTables> Engine::write_tables(const std::vector<const Memtable*>& memtables) try {
  return write_flush_tables(
      files_, directory_ / kIngestDirectoryName, memtables,
      [this](KeyspaceId id) { return keyspaces_->find(id) != nullptr; }, &next_table_number_,
      levels_env_, visible_sequence());  // Behind it is at most a part of one record.
} catch (const std::bad_alloc&) {
  return Error(Errc::io_error, directory_.string() + ": no memory was left for a flush");
}

Result<void> Engine::flush_memtables(const std::vector<MemtableRef>& memtables) {
  const Stopwatch watch;
  // The log is synced while the tables are written.
  const LogPosition end = memtables.front()->segment()->end_position();
  if (log_->persistent()) {
    // Once it can not be synced any more, tables would be written in vain, again and again.
    if (auto error = log_->poisoned(); error && log_->synced_through() < end) return *error;
    log_->when_synced(end, [](const Result<void>&) {});
  }
  std::vector<const Memtable*> sources;
  std::uint64_t memory = 0;
  for (const MemtableRef& memtable : memtables) {
    sources.push_back(memtable.get());
    memory += memtable->segment()->used;
  }
  QUARTZ_ASSIGN(const FlushTables tables, write_tables(sources));
  // Were a table ingested before the log up to its end is durable, power loss could keep its rows
  // and lose older ones of a batch that is still in the log.
  const bool early = mutant("tables_are_ingested_before_their_log_is_synced");
  if (auto synced = early ? Result<void>() : log_->wait_synced(end); !synced) {
    discard_tables(files_, tables.files);
    return synced;
  }
  if (mutant("segments_go_before_their_tables_are_ingested")) {
    for (const MemtableRef& memtable : memtables) (void)files_.remove(memtable->segment()->path);
  }
  if (tables.applied > 0) {
    if (auto ingested = levels_->ingest(tables.files, tables.applied); !ingested) {
      discard_tables(files_, tables.files);
      return ingested;
    }
    if (!config_.enable_wal) note_applied(tables.applied);
  }
  publish_flushed(memtables.size());
  // After the view: who waited for this compacts what the new one's snapshot lets go.
  if (tables.applied > 0) applied_sequence_.store(tables.applied, std::memory_order_release);
  for (const MemtableRef& memtable : memtables) log_->retire(memtable->segment());
  // What a small one takes says nothing about the rate of large ones.
  if (memory >= config_.segment_bytes / 8) back_pressure_.drained(memory, watch.elapsed());
  flush_latency_.record(watch.elapsed_ns());
  flushes_.fetch_add(1, std::memory_order_relaxed);
  flush_bytes_.fetch_add(tables.bytes, std::memory_order_relaxed);
  if (config_.event_listener) {
    config_.event_listener->on_flush(
        {memtables.size(), tables.entry_count, tables.bytes, tables.applied, watch.elapsed()});
  }
  return {};
}

// Without the file a lost end of the MANIFEST would not be noticed, and that is all.
void Engine::note_applied(Sequence applied) const {
  if (auto written = write_applied_file(files_, directory_, applied); !written) {
    log_line(LogLevel::warning, written.error().to_string());
  }
}

// The oldest `count` waiting memtables are in the levels now: they turn warm, as far as memory
// allows.
void Engine::publish_flushed(std::size_t count) {
  auto next = std::make_shared<EngineView>();
  next->levels = mutant("a_flush_keeps_the_snapshot_from_before_it") ? current_view()->levels
                                                                     : levels_->snapshot();
  MutexLock lock(view_mutex_);
  const EngineView& now = *view_owner_;
  next->active = now.active;
  next->older = now.older;
  next->waiting_count = now.waiting_count - count;
  next->complete_after = now.complete_after;
  drop_warm_memtables(*next);
  publish_view(std::move(next));
}

// Oldest first, until the rest and the next segment are within the bound.
void Engine::drop_warm_memtables(EngineView& view) const {
  std::uint64_t bytes = config_.segment_bytes + bytes_of(*view.active);
  for (const MemtableRef& memtable : view.older) bytes += bytes_of(*memtable);
  while (bytes > config_.memtable_bytes && view.older.size() > view.waiting_count) {
    bytes -= bytes_of(*view.older.back());
    view.complete_after = std::max(view.complete_after, view.older.back()->last_sequence());
    view.older.pop_back();
  }
}

void Engine::note_flush_failure(const Error& error) {
  flush_failures_.fetch_add(1, std::memory_order_relaxed);
  log_line(LogLevel::error, fmt::format("flush failed: {}", error.to_string()));
  if (config_.event_listener) config_.event_listener->on_background_error(error);
  if (error.code() == Errc::no_space) {
    // Nothing is lost: the rows are in the log, and the flush is tried again.
    space_->disk_full();
    return;
  }
  stop_writes(error);
}

void Engine::stop_writes(const Error& error) {
  MutexLock lock(append_mutex_);
  static_cast<void>(stop_writes_locked(error.to_string()));
}

void Engine::publish_view(std::shared_ptr<const EngineView> view) {
  // Its place first: were there no memory for it later, the old view would go under its readers.
  replaced_views_.emplace_back();
  view_.store(view.get(), std::memory_order_release);
  replaced_views_.back() = std::exchange(view_owner_, std::move(view));
}

std::shared_ptr<const EngineView> Engine::current_view() const {
  MutexLock lock(view_mutex_);
  return view_owner_;
}

// Replaced views go once no reader can be in them.
void Engine::retire_replaced_views() {
  using Owner = std::shared_ptr<const EngineView>;
  MutexLock retiring(retiring_mutex_);
  std::vector<Owner> replaced;
  {
    MutexLock lock(view_mutex_);
    replaced.swap(replaced_views_);
  }
  for (Owner& view : replaced) retire_object(new Owner(std::move(view)));
}

// Lets go of replaced views, and of what they alone held.
void Engine::collect_garbage() {
  retire_replaced_views();
  // Views, then their memtables, then their segments: each is let go by the step before.
  for (int step = 0; step < 3 && reclaim_retired() > 0; ++step) continue;
  if (auto reclaimed = log_->reclaim(); !reclaimed) {
    log_line(LogLevel::warning,
             fmt::format("log segments stay behind: {}", reclaimed.error().to_string()));
  }
}

// A compaction that somebody was reading beside may have left its inputs; with the disk full, there
// is no next one to remove them.
void Engine::reclaim_space() {
  if (auto removed = levels_->remove_obsolete_tables(); !removed) {
    log_line(LogLevel::warning, removed.error().to_string());
  }
  space_->refresh();
}

void Engine::update_debt() {
  space_->refresh();
  if (space_->low()) reclaim_space();
  // Whoever stopped compaction has chosen slow reads over slow writes.
  const LevelsDebt debt =
      compaction_runs_.load(std::memory_order_relaxed) ? levels_->debt() : LevelsDebt{};
  level0_files_.store(debt.level0_files, std::memory_order_relaxed);
  pending_compaction_bytes_.store(debt.pending_compaction_bytes, std::memory_order_relaxed);
  update_unflushed_debt();
}

std::uint64_t Engine::unflushed_bytes() const {
  const EpochGuard guard;
  const EngineView& view = *view_.load(std::memory_order_acquire);
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < view.waiting_count; ++i) bytes += bytes_of(*view.older[i]);
  // The active memtable shares the bound with those that wait. Alone it is no arrears: whoever
  // waited for its flush would wait for ever.
  return bytes > 0 ? bytes + bytes_of(*view.active) : 0;
}

// The cheap part, which every roll does too: a writer fills many segments during one flush. A roll
// wakes the background after this, so whichever of the two was late is put right at once.
void Engine::update_unflushed_debt() {
  back_pressure_.update(level0_files_.load(std::memory_order_relaxed),
                        pending_compaction_bytes_.load(std::memory_order_relaxed),
                        unflushed_bytes());
}

Result<void> Engine::flush() {
  const GatePass pass(gate_);
  if (!pass) return closed_error();
  if (closed()) return closed_error();
  QUARTZ_ASSIGN(const Sequence target, seal_active());
  return wait_flushed(target);
}

Result<void> Engine::wait_flushed(Sequence target) {
  MutexLock lock(flush_mutex_);
  const std::uint64_t attempts = flush_attempts_;
  flush_target_ = std::max(flush_target_, target);
  while (applied_sequence_.load(std::memory_order_acquire) < target) {
    if (flush_attempts_ != attempts && flush_error_) return *flush_error_;
    if (stopping_) return closed_error();
    background_wanted_ = true;
    background_wake_.notify_one();
    flush_done_.wait(flush_mutex_);
  }
  return {};
}

}  // namespace quartz::storage
