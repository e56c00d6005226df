#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <thread>

#include <rocksdb/utilities/checkpoint.h>

#include "storage/levels.hpp"
#include "storage/levels_state.hpp"
#include "storage/levels_status.hpp"

namespace quartz::storage {

namespace {

// Numbers of the tables that compactions of `family` read now.
std::set<std::uint64_t> tables_in_compaction(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family) {
  rocksdb::ColumnFamilyMetaData metadata;
  db.GetColumnFamilyMetaData(family, &metadata);
  std::set<std::uint64_t> numbers;
  for (const rocksdb::LevelMetaData& level : metadata.levels) {
    for (const rocksdb::SstFileMetaData& table : level.files) {
      if (table.being_compacted) numbers.insert(table.file_number);
    }
  }
  return numbers;
}

// Waits until the compactions of `family` that run now have ended. RocksDB's events will not do:
// some compactions have none.
void wait_for_compactions(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family) {
  constexpr auto kPauseMax = std::chrono::milliseconds(10);
  auto pause = std::chrono::milliseconds(1);
  std::set<std::uint64_t> running = tables_in_compaction(db, family);
  while (!running.empty()) {
    std::this_thread::sleep_for(pause);
    pause = std::min(2 * pause, kPauseMax);
    const std::set<std::uint64_t> now = tables_in_compaction(db, family);
    std::erase_if(running, [&now](std::uint64_t number) { return !now.contains(number); });
  }
}

}  // namespace

Result<void> Levels::start_compaction() {
  const MutexLock lock(state_->compaction_mutex);
  const auto families = state_->families();
  for (const auto& family : *families) {
    const rocksdb::Status status = state_->db().EnableAutoCompaction({family->handle});
    if (!status.ok()) return to_error(status, "starting compaction of " + family->keyspace.name);
  }
  state_->compaction_started = true;
  return {};
}

Result<void> Levels::stop_compaction() {
  const MutexLock lock(state_->compaction_mutex);
  const auto families = state_->families();
  for (const auto& family : *families) {
    const rocksdb::Status status =
        state_->db().SetOptions(family->handle, {{"disable_auto_compactions", "true"}});
    if (!status.ok()) return to_error(status, "stopping compaction of " + family->keyspace.name);
  }
  state_->compaction_started = false;
  // Ends the manual ones that run now; later calls of `compact_range` are welcome again.
  state_->db().DisableManualCompaction();
  state_->db().EnableManualCompaction();
  return {};
}

Result<void> Levels::compact_range(KeyspaceId keyspace, std::optional<std::string_view> first,
                                   std::optional<std::string_view> last) {
  const auto families = state_->families();
  const LevelsFamily* family = find_family(*families, keyspace);
  if (family == nullptr) {
    return Error(Errc::not_found,
                 "compacting keyspace " + std::to_string(keyspace) + ": there is none");
  }
  // What they write would be spared below, like this one's own output, with all that they keep for
  // snapshots which were there when they began.
  wait_for_compactions(state_->db(), family->handle);
  rocksdb::CompactRangeOptions options;
  options.exclusive_manual_compaction = false;
  options.change_level = false;
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
  const rocksdb::Slice begin = to_slice(first.value_or(""));
  const rocksdb::Slice end = to_slice(last.value_or(""));
  const rocksdb::Status status = state_->db().CompactRange(
      options, family->handle, first ? &begin : nullptr, last ? &end : nullptr);
  if (!status.ok()) return to_error(status, "compacting " + family->keyspace.name);
  return {};
}

Result<void> Levels::remove_obsolete_tables() {
  // RocksDB looks for them whenever deletions are allowed again.
  rocksdb::Status status = state_->db().DisableFileDeletions();
  if (status.ok()) status = state_->db().EnableFileDeletions(/*force=*/false);
  if (!status.ok()) return to_error(status, "removing obsolete tables of the levels");
  return {};
}

LevelsDebt Levels::debt() const {
  LevelsDebt debt;
  const std::string level0 = rocksdb::DB::Properties::kNumFilesAtLevelPrefix + "0";
  const auto families = state_->families();
  for (const auto& family : *families) {
    std::string files;
    if (state_->db().GetProperty(family->handle, level0, &files)) {
      debt.level0_files = std::max<std::uint64_t>(debt.level0_files, std::stoull(files));
    }
    std::uint64_t bytes = 0;
    state_->db().GetIntProperty(family->handle,
                                rocksdb::DB::Properties::kEstimatePendingCompactionBytes, &bytes);
    debt.pending_compaction_bytes += bytes;
  }
  return debt;
}

Result<Sequence> Levels::checkpoint(const std::filesystem::path& directory) {
  const std::string doing = "copying the levels to " + directory.string();
  const Sequence applied = applied_sequence();
  if (state_->db().GetEnv()->FileExists(directory.string()).ok()) {
    return Error(Errc::already_exists, doing + ": it exists");
  }
  rocksdb::Checkpoint* made = nullptr;
  rocksdb::Status status = rocksdb::Checkpoint::Create(&state_->db(), &made);
  if (!status.ok()) return to_error(status, doing);
  const std::unique_ptr<rocksdb::Checkpoint> checkpoint(made);
  // No flush: memtables and log of RocksDB are empty.
  constexpr std::uint64_t kFlushNever = std::numeric_limits<std::uint64_t>::max();
  status = checkpoint->CreateCheckpoint(directory.string(), kFlushNever);
  if (!status.ok()) return to_error(status, doing);
  return applied;
}

}  // namespace quartz::storage
