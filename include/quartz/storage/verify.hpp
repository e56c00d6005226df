#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "quartz/export.hpp"
#include "quartz/result.hpp"

namespace quartz {

/// What is wrong in one place of one file.
struct Damage {
  std::string file;          ///< Relative to the database's directory.
  std::uint64_t offset = 0;  ///< In bytes; 0 where only the whole file can be judged.
  std::string what;          ///< In words.
};

/// What `verify` found.
struct VerifyReport {
  std::uint64_t files_checked = 0;          ///< Of the levels and of the log.
  std::uint64_t bytes_checked = 0;          ///< Of those files.
  std::uint64_t log_records = 0;            ///< Whole ones.
  std::uint64_t rows = 0;                   ///< In the levels, tombstones included.
  std::uint64_t unfinished_tail_bytes = 0;  ///< Harmless: recovery drops them.
  std::vector<Damage> damage;               ///< Empty: every byte that matters is whole.
};

/// What `salvage` saved.
struct SalvageReport {
  std::uint64_t rows_from_levels = 0;     ///< Copied.
  std::uint64_t operations_from_log = 0;  ///< Copied on top of them.
  std::vector<Damage> damage;             ///< What was met on the way and skipped.
};

/// Told as files are worked through: bytes done, bytes in all.
using FileProgress = std::function<void(std::uint64_t done, std::uint64_t total)>;

/// Reads every checksum of the closed database in `directory` and changes nothing; those of saved
/// indexes are for `verify_indexes`. Damage is part of the report, not an error. Errors:
/// `not_found`, `busy` while it is open, `io_error`.
QUARTZ_EXPORT Result<VerifyReport> verify(const std::filesystem::path& directory,
                                          const FileProgress& progress = {});

/// Copies all that is whole in the closed, possibly damaged database in `directory` into a new
/// database in `target`, which must not exist. The source is not changed. A row whose newest
/// version was lost may come back in an older one; the report names what was skipped.
QUARTZ_EXPORT Result<SalvageReport> salvage(const std::filesystem::path& directory,
                                            const std::filesystem::path& target,
                                            const FileProgress& progress = {});

}  // namespace quartz
