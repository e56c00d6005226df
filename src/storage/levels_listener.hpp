#pragma once

#include <rocksdb/listener.h>

#include "base/mutex.hpp"
#include "storage/levels.hpp"

namespace quartz::storage {

/// Hands RocksDB's events to an observer until it is detached. RocksDB may outlive the observer,
/// because snapshots and pins keep it open.
class LevelsListener final : public rocksdb::EventListener {
 public:
  explicit LevelsListener(LevelsObserver observer) : observer_(std::move(observer)) {}

  /// Waits for a call in progress; none follows.
  void detach() QUARTZ_EXCLUDES(mutex_);

  void OnCompactionCompleted(rocksdb::DB* db, const rocksdb::CompactionJobInfo& job) override;
  void OnBackgroundError(rocksdb::BackgroundErrorReason reason, rocksdb::Status* status) override;

 private:
  Mutex mutex_;
  LevelsObserver observer_ QUARTZ_GUARDED_BY(mutex_);
};

}  // namespace quartz::storage
