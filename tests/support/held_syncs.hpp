#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/mutex.hpp"
#include "io/file_system.hpp"

namespace quartz::io {

/// A file system on top of another, which it must not outlive, whose `File::sync_data` waits while
/// a test holds it. Threads: all calls may run at the same time.
class HeldSyncs final : public FileSystem {
 public:
  explicit HeldSyncs(FileSystem& below) : below_(below) {}

  /// From now on, calls of `sync_data` wait that are for files whose path contains this, and no
  /// others.
  void hold(std::string path_contains = {});
  /// Lets them go.
  void release();
  /// Blocks until one is waiting.
  void wait_until_held();
  /// Calls so far that have ended.
  std::uint64_t syncs() const;

  Result<std::unique_ptr<File>> open(const Path& path, OpenMode mode) override;
  Result<void> create_directories(const Path& directory) override {
    return below_.create_directories(directory);
  }
  Result<void> sync_directory(const Path& directory) override {
    return below_.sync_directory(directory);
  }
  Result<std::vector<std::string>> list(const Path& directory) const override {
    return below_.list(directory);
  }
  Result<bool> exists(const Path& path) const override { return below_.exists(path); }
  Result<void> rename(const Path& from, const Path& to) override { return below_.rename(from, to); }
  Result<void> link_or_copy(const Path& from, const Path& to) override {
    return below_.link_or_copy(from, to);
  }
  Result<void> remove(const Path& path) override { return below_.remove(path); }
  Result<void> remove_directory(const Path& directory) override {
    return below_.remove_directory(directory);
  }
  Result<std::uint64_t> free_bytes(const Path& directory) const override {
    return below_.free_bytes(directory);
  }
  Result<bool> keeps_allocation(const Path& directory) const override {
    return below_.keeps_allocation(directory);
  }
  Result<DirectoryLock> lock_directory(const Path& directory) override {
    return below_.lock_directory(directory);
  }

 private:
  class HeldFile;
  void pass(const Path& path);

  FileSystem& below_;
  mutable Mutex mutex_;
  CondVar changed_;
  bool held_ QUARTZ_GUARDED_BY(mutex_) = false;
  std::string path_contains_ QUARTZ_GUARDED_BY(mutex_);
  std::uint64_t holds_ QUARTZ_GUARDED_BY(mutex_) = 0;  // Calls of `hold`.
  int waiting_ QUARTZ_GUARDED_BY(mutex_) = 0;          // For the last of them.
  std::uint64_t syncs_ QUARTZ_GUARDED_BY(mutex_) = 0;
};

}  // namespace quartz::io
