#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "io/file_system.hpp"
#include "quartz/result.hpp"
#include "storage/log_format.hpp"

namespace quartz::storage {

/// What keeps bytes from being a record.
enum class RecordFault : std::uint8_t {
  none,
  end,       // No length, or no room for a header: nothing was written here.
  length,    // The record would not fit.
  segment,   // Of another segment.
  count,     // More operations than fit, or none.
  claim,     // Says that it was itself durable before it was written.
  sequence,  // Does not follow the record before it.
  checksum,
  operations,  // The checksum holds, but this version does not understand the operations.
};

/// "bad checksum", as part of a sentence about a record.
std::string_view to_string(RecordFault fault) noexcept;

/// What a record at some place of the log must agree with.
struct RecordBounds {
  std::uint32_t segment_id = 0;
  std::uint64_t room = 0;              // Bytes from its header to where the segment's records end.
  LogPosition synced_through_max = 0;  // No record claims more than its own position.
  Sequence first_sequence_min = 1;
  Sequence first_sequence_max = kSequenceMax;
};

/// Judges a header alone: `none` if the bytes behind it may make it a record. A length that passes
/// lies within `room`, so that it can be used.
RecordFault judge_header(const RecordHeader& header, const RecordBounds& bounds) noexcept;

/// Judges the operations behind a header that passed.
RecordFault judge_operations(const RecordHeader& header,
                             std::span<const std::byte> operations) noexcept;

/// Looks for valid records in a part of a segment file where no record is known to start, at every
/// multiple of 8 bytes. Its memory does not grow with the file, and what it spends on look-alikes
/// is limited by the size of the file.
class RecordScanner {
 public:
  struct Found {
    std::uint64_t offset;
    RecordHeader header;
  };

  /// Searches [begin, end) of `file`; the record at file offset `o` has position
  /// `start_position + (o - kSegmentHeaderBytes)`. `expected` is the sequence that a record at
  /// `begin` would have; zero if unknown.
  RecordScanner(const io::File& file, std::uint32_t segment_id, LogPosition start_position,
                std::uint64_t begin, std::uint64_t end, Sequence expected);

  /// Goes on at `offset`, a multiple of 8 not before where it was, with a new expectation.
  void seek(std::uint64_t offset, Sequence expected) noexcept;

  /// The next valid record, or nothing if there is none. `corruption` if the file is so full of
  /// look-alikes that it was made to be.
  Result<std::optional<Found>> next();

 private:
  RecordBounds bounds_at(std::uint64_t offset) const noexcept;
  Result<void> fill();
  std::optional<std::uint64_t> next_candidate();
  Result<bool> confirm(std::uint64_t offset, const RecordHeader& header);

  const io::File& file_;
  const std::uint32_t segment_id_;
  const LogPosition start_position_;
  const std::uint64_t end_;
  std::uint64_t begin_;  // Where `expected_` was expected.
  Sequence expected_;
  std::uint64_t at_;                                // Next offset to look at.
  std::optional<std::vector<io::ByteRange>> data_;  // The rest of the file that is not a hole.
  std::size_t next_range_ = 0;                      // The first of those that ends behind `at_`.
  std::vector<std::byte> window_;                   // File contents from `window_offset_`.
  std::uint64_t window_offset_ = 0;
  std::vector<std::byte> operations_;  // Of the candidate under examination.
  std::uint64_t effort_left_;          // Bytes of candidates that may still be examined in vain.
};

}  // namespace quartz::storage
