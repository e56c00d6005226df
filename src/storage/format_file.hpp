#pragma once

#include <cstdint>
#include <optional>

#include "io/file_system.hpp"
#include "quartz/result.hpp"

namespace quartz::storage {

/// Version of everything below a database's directory; a build opens this one only.
inline constexpr std::uint32_t kFormatVersion = 2;

/// The names inside a database's directory. docs/formats/directory.md describes them.
inline constexpr const char* kFormatFileName = "FORMAT";
inline constexpr const char* kClockFileName = "CLOCK";
inline constexpr const char* kLogDirectoryName = "log";
inline constexpr const char* kLevelsDirectoryName = "levels";
inline constexpr const char* kIngestDirectoryName = "ingest";

/// What FORMAT says; it is written last when a database is created, so its presence means that
/// creation was completed.
struct DatabaseFormat {
  std::uint32_t version = kFormatVersion;
  std::uint64_t database_id = 0;  // Random; ties log segments to their database.
};

/// Nothing if the directory holds no database. `unsupported` for another version, `corruption` for
/// a FORMAT file that is not whole, or for a log without one.
Result<std::optional<DatabaseFormat>> read_format(io::FileSystem& files, const io::Path& directory);

Result<void> write_format(io::FileSystem& files, const io::Path& directory,
                          const DatabaseFormat& format);

/// A fresh random database id, never 0.
std::uint64_t new_database_id();

}  // namespace quartz::storage
