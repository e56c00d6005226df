#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/mutex.hpp"
#include "quartz/result.hpp"
#include "quartz/storage/storage_engine.hpp"
#include "quartz/storage/verify.hpp"

namespace quartz::server {

/// Longest name of a backup.
inline constexpr std::size_t kBackupNameBytesMax = 64;

/// Copies of a database in one directory, each in a folder of its own that opens as a database.
/// Names are of `[a-z0-9_-]`, so that none leads elsewhere; a folder that is no database is no
/// backup, and left alone. All of it takes long. Errors:
/// `unsupported` without a directory, `invalid_argument` for what is no name, `not_found`,
/// `already_exists`, `io_error`. Threads: any number at a time.
class Backups {
 public:
  /// An empty `directory`: there is none.
  Backups(StorageEngine& engine, std::filesystem::path directory)
      : engine_(engine), directory_(std::move(directory)) {}

  struct Backup {
    std::string name;
    std::uint64_t bytes = 0;  ///< Of all files, including those that it shares with others.
  };

  Result<Backup> create(std::string_view name);
  /// By name.
  Result<std::vector<Backup>> list() const;
  Result<VerifyReport> verify(std::string_view name) const;
  Result<void> remove(std::string_view name);

 private:
  Result<std::filesystem::path> place_of(std::string_view name) const;

  StorageEngine& engine_;
  const std::filesystem::path directory_;
  Mutex mutex_;  // One is made or removed at a time.
};

}  // namespace quartz::server
