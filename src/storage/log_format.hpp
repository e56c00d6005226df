#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "storage/operation.hpp"

namespace quartz::storage {

/// A place in the endless log: the bytes of records before it, over all segments ever. It goes on
/// without a gap from one segment to the next.
using LogPosition = std::uint64_t;

/// docs/formats/log.md explains both layouts. All integers are little endian.
inline constexpr std::array<char, 8> kSegmentMagic = {'Q', 'Z', 'L', 'O', 'G', 'S', 'E', 'G'};
inline constexpr std::uint32_t kLogFormatVersion = 2;

/// The first 64 bytes of a segment file. Records follow.
struct SegmentHeader {
  std::array<char, 8> magic;
  std::uint32_t format_version;
  std::uint32_t segment_id;
  std::uint64_t database_id;    // Random, one per database: a stray file of another is refused.
  std::uint64_t segment_bytes;  // Of the file, this header included.
  LogPosition start_position;   // Of the first record; equals the end of the segment before.
  Sequence first_sequence;      // That the first record will have.
  LogPosition synced_through;   // Known durable when the segment was begun.
  std::uint32_t reserved;
  std::uint32_t crc32c;  // Of the bytes before it.
};
static_assert(sizeof(SegmentHeader) == 64, "docs/formats/log.md gives the layout; change both");

/// Precedes the operations of one write. Records start at multiples of 8 bytes; up to 7 bytes of
/// padding follow the operations and belong to no record.
struct RecordHeader {
  std::uint32_t operations_bytes;  // Zero marks the end of the written part.
  std::uint32_t crc32c;            // Of the operations, then of this header without this field.
  std::uint32_t segment_id;        // A record left over in a recycled file has another.
  std::uint32_t operation_count;
  Sequence first_sequence;
  LogPosition synced_through;  // Known durable when the record was written.
};
static_assert(sizeof(RecordHeader) == 32, "docs/formats/log.md gives the layout; change both");

inline constexpr std::size_t kSegmentHeaderBytes = sizeof(SegmentHeader);
inline constexpr std::size_t kRecordHeaderBytes = sizeof(RecordHeader);
inline constexpr std::size_t kRecordAlignment = 8;

/// Space that a record with so many bytes of operations takes in a segment.
constexpr std::uint64_t record_bytes(std::uint64_t operations_bytes) noexcept {
  return round_up(kRecordHeaderBytes + operations_bytes, kRecordAlignment);
}

/// The checksum of a record: the operations first, so that their part can be computed before the
/// append lock is taken; `operations_crc` is `crc32c(operations)`.
std::uint32_t record_crc(const RecordHeader& header, std::uint32_t operations_crc) noexcept;

/// The checksum of a segment header.
std::uint32_t segment_header_crc(const SegmentHeader& header) noexcept;

}  // namespace quartz::storage
