#include <utility>

#include <fmt/format.h>

#include "base/epoch.hpp"
#include "base/mutant.hpp"
#include "base/try.hpp"
#include "storage/engine.hpp"

namespace quartz::storage {

Error Engine::closed_error() const {
  return Error(Errc::closed, fmt::format("{}: the engine is closed", directory_.string()));
}

Result<void> Engine::run_blocking(BlockingPool::Job job) {
  auto taken = pool_.submit(std::move(job));
  if (!taken && taken.error().code() == Errc::closed) return closed_error();
  return taken;
}

Engine::~Engine() {
  // The last handle is gone, so nothing of `close` can be refused any more.
  if (!closed()) {
    if (auto result = close(); !result) {
      log_line(LogLevel::error, fmt::format("close failed: {}", result.error().to_string()));
    }
  }
  release_resources();
}

Result<void> Engine::close() {
  tell_observers_of_close();
  if (closed_.exchange(true, std::memory_order_seq_cst)) return closed_error();
  // Appends that began before have ended once the lock was ours.
  {
    MutexLock lock(append_mutex_);
  }
  Result<void> outcome = settle_writes();
  stop_background();
  pool_.stop();
  gate_.close_and_wait();
  if (auto saved = expiry_clock_->save(); !saved) {
    // What reads showed is kept already; only power loss could take it back.
    log_line(LogLevel::warning, saved.error().to_string());
  }
  // Readers that did not see the engine closed have left memory when this returns.
  drain_retired();
  background_ended_.store(true, std::memory_order_seq_cst);
  const std::uint64_t handles = handles_open();
  if (handles == 0) {
    release_resources();
    return outcome;
  }
  QUARTZ_TRY(std::move(outcome));
  return Error(
      Errc::busy,
      fmt::format("{}: closed, but {} handles are open ({} snapshots, {} cursors, {} pinned "
                  "values); the directory stays locked until they go",
                  directory_.string(), handles, snapshots_open_.load(), cursors_open_.load(),
                  values_pinned_.load()));
}

// What was acknowledged outlives the close: by the log, or without one by the levels.
Result<void> Engine::settle_writes() {
  if (mutant("a_close_does_not_sync")) return {};
  if (log_->persistent()) return log_->wait_synced(log_->end_position());
  QUARTZ_ASSIGN(const Sequence target, seal_active());
  return wait_flushed(target);
}

void Engine::stop_background() {
  {
    MutexLock lock(flush_mutex_);
    stopping_ = true;
  }
  back_pressure_.stop();
  background_wake_.notify_all();
  flush_done_.notify_all();
  if (background_.joinable()) background_.join();
  orderer_.stop();
}

std::uint64_t Engine::handles_open() const noexcept {
  return snapshots_open_.load(std::memory_order_seq_cst) +
         cursors_open_.load(std::memory_order_seq_cst) +
         values_pinned_.load(std::memory_order_seq_cst);
}

void Engine::handle_closed() noexcept {
  if (closed() && handles_open() == 0) release_resources();
}

void Engine::snapshot_closed() noexcept {
  snapshots_open_.fetch_sub(1, std::memory_order_seq_cst);
  handle_closed();
}

void Engine::cursor_closed() noexcept {
  cursors_open_.fetch_sub(1, std::memory_order_seq_cst);
  handle_closed();
}

void Engine::value_unpinned() noexcept {
  values_pinned_.fetch_sub(1, std::memory_order_seq_cst);
  handle_closed();
}

// Frees log, levels and directory, in this order: the lock goes when no file is open any more.
// Called when the engine is closed, the background has ended and no handle is open.
void Engine::release_resources() noexcept {
  if (!background_ended_.load(std::memory_order_seq_cst)) return;
  if (released_.exchange(true, std::memory_order_seq_cst)) return;
  std::shared_ptr<const EngineView> last;
  {
    MutexLock lock(view_mutex_);
    view_.store(nullptr, std::memory_order_release);
    last.swap(view_owner_);
    replaced_views_.clear();
  }
  last.reset();
  drain_retired();
  log_.reset();
  levels_.reset();
  directory_lock_.reset();
}

}  // namespace quartz::storage
