#pragma once

#include <memory>

#include "io/file_system.hpp"
#include "quartz/result.hpp"

namespace quartz::io {

/// A file in the making: it has a name of its own, the path with ".staging" behind it, until
/// `publish` gives it the path in one step. What is never published is removed with its owner.
/// Move-only; the file system must outlive it. Threads: one at a time.
class StagedFile {
 public:
  /// What a crash left behind under the staging name is replaced. Two at a time for the same path
  /// take it from each other; the caller keeps them apart.
  static Result<StagedFile> create(FileSystem& files, Path path);

  StagedFile(StagedFile&& other) noexcept = default;
  StagedFile& operator=(StagedFile&&) = delete;
  StagedFile(const StagedFile&) = delete;
  StagedFile& operator=(const StagedFile&) = delete;
  ~StagedFile();

  /// For writing; must not be called after `publish`.
  File& file() noexcept { return *file_; }

  /// Syncs the contents, gives them the path, replacing what was there, and syncs the directory.
  /// After a crash at any point either the old file or the whole new one is there. After an error
  /// it is one of the two as well: the new one only if the sync of the directory failed.
  Result<void> publish();

 private:
  StagedFile(FileSystem& files, Path path, Path staging, std::unique_ptr<File> file) noexcept;

  FileSystem* files_;
  Path path_;
  Path staging_;
  std::unique_ptr<File> file_;  // Null after a move and after `publish`.
};

}  // namespace quartz::io
