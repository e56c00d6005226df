#pragma once

#include <atomic>
#include <memory>
#include <string>

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

namespace quartz::storage {

/// RocksDB's way to its files, with one rule of our own: once a write or sync of the MANIFEST has
/// failed, no table is removed any more. RocksDB 7.8 takes an edit that failed for one that was not
/// made, and removes the tables that it would have added; but the edit may be on disk, and the next
/// open then misses them. What is not needed is removed by that open. Threads: any.
class LevelsFiles final : public rocksdb::FileSystemWrapper {
 public:
  explicit LevelsFiles(const std::shared_ptr<rocksdb::FileSystem>& below)
      : FileSystemWrapper(below) {}
  const char* Name() const override { return "quartz.LevelsFiles"; }

  bool manifest_failed() const noexcept { return *manifest_failed_; }

  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* created,
                                    rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus DeleteFile(const std::string& name, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;

 private:
  const std::shared_ptr<std::atomic<bool>> manifest_failed_ =
      std::make_shared<std::atomic<bool>>(false);
};

/// `below`, but for its files.
class LevelsEnvironment final : public rocksdb::EnvWrapper {
 public:
  LevelsEnvironment(rocksdb::Env& below, const std::shared_ptr<LevelsFiles>& files)
      : EnvWrapper(&below) {
    file_system_ = files;
    system_clock_ = below.GetSystemClock();
  }
  const char* Name() const override { return "quartz.LevelsEnvironment"; }
};

}  // namespace quartz::storage
