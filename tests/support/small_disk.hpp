#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "io/file_system.hpp"

namespace quartz::io {

/// The posix file system with as many free bytes as a test says, less the headroom while it is
/// there. Threads: all calls may run at the same time.
class SmallDisk final : public FileSystem {
 public:
  SmallDisk(Path headroom, std::uint64_t headroom_bytes, std::uint64_t free)
      : headroom_(std::move(headroom)), headroom_bytes_(headroom_bytes), free_(free) {}

  void set_free(std::uint64_t bytes) { free_ = bytes; }
  /// How often the free bytes were asked for.
  std::uint64_t asked() const { return asked_; }
  bool has_headroom() const { return below_.exists(headroom_).value(); }

  Result<std::unique_ptr<File>> open(const Path& path, OpenMode mode) override {
    return below_.open(path, mode);
  }
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
  Result<std::uint64_t> free_bytes(const Path&) const override {
    ++asked_;
    const std::uint64_t taken = has_headroom() ? headroom_bytes_ : 0;
    const std::uint64_t free = free_;
    return free > taken ? free - taken : 0;
  }
  Result<bool> keeps_allocation(const Path& directory) const override {
    return below_.keeps_allocation(directory);
  }
  Result<DirectoryLock> lock_directory(const Path& directory) override {
    return below_.lock_directory(directory);
  }

 private:
  FileSystem& below_ = posix_file_system();
  const Path headroom_;
  const std::uint64_t headroom_bytes_;
  std::atomic<std::uint64_t> free_;
  mutable std::atomic<std::uint64_t> asked_{0};
};

}  // namespace quartz::io
