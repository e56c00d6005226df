#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include "base/mutex.hpp"

namespace quartz::storage {

/// RocksDB's way to its files, with three rules of our own. Threads: any.
///
/// Once a write or sync of the MANIFEST has failed, no table is removed any more. RocksDB 7.8 takes
/// an edit that failed for one that was not made, and removes the tables that it would have added;
/// but the edit may be on disk, and the next open then misses them. What is not needed is removed
/// by that open.
///
/// Tables that are to be removed while removals are held stay until they are let happen. A MANIFEST
/// that has lost its end is an older one to RocksDB, which opens it and removes every table that it
/// does not name: all that came later, before anybody can see that something is missing.
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
  void hold_removals() QUARTZ_EXCLUDES(mutex_);
  /// Removes what was to be removed since they are held, and from now on at once.
  void let_removals_happen() QUARTZ_EXCLUDES(mutex_);

  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* created,
                                    rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus DeleteFile(const std::string& name, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewLogger(const std::string& name, const rocksdb::IOOptions& options,
                              std::shared_ptr<rocksdb::Logger>* created,
                              rocksdb::IODebugContext* debug) override;

 private:
  Mutex mutex_;
  bool held_ QUARTZ_GUARDED_BY(mutex_) = false;
  std::vector<std::string> waiting_ QUARTZ_GUARDED_BY(mutex_);  // To be removed.
  const std::shared_ptr<std::atomic<bool>> manifest_failed_ =
      std::make_shared<std::atomic<bool>>(false);
};

/// `below`, but for its files, and for compactions that are held: those that RocksDB wants to run
/// wait until they are let happen. A switch of RocksDB's would have to be turned back for each
/// column family, which writes a file about all of them every time. Threads: any.
class LevelsEnvironment final : public rocksdb::EnvWrapper {
 public:
  LevelsEnvironment(rocksdb::Env& below, const std::shared_ptr<LevelsFiles>& files)
      : EnvWrapper(&below) {
    file_system_ = files;
    system_clock_ = below.GetSystemClock();
  }
  const char* Name() const override { return "quartz.LevelsEnvironment"; }

  // An open of RocksDB 7.8 removes tables that the MANIFEST does not name by this, and the
  // wrapper's would do so below, past us.
  rocksdb::Status DeleteFile(const std::string& name) override {
    return file_system_->DeleteFile(name, rocksdb::IOOptions(), nullptr);
  }

  void hold_compactions() QUARTZ_EXCLUDES(mutex_);
  void let_compactions_happen() QUARTZ_EXCLUDES(mutex_);
  /// Keeps compactions back while they are held; flushes have threads of their own.
  void Schedule(void (*work)(void*), void* argument, Priority priority, void* tag,
                void (*given_up)(void*)) override QUARTZ_EXCLUDES(mutex_);
  /// Also gives up those that are kept back. RocksDB closes when the number says that none is left.
  int UnSchedule(void* tag, Priority priority) override QUARTZ_EXCLUDES(mutex_);

 private:
  struct Work {
    void (*work)(void*);
    void* argument;
    Priority priority;
    void* tag;
    void (*given_up)(void*);  // Null: nothing is to be done then.
  };

  Mutex mutex_;
  bool held_ QUARTZ_GUARDED_BY(mutex_) = false;
  std::vector<Work> waiting_ QUARTZ_GUARDED_BY(mutex_);
};

}  // namespace quartz::storage
