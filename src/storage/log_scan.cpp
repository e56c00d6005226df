#include "storage/log_scan.hpp"

#include <algorithm>
#include <cstring>
#include <string>

#include "base/coding.hpp"
#include "base/crc32c.hpp"
#include "base/mutant.hpp"
#include "base/try.hpp"

namespace quartz::storage {
namespace {

constexpr std::size_t kWindowBytes = std::size_t{1} << 20;
// Real files hold next to no look-alikes; one that is made of them costs a few times its size.
constexpr std::uint64_t kEffortFactor = 8;

}  // namespace

std::string_view to_string(RecordFault fault) noexcept {
  switch (fault) {
    case RecordFault::none:
      return "no fault";
    case RecordFault::end:
      return "no record";
    case RecordFault::length:
      return "impossible record length";
    case RecordFault::segment:
      return "record of another segment";
    case RecordFault::count:
      return "impossible operation count";
    case RecordFault::claim:
      return "impossible synced position";
    case RecordFault::sequence:
      return "sequence out of order";
    case RecordFault::checksum:
      return "bad checksum";
    case RecordFault::operations:
      return "unknown or malformed operation";
  }
  return "unknown fault";
}

RecordFault judge_header(const RecordHeader& header, const RecordBounds& bounds) noexcept {
  if (header.operations_bytes == 0 || bounds.room < kRecordHeaderBytes) return RecordFault::end;
  if (!mutant("record_lengths_are_not_checked") &&
      header.operations_bytes > bounds.room - kRecordHeaderBytes)
    return RecordFault::length;
  if (!mutant("segment_ids_of_records_are_not_checked") && header.segment_id != bounds.segment_id)
    return RecordFault::segment;
  // Every operation has a header, so a count cannot run away from the length.
  if (header.operation_count == 0 ||
      header.operation_count > header.operations_bytes / kOperationHeaderBytes) {
    return RecordFault::count;
  }
  if (header.synced_through > bounds.synced_through_max) return RecordFault::claim;
  if (mutant("sequences_of_records_are_not_checked")) return RecordFault::none;
  if (header.first_sequence < bounds.first_sequence_min ||
      header.first_sequence > bounds.first_sequence_max ||
      header.first_sequence > kSequenceMax - header.operation_count) {
    return RecordFault::sequence;
  }
  return RecordFault::none;
}

RecordFault judge_operations(const RecordHeader& header,
                             std::span<const std::byte> operations) noexcept {
  if (!mutant("checksums_of_records_are_not_checked") &&
      record_crc(header, crc32c(operations)) != header.crc32c)
    return RecordFault::checksum;
  if (!well_formed(operations, header.operation_count)) return RecordFault::operations;
  return RecordFault::none;
}

RecordScanner::RecordScanner(const io::File& file, std::uint32_t segment_id,
                             LogPosition start_position, std::uint64_t begin, std::uint64_t end,
                             Sequence expected)
    : file_(file),
      segment_id_(segment_id),
      start_position_(start_position),
      end_(std::max(begin, end)),
      begin_(begin),
      expected_(expected),
      at_(begin),
      effort_left_(kEffortFactor * (end_ - begin_)) {}

void RecordScanner::seek(std::uint64_t offset, Sequence expected) noexcept {
  begin_ = at_ = std::min(offset, end_);
  expected_ = expected;
}

RecordBounds RecordScanner::bounds_at(std::uint64_t offset) const noexcept {
  RecordBounds bounds{.segment_id = segment_id_,
                      .room = end_ - offset,
                      .synced_through_max = start_position_ + (offset - kSegmentHeaderBytes)};
  if (expected_ != 0) {
    // Between here and there lie at most so many operations. This tells a record from a copy of
    // one that somebody stored as a value.
    const std::uint64_t skipped = (offset - begin_) / kOperationHeaderBytes;
    bounds.first_sequence_min = expected_;
    bounds.first_sequence_max = expected_ + std::min(skipped, kSequenceMax - expected_);
  }
  return bounds;
}

Result<std::optional<RecordScanner::Found>> RecordScanner::next() {
  while (true) {
    const auto offset = next_candidate();
    if (!offset) {
      if (at_ >= end_ || end_ - at_ < kRecordHeaderBytes) return std::optional<Found>();
      QUARTZ_TRY(fill());
      continue;
    }
    RecordHeader header;
    std::memcpy(&header, window_.data() + (*offset - window_offset_), kRecordHeaderBytes);
    QUARTZ_ASSIGN(const bool valid, confirm(*offset, header));
    if (valid) {
      at_ = *offset + record_bytes(header.operations_bytes);
      return std::optional<Found>({*offset, header});
    }
    at_ = *offset + kRecordAlignment;
  }
}

// The window moves to the next data from `at_` on, whatever it held before. Most of a segment may
// be reserved but never written, and reading zeros costs as much as reading records.
Result<void> RecordScanner::fill() {
  if (!data_) {
    QUARTZ_ASSIGN(data_, file_.data_ranges({at_, end_}));
  }
  window_.clear();
  while (next_range_ < data_->size() && (*data_)[next_range_].end <= at_) ++next_range_;
  if (next_range_ == data_->size()) {
    at_ = end_;
    return {};
  }
  const io::ByteRange& data = (*data_)[next_range_];
  // A header may begin with zeros that end a hole, and end with some that begin one.
  if (data.begin > at_ + kRecordHeaderBytes) {
    at_ = (data.begin - kRecordHeaderBytes) / kRecordAlignment * kRecordAlignment;
  }
  const std::uint64_t bytes = std::min<std::uint64_t>(kWindowBytes, data.end - at_);
  window_.resize(static_cast<std::size_t>(bytes));
  window_offset_ = at_;
  QUARTZ_ASSIGN(const std::size_t filled, file_.read_at(at_, window_));
  // Shorter than its size said: somebody cuts it meanwhile. What is gone holds no record.
  std::fill(window_.begin() + static_cast<std::ptrdiff_t>(filled), window_.end(), std::byte{0});
  if (at_ + bytes == data.end) {
    window_.resize(window_.size() + std::min<std::uint64_t>(kRecordHeaderBytes, end_ - data.end));
  }
  return {};
}

// The next place in the window whose header may be one; nothing, with `at_` moved, if the window
// holds no more.
std::optional<std::uint64_t> RecordScanner::next_candidate() {
  if (at_ < window_offset_ || at_ - window_offset_ >= window_.size()) return {};
  std::size_t i = static_cast<std::size_t>(at_ - window_offset_);
  constexpr std::size_t kIdOffset = offsetof(RecordHeader, segment_id);
  while (window_.size() - i >= kRecordHeaderBytes) {
    // Nearly every place fails here already.
    if (load<std::uint32_t>(window_.data() + i + kIdOffset) == segment_id_) {
      RecordHeader header;
      std::memcpy(&header, window_.data() + i, kRecordHeaderBytes);
      const std::uint64_t offset = window_offset_ + i;
      if (judge_header(header, bounds_at(offset)) == RecordFault::none) return offset;
    }
    i += kRecordAlignment;
  }
  at_ = window_offset_ + i;
  return {};
}

Result<bool> RecordScanner::confirm(std::uint64_t offset, const RecordHeader& header) {
  if (header.operations_bytes > effort_left_) {
    return Error(Errc::corruption, file_.path().string() +
                                       ": too many false records to judge, the last at offset " +
                                       std::to_string(offset));
  }
  const auto in_window = static_cast<std::size_t>(offset - window_offset_) + kRecordHeaderBytes;
  if (header.operations_bytes <= window_.size() - in_window) {
    const auto operations = std::span(window_).subspan(in_window, header.operations_bytes);
    if (judge_operations(header, operations) == RecordFault::none) return true;
  } else {
    operations_.resize(header.operations_bytes);
    QUARTZ_ASSIGN(const std::size_t filled,
                  file_.read_at(offset + kRecordHeaderBytes, operations_));
    if (filled == operations_.size() &&
        judge_operations(header, operations_) == RecordFault::none) {
      return true;
    }
  }
  effort_left_ -= header.operations_bytes;
  return false;
}

}  // namespace quartz::storage
