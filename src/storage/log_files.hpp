#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "io/file_system.hpp"
#include "quartz/result.hpp"
#include "storage/log_format.hpp"
#include "storage/log_loader.hpp"
#include "storage/log_scan.hpp"
#include "storage/log_segment.hpp"

namespace quartz::storage {

/// A segment file with a header that belongs to it.
struct SegmentFile {
  io::Path path;
  std::uint32_t id = 0;
  SegmentHeader header{};
  std::uint64_t bytes = 0;  // Of the file, as far as it belongs to the segment.
  /// Where its records end because a younger segment begins there. Nothing for the youngest.
  std::optional<LogPosition> limit;

  LogPosition start() const noexcept { return header.start_position; }
  /// File offset of a position at or behind the start.
  std::uint64_t offset_of(LogPosition position) const noexcept {
    return kSegmentHeaderBytes + (position - header.start_position);
  }
  LogPosition position_of(std::uint64_t offset) const noexcept {
    return header.start_position + (offset - kSegmentHeaderBytes);
  }
  /// File offset where its records end at the latest.
  std::uint64_t records_end() const noexcept;
};

/// A file with records of its own id behind a header that is not its own: the header never reached
/// the disk, or was damaged.
struct HeadlessFile {
  io::Path path;
  std::uint32_t id = 0;
  std::uint64_t bytes = 0;         // Of the file.
  std::uint64_t record_bytes = 0;  // Of all its records.
  Sequence first_sequence = 0;
  Sequence last_sequence = 0;
  LogPosition synced_through = 0;  // The largest that they claim.
};

/// The files of a log, by what their headers say.
struct LogFiles {
  /// A file that cannot be judged: `corruption` for a segment of another database, `unsupported`
  /// for another format version, or what the file system said.
  struct Refused {
    io::Path path;
    Error error;
  };

  std::vector<SegmentFile> segments;   // By id, which is the order they were begun in.
  std::vector<HeadlessFile> headless;  // By id.
  std::vector<io::Path> unused;  // No record: prepared, recycled, or cut off by a younger one.
  std::vector<Refused> refused;
  std::uint32_t id_max = 0;  // Of all names and headers; zero if there are none.
};

/// Looks at every segment file in `directory` and at nothing else there. Any database is right if
/// `database_id` is empty. An error means that the directory cannot be listed.
Result<LogFiles> list_log_files(io::FileSystem& files, const io::Path& directory,
                                std::optional<std::uint64_t> database_id);

/// Makes a log without records in `directory`, durably: one segment that is nothing but its header,
/// which says that all before `first_sequence` is in the levels. An open of levels that know less
/// then finds that something is missing.
Result<void> write_empty_log(io::FileSystem& files, const io::Path& directory,
                             std::uint64_t database_id, Sequence first_sequence);

/// Reads one segment into private memory and judges its records.
/// `segment` must outlive it.
class SegmentReader {
 public:
  static Result<SegmentReader> open(io::FileSystem& files, const SegmentFile& segment);

  /// A record, or why there is none.
  struct Step {
    RecordFault fault = RecordFault::none;
    RecordHeader header{};
    std::span<const std::byte> operations;
  };
  /// What is at `offset`, where a record with `expected` as its first sequence should be.
  Result<Step> read(std::uint64_t offset, Sequence expected);

  /// Searches the rest, from `offset` on. The reader must stay where it is meanwhile.
  RecordScanner scan(std::uint64_t offset, Sequence expected) const {
    return {*memory_->file,          segment_->id, segment_->start(), offset,
            segment_->records_end(), expected};
  }

  /// The memory that is read into. Its file can only be read and synced.
  const std::shared_ptr<LogSegment>& memory() const noexcept { return memory_; }
  /// Hands it over as a segment whose records end at `used`.
  std::shared_ptr<LogSegment> finish(std::uint64_t used);

 private:
  explicit SegmentReader(const SegmentFile& segment) : segment_(&segment) {}

  const SegmentFile* segment_;
  std::shared_ptr<LogSegment> memory_ = std::make_shared<LogSegment>();
  std::unique_ptr<LogLoader> loader_;
};

}  // namespace quartz::storage
