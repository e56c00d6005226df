#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "io/file_system.hpp"
#include "quartz/result.hpp"
#include "storage/log_format.hpp"
#include "storage/log_options.hpp"
#include "storage/log_segment.hpp"

namespace quartz::storage {

/// One valid record met by a replay; the bytes live as long as `segment`.
struct ReplayedRecord {
  const std::shared_ptr<LogSegment>& segment;
  Sequence first_sequence;
  std::uint32_t operation_count;
  std::span<const std::byte> operations;
};

/// Where the record begins in its segment's file.
std::uint64_t offset_of(const ReplayedRecord& record) noexcept;

/// What is said of a record with an operation on a keyspace that the levels do not know. None of a
/// dropped one is met behind `applied`: dropping flushes first, so this one's creation was lost.
std::string names_lost_keyspace(KeyspaceId keyspace);

/// What a replay found.
struct LogReplay {
  /// Where the log goes on. It knows which replayed segments are not on disk yet.
  LogStart start;
  std::vector<std::shared_ptr<LogSegment>>
      segments;  // With records beyond `applied`, oldest first.
  /// Files with nothing that is needed. Remove them before the log is opened: `Log::open` then
  /// makes their removal durable before anything is acknowledged.
  std::vector<io::Path> obsolete;
  std::uint64_t record_count = 0;  // Given to the visitor.
  std::uint64_t operation_count = 0;
  std::uint64_t bytes = 0;
  std::uint64_t dropped_bytes = 0;  // From the first bad record to the end of what was written.
  std::string dropped_reason;       // Names file and offset; empty if nothing was dropped.
};

struct ReplayOptions {
  io::Path directory;
  std::uint64_t database_id = 0;
  Sequence applied = 0;  // Records up to here are in the levels and are skipped.
  std::function<void(std::uint64_t bytes_done, std::uint64_t bytes_total)> progress = {};
};

/// Reads the log in order and shows every valid record beyond `applied` to `visit`.
///
/// A record that is not valid is judged by what was durable: if anything later in the log says that
/// this place had been synced, the log is damaged and the answer is `corruption`, naming file and
/// offset. Otherwise it is the unfinished tail of a crash: it and all that follows is dropped and
/// reported. Segments are read into private memory, so that a failing disk is an `io_error` here
/// and not a signal later. They are not synced here; `LogReplay::start` leaves that to the log.
///
/// Errors: `corruption` also for a missing or foreign segment, `unsupported` for another format
/// version, the visitor's own, and the file system's. Nothing is changed in the directory.
Result<LogReplay> replay_log(io::FileSystem& files, const ReplayOptions& options,
                             const std::function<Result<void>(const ReplayedRecord&)>& visit);

}  // namespace quartz::storage
