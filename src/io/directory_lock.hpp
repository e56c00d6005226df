#pragma once

#include <filesystem>
#include <memory>
#include <utility>

#include "quartz/result.hpp"

namespace quartz::io {

/// Keeps every other process, and every other handle of this one, out of a directory while it
/// lives. Move-only.
class DirectoryLock {
 public:
  /// Of a directory of the operating system: an open-file-description lock on `<directory>/LOCK`
  /// (it belongs to the descriptor, so that another close() of the file cannot drop it) plus a
  /// registry in the process by device and inode. The file stays behind and holds the owner's
  /// process id for the error message.
  /// `busy`: "<directory>/LOCK is held by process 4711" (or "by this process").
  static Result<DirectoryLock> acquire(const std::filesystem::path& directory);

  /// What is held until it is destroyed.
  class Held {
   public:
    virtual ~Held() = default;
  };
  explicit DirectoryLock(std::unique_ptr<Held> held) noexcept : held_(std::move(held)) {}

 private:
  std::unique_ptr<Held> held_;
};

}  // namespace quartz::io
