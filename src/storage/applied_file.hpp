#pragma once

#include <optional>
#include <string>

#include "io/file_system.hpp"
#include "quartz/result.hpp"
#include "storage/operation.hpp"

namespace quartz::storage {

/// How far the tables of a database go that is written without a log: what a log tells by its
/// beginning. docs/formats/directory.md describes the file.
inline constexpr const char* kAppliedFileName = "APPLIED";

/// What the file in a database's directory says; nothing if there is none, or none that is whole:
/// it may be missing at any time, and then says nothing.
std::optional<Sequence> read_applied_file(io::FileSystem& files, const io::Path& directory);

/// Called when the levels are on disk with all up to `applied`, so that the file never knows of
/// more than they hold. Does not sync: power loss may take it back.
Result<void> write_applied_file(io::FileSystem& files, const io::Path& directory, Sequence applied);

/// What is said of levels that know of nothing behind `known`, where the file says `said`.
std::string behind_applied_file(Sequence known, Sequence said);

}  // namespace quartz::storage
