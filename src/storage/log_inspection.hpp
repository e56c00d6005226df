#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "io/file_system.hpp"
#include "quartz/result.hpp"
#include "quartz/storage/verify.hpp"
#include "storage/log_replay.hpp"

namespace quartz::storage {

struct InspectOptions {
  io::Path directory;
  std::optional<std::uint64_t> database_id = {};  // Empty: any.
  Sequence applied = 0;  // Segments that end at or before it may be missing.
  std::function<void(std::uint64_t bytes_done, std::uint64_t bytes_total)> progress = {};
};

/// What an inspection of a log found.
struct LogInspection {
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;         // Of those files.
  std::uint64_t record_count = 0;  // Valid, the applied ones included.
  std::uint64_t operation_count = 0;
  std::uint64_t unfinished_tail_bytes = 0;  // What a replay would drop.
  std::vector<Damage> damage;               // `file` is a name in the log's directory.
};

/// The first sequence that the log's segments have, by their headers; nothing if there is none.
/// Errors: those of listing the directory.
Result<std::optional<Sequence>> first_sequence_of_log(io::FileSystem& files,
                                                      const io::Path& directory,
                                                      std::optional<std::uint64_t> database_id);

/// Reads the whole log and shows every valid record to `visit`, in order. Unlike a replay it goes
/// on behind damage, with the next record that is whole, and lists the damage; what a replay would
/// drop as an unfinished tail is counted and not shown. Changes nothing.
///
/// Errors: the visitor's own, and those of listing the directory. A file that cannot be read counts
/// as damage.
Result<LogInspection> inspect_log(io::FileSystem& files, const InspectOptions& options,
                                  const std::function<Result<void>(const ReplayedRecord&)>& visit);

}  // namespace quartz::storage
