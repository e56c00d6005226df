#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "io/directory_lock.hpp"
#include "io/file_system.hpp"
#include "quartz/result.hpp"
#include "quartz/storage/verify.hpp"

namespace quartz::storage {

/// A database that nobody has open, held for a look at its files; behind `verify` and `salvage`.
struct ClosedDatabase {
  io::DirectoryLock lock;
  std::optional<std::uint64_t> id;  // Empty if FORMAT cannot say it any more.
  std::vector<Damage> damage;       // Of FORMAT.

  /// `not_found` if the directory holds no database, whole or damaged; `busy` while it is open;
  /// `unsupported` for another format version.
  static Result<ClosedDatabase> enter(io::FileSystem& files, const io::Path& directory);
};

/// Adds to `report` damage whose files are named relative to the directory `below`.
void add_damage(std::vector<Damage>& report, std::vector<Damage> found, std::string_view below);

}  // namespace quartz::storage
