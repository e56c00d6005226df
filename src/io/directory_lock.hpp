#pragma once

#include <filesystem>
#include <memory>

#include "quartz/result.hpp"

namespace quartz::io {

/// Keeps every other process, and every other handle of this one, out of a directory while it
/// lives. An open-file-description lock on `<directory>/LOCK` (it belongs to the descriptor, so
/// that another close() of the file cannot drop it) plus a registry in the process by device and
/// inode. The file stays behind and holds the owner's process id for the error message.
class DirectoryLock {
 public:
  /// `busy`: "<directory>/LOCK is held by process 4711" (or "by this process").
  static Result<DirectoryLock> acquire(const std::filesystem::path& directory);

  DirectoryLock(DirectoryLock&&) noexcept;
  DirectoryLock& operator=(DirectoryLock&&) noexcept;
  ~DirectoryLock();

 private:
  struct Held;
  explicit DirectoryLock(std::unique_ptr<Held> held) noexcept;
  std::unique_ptr<Held> held_;
};

}  // namespace quartz::io
