#pragma once

#include <memory>
#include <string>

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include "base/mutex.hpp"

namespace quartz {

/// A place where threads wait while a test holds it.
class HoldingPoint {
 public:
  void hold();
  void release();
  /// Blocks until a thread is being held.
  void wait_until_held();
  /// Called by those who are to be held.
  void pass();

 private:
  Mutex mutex_;
  CondVar changed_;
  bool wanted_ QUARTZ_GUARDED_BY(mutex_) = false;
  int held_ QUARTZ_GUARDED_BY(mutex_) = 0;
};

/// RocksDB's file system, in which a test can hold those who read or create table files: a look-up
/// then keeps its tables for as long as the test wants, and a compaction goes on for as long.
class HeldTableFiles final : public rocksdb::FileSystemWrapper {
 public:
  HeldTableFiles() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}
  const char* Name() const override { return "quartz.HeldTableFiles"; }

  /// Of the threads that have called `hold_my_reads`.
  HoldingPoint reads;
  /// Of tables that a compaction makes.
  HoldingPoint creations;

  static void hold_my_reads() noexcept;

  rocksdb::IOStatus NewRandomAccessFile(const std::string& name,
                                        const rocksdb::FileOptions& options,
                                        std::unique_ptr<rocksdb::FSRandomAccessFile>* opened,
                                        rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* created,
                                    rocksdb::IODebugContext* debug) override;
};

}  // namespace quartz
