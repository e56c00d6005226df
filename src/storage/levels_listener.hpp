#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include <rocksdb/listener.h>

#include "base/mutex.hpp"
#include "storage/levels.hpp"
#include "storage/levels_sorted_run.hpp"

namespace quartz::storage {

/// Hands RocksDB's events to the sorted runs and, until it is detached, to a watcher and an
/// observer. RocksDB may outlive the observer, because snapshots and pins keep it open.
class LevelsListener final : public rocksdb::EventListener {
 public:
  LevelsListener(LevelsObserver observer, std::shared_ptr<SortedRuns> runs)
      : runs_(std::move(runs)), observer_(std::move(observer)) {}

  /// From now on `compacted` is told of each keyspace's compaction, by its column family.
  void watch(std::function<void(std::uint32_t family)> compacted) QUARTZ_EXCLUDES(mutex_);
  /// Waits for a call in progress; none follows.
  void detach() QUARTZ_EXCLUDES(mutex_);

  void OnCompactionCompleted(rocksdb::DB* db, const rocksdb::CompactionJobInfo& job) override;
  void OnBackgroundError(rocksdb::BackgroundErrorReason reason, rocksdb::Status* status) override;
  /// Never lets RocksDB resume by itself; after a full disk it otherwise would, whatever
  /// `max_bgerror_resume_count` says.
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason reason, rocksdb::Status error,
                            bool* auto_recovery) override;

 private:
  const std::shared_ptr<SortedRuns> runs_;
  Mutex mutex_;
  std::function<void(std::uint32_t family)> watcher_ QUARTZ_GUARDED_BY(mutex_);
  LevelsObserver observer_ QUARTZ_GUARDED_BY(mutex_);
};

}  // namespace quartz::storage
