#include <filesystem>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include "base/epoch.hpp"
#include "base/mutant.hpp"
#include "base/try.hpp"
#include "quartz/storage/event_listener.hpp"
#include "storage/engine.hpp"
#include "storage/format_file.hpp"
#include "storage/log_files.hpp"

namespace quartz::storage {
namespace {

/// The logger of applications that configure none: warnings and errors, on standard error, because
/// standard output belongs to the application. Registered with spdlog, so that they can find it.
std::shared_ptr<spdlog::logger> default_logger() {
  static const auto logger = [] {
    if (auto existing = spdlog::get("quartz")) return existing;
    auto created = spdlog::stderr_color_mt("quartz");
    created->set_level(spdlog::level::warn);
    return created;
  }();
  return logger;
}

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warning:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

/// Ends with a name, also where `path` ends with a slash.
Result<io::Path> absolute_path(const io::Path& path) {
  std::error_code failure;
  const io::Path absolute = std::filesystem::absolute(path, failure).lexically_normal();
  if (failure) {
    return Error(Errc::io_error,
                 fmt::format("{}: no absolute path: {}", path.string(), failure.message()));
  }
  return absolute.has_filename() ? absolute : absolute.parent_path();
}

Result<void> check_absent(const io::FileSystem& files, const io::Path& target) {
  QUARTZ_ASSIGN(const bool exists, files.exists(target));
  if (!exists) return {};
  return Error(
      Errc::already_exists,
      fmt::format("{}: a checkpoint needs a directory that does not exist yet", target.string()));
}

}  // namespace

void Engine::log_line(LogLevel level, std::string_view line) const {
  if (config_.logger) {
    config_.logger(level, line);
  } else {
    default_logger()->log(spdlog_level(level), "{}: {}", directory_.string(), line);
  }
}

void Engine::note_compaction(const CompactionEvent& event) {
  compactions_.fetch_add(1, std::memory_order_relaxed);
  compaction_bytes_read_.fetch_add(event.input_bytes, std::memory_order_relaxed);
  compaction_bytes_written_.fetch_add(event.output_bytes, std::memory_order_relaxed);
  compaction_latency_.record(static_cast<std::uint64_t>(event.duration.count()));
  if (config_.event_listener) config_.event_listener->on_compaction(event);
  wake_background();
}

void Engine::note_levels_failure(const Error& error) {
  log_line(LogLevel::error, fmt::format("levels failed: {}", error.to_string()));
  if (config_.event_listener) config_.event_listener->on_background_error(error);
  stop_writes(error);
}

Result<Keyspace> Engine::create_keyspace(std::string_view name) {
  const GatePass pass(gate_);
  if (!pass || closed()) return closed_error();
  MutexLock lock(levels_mutex_);
  QUARTZ_ASSIGN(const KeyspaceId id, keyspaces_->reserve_id(name));
  QUARTZ_TRY(levels_->create_keyspace(id, name));
  return keyspaces_->add(id, name);
}

Result<void> Engine::drop_keyspace(const KeyspaceState& keyspace) {
  const GatePass pass(gate_);
  if (!pass || closed()) return closed_error();
  QUARTZ_TRY(check_keyspace(keyspace));
  if (keyspace.id == kDefaultKeyspaceId) {
    return Error(Errc::invalid_argument, "the default keyspace cannot be dropped");
  }
  const auto state = keyspaces_->find(keyspace.name);
  {
    MutexLock lock(append_mutex_);
    if (state == nullptr || state->dropped.exchange(true, std::memory_order_acq_rel)) {
      return Error(Errc::closed, fmt::format("keyspace \"{}\" was dropped", keyspace.name));
    }
  }
  const auto remove = [&]() -> Result<void> {
    // No record of it may be left in the log: its number can be given out again after a reopen.
    QUARTZ_ASSIGN(const Sequence target, seal_active());
    if (!mutant("records_of_a_dropped_keyspace_stay_in_the_log")) QUARTZ_TRY(wait_flushed(target));
    MutexLock lock(levels_mutex_);
    QUARTZ_TRY(levels_->drop_keyspace(state->id));
    keyspaces_->remove(state->name);
    return {};
  };
  auto removed = remove();
  // Its rows are still there, and whoever was told of the failure may go on reading them.
  if (!removed) state->dropped.store(false, std::memory_order_release);
  return removed;
}

Result<void> Engine::sync() {
  if (!config_.enable_wal) return flush();
  const GatePass pass(gate_);
  if (!pass || closed()) return closed_error();
  QUARTZ_TRY(expect_syncs());
  if (mutant("a_sync_of_the_engine_does_nothing")) return {};
  return log_->wait_synced(log_->end_position());
}

void Engine::sync_in_background(Done done) {
  if (!config_.enable_wal) {
    // A flush is what takes its place, and waits.
    const auto taken = run_blocking([this, done] { done(flush()); });
    if (!taken) done(taken.error());
    return;
  }
  const GatePass pass(gate_);
  if (!pass || closed()) return done(closed_error());
  if (auto expected = expect_syncs(); !expected) return done(std::move(expected));
  log_->when_synced(log_->end_position(), std::move(done));
}

Result<void> Engine::start_compaction() {
  const GatePass pass(gate_);
  if (!pass || closed()) return closed_error();
  QUARTZ_TRY(levels_->start_compaction());
  compaction_runs_ = true;
  wake_background();
  return {};
}

Result<void> Engine::stop_compaction() {
  const GatePass pass(gate_);
  if (!pass || closed()) return closed_error();
  QUARTZ_TRY(levels_->stop_compaction());
  compaction_runs_ = false;
  wake_background();
  return {};
}

Result<void> Engine::compact_range(std::optional<std::string_view> first,
                                   std::optional<std::string_view> last,
                                   const KeyspaceState& keyspace) {
  const GatePass pass(gate_);
  if (!pass || closed()) return closed_error();
  QUARTZ_TRY(check_keyspace(keyspace));
  QUARTZ_ASSIGN(const Sequence target, seal_active());
  QUARTZ_TRY(wait_flushed(target));
  // Whatever is visible to a snapshot of the levels stays when they are compacted, although it was
  // removed since; and a replaced view, which nobody can read in any more, still has one.
  retire_replaced_views();
  drain_retired();
  return levels_->compact_range(keyspace.id, first, last);
}

// Flush, then copy the levels: a copy needs no log of its own.
Result<void> Engine::checkpoint(const io::Path& directory) {
  const GatePass pass(gate_);
  if (!pass || closed()) return closed_error();
  QUARTZ_ASSIGN(const io::Path absolute, absolute_path(directory));
  QUARTZ_TRY(check_absent(files_, absolute));
  QUARTZ_ASSIGN(const Sequence target, seal_active());
  if (!mutant("checkpoints_are_copied_before_the_flush")) QUARTZ_TRY(wait_flushed(target));
  MutexLock lock(checkpoint_mutex_);
  QUARTZ_TRY(check_absent(files_, absolute));
  return build_checkpoint(absolute);
}

// Built beside its place and renamed into it, so that a crash leaves no half of it under its name.
// Of this database alone, which one engine at most has open, so that nobody else builds there.
Result<void> Engine::build_checkpoint(const io::Path& target) {
  const io::Path parent = target.parent_path();
  QUARTZ_TRY(io::create_durable_directories(files_, parent));
  io::Path staging =
      parent / fmt::format("{}.{:016x}.partial", target.filename().string(), database_id_);
  if (mutant("checkpoints_are_built_in_their_place")) staging = target;
  QUARTZ_TRY(files_.remove_directory(staging));
  auto built = copy_to(staging);
  if (built) built = files_.rename(staging, target);
  if (!built) {
    static_cast<void>(files_.remove_directory(staging));
    QUARTZ_TRY(check_absent(files_, target));  // Somebody else may have been faster.
    return built;
  }
  if (mutant("names_of_checkpoints_are_not_synced")) return {};
  return files_.sync_directory(parent);
}

Result<void> Engine::copy_to(const io::Path& staging) {
  QUARTZ_TRY(files_.create_directories(staging / kLogDirectoryName));
  QUARTZ_TRY(files_.create_directories(staging / kIngestDirectoryName));
  Sequence applied = 0;
  {
    MutexLock lock(levels_mutex_);
    QUARTZ_ASSIGN(applied, levels_->checkpoint(staging / kLevelsDirectoryName));
  }
  QUARTZ_TRY(ExpiryClock::write(files_, staging / kClockFileName, expiry_clock_->now()));
  // A database of its own: segments of the original would not belong to it.
  const std::uint64_t id = new_database_id();
  QUARTZ_TRY(write_empty_log(files_, staging / kLogDirectoryName, id, applied + 1));
  // Last: publishing it syncs the directory, and so the names of all of these.
  return write_format(files_, staging, {kFormatVersion, id});
}

}  // namespace quartz::storage
