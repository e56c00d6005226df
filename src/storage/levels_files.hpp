#pragma once

#include <atomic>
#include <memory>
#include <string>

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

namespace quartz::storage {

/// RocksDB's way to its files, with two rules of our own. Threads: any.
///
/// Once a write or sync of the MANIFEST has failed, no table is removed any more. RocksDB 7.8 takes
/// an edit that failed for one that was not made, and removes the tables that it would have added;
/// but the edit may be on disk, and the next open then misses them. What is not needed is removed
/// by that open.
///
/// A message for the file LOG that cannot be written is lost, and that is no error: RocksDB 7.8
/// would go on to use the file that failed, which its assertions take for a reason to end the
/// process.
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
  rocksdb::IOStatus NewLogger(const std::string& name, const rocksdb::IOOptions& options,
                              std::shared_ptr<rocksdb::Logger>* created,
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
