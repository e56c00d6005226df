#include "storage/levels_listener.hpp"

#include <chrono>

#include "base/mutant.hpp"
#include "storage/levels_options.hpp"
#include "storage/levels_status.hpp"

namespace quartz::storage {

void LevelsListener::detach() {
  const MutexLock lock(mutex_);
  observer_ = {};
  watcher_ = nullptr;
}

void LevelsListener::watch(std::function<void(std::uint32_t family)> compacted) {
  const MutexLock lock(mutex_);
  watcher_ = std::move(compacted);
}

void LevelsListener::OnCompactionCompleted(rocksdb::DB* /*db*/,
                                           const rocksdb::CompactionJobInfo& job) {
  // Our own bookkeeping is nobody's compaction, and a failed one has not happened.
  const auto keyspace = parse_family_name(job.cf_name);
  if (!keyspace || !job.status.ok()) return;
  runs_->forget(job.cf_id);
  const CompactionEvent event{
      .keyspace = keyspace->name,
      .input_bytes = job.stats.total_input_bytes,
      .output_bytes = job.stats.total_output_bytes,
      .output_level = job.output_level,
      .duration = std::chrono::microseconds(job.stats.elapsed_micros),
  };
  const MutexLock lock(mutex_);
  if (watcher_) watcher_(job.cf_id);
  if (observer_.compacted) observer_.compacted(event);
}

void LevelsListener::OnBackgroundError(rocksdb::BackgroundErrorReason /*reason*/,
                                       rocksdb::Status* status) {
  const Error error = to_error(*status, "background work of the levels");
  const MutexLock lock(mutex_);
  if (observer_.failed) observer_.failed(error);
}

// Resuming could acknowledge what was lost. Besides, RocksDB 7.8 waits for ever when it is closed
// between this call and the begin of a recovery for which there is never enough space.
void LevelsListener::OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason /*reason*/,
                                          rocksdb::Status error, bool* auto_recovery) {
  error.PermitUncheckedError();
  if (mutant("the_levels_recover_by_themselves")) return;
  *auto_recovery = false;
}

}  // namespace quartz::storage
