#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "io/file_system.hpp"
#include "quartz/storage/storage_config.hpp"
#include "storage/log_format.hpp"
#include "storage/log_segment.hpp"

namespace quartz::storage {

/// Segments are whole pages.
inline constexpr std::size_t kPageBytes = 4096;

/// How a log is written.
struct LogOptions {
  io::Path directory;                                 // Of the segments; exists.
  std::size_t segment_bytes = std::size_t{64} << 20;  // Rounded up to whole pages.
  bool persistent = true;  // False: segments are private memory, no files.
  LogMedium medium = LogMedium::automatic;
  std::uint64_t database_id = 0;
  std::size_t spare_segments_max = 2;  // Retired segments kept for reuse.
  /// Records are synced one by one, or a few at a time. Otherwise segments are mapped with huge
  /// pages, until `Log::expect_syncs`.
  bool expects_syncs = false;
};

/// Where a log goes on after recovery.
struct LogStart {
  std::uint32_t next_segment_id = 1;  // Above every id that any file has.
  LogPosition position = 0;
  Sequence next_sequence = 1;
  /// What a replay knows to be on disk. A killed process leaves records that only the operating
  /// system holds, and replaying them does not put them on disk.
  LogPosition synced_through = 0;
  /// Replayed segments with records beyond `synced_through`, oldest first. The log's first sync
  /// takes them along, so that no new record is durable before the ones it follows. Let go of this
  /// once the log is open: who holds a segment keeps it from being reclaimed.
  std::vector<std::shared_ptr<LogSegment>> unsynced = {};
};

}  // namespace quartz::storage
