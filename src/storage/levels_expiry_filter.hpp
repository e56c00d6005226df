#pragma once

#include <memory>
#include <string>
#include <utility>

#include <rocksdb/compaction_filter.h>

#include "storage/expiry_clock.hpp"

namespace quartz::storage {

/// Lets compactions drop rows that have expired. RocksDB shows it the newest version of each key
/// that a compaction meets, whatever snapshots there are, and makes a tombstone of what is to be
/// removed, which stays as long as an older version may be below it: so nothing is uncovered. To a
/// snapshot an expired row is absent anyway.
/// Threads: any number of compactions at a time.
class LevelsExpiryFilter final : public rocksdb::CompactionFilter {
 public:
  explicit LevelsExpiryFilter(std::shared_ptr<ExpiryClock> clock) noexcept
      : clock_(std::move(clock)) {}

  Decision FilterV2(int level, const rocksdb::Slice& key, ValueType type,
                    const rocksdb::Slice& value, std::string* new_value,
                    std::string* skip_until) const override;
  const char* Name() const override { return "quartz.ExpiryFilter"; }

 private:
  const std::shared_ptr<ExpiryClock> clock_;
};

}  // namespace quartz::storage
