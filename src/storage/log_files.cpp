#include "storage/log_files.hpp"

#include <algorithm>
#include <cstring>
#include <span>
#include <string>
#include <utility>

#include "base/coding.hpp"
#include "base/mutant.hpp"
#include "base/try.hpp"
#include "io/file_system.hpp"
#include "storage/log_segment.hpp"

namespace quartz::storage {
namespace {

// The largest write batch fits with room to spare; a larger file is somebody else's idea.
constexpr std::uint64_t kFileBytesMax = std::uint64_t{4} << 30;
// Positions and sequences beyond this are nonsense; below it sums of them cannot wrap.
constexpr std::uint64_t kSaneMax = std::uint64_t{1} << 62;

bool whole(const SegmentHeader& header) noexcept {
  if (header.magic != kSegmentMagic) return false;
  if (mutant("checksums_of_segments_are_not_checked")) return true;
  return header.crc32c == segment_header_crc(header);
}

bool sane(const SegmentHeader& header) noexcept {
  return header.start_position <= kSaneMax && header.synced_through <= header.start_position &&
         header.first_sequence >= 1 && header.first_sequence <= kSaneMax;
}

// Sorts one file after the other into `LogFiles`.
class LogLister {
 public:
  LogLister(io::FileSystem& files, std::optional<std::uint64_t> database_id)
      : files_(files), database_id_(database_id) {}

  Result<void> look_at(const io::Path& path, std::uint32_t id);
  void refuse(const io::Path& path, Error error) {
    found_.refused.push_back({path, std::move(error)});
  }
  LogFiles finish();

 private:
  std::optional<Error> refusal(const io::Path& path, const SegmentHeader& header) const;
  Result<void> look_for_records(const io::Path& path, std::uint32_t id, const io::File& file,
                                std::uint64_t bytes);

  io::FileSystem& files_;
  const std::optional<std::uint64_t> database_id_;
  LogFiles found_;
};

Result<void> LogLister::look_at(const io::Path& path, std::uint32_t id) {
  found_.id_max = std::max(found_.id_max, id);
  QUARTZ_ASSIGN(const auto file, files_.open(path, io::OpenMode::read));
  QUARTZ_ASSIGN(const std::uint64_t size, file->size());
  const std::uint64_t bytes = std::min(size, kFileBytesMax);
  SegmentHeader header{};
  QUARTZ_ASSIGN(const std::size_t filled,
                file->read_at(0, std::as_writable_bytes(std::span(&header, 1))));
  if (filled < kSegmentHeaderBytes) {
    found_.unused.push_back(path);
    return {};
  }
  if (whole(header)) {
    if (auto error = refusal(path, header)) {
      refuse(path, *std::move(error));
      return {};
    }
    found_.id_max = std::max(found_.id_max, header.segment_id);
    if (header.segment_id == id && sane(header)) {
      SegmentFile segment{.path = path, .id = id, .header = header, .bytes = 0, .limit = {}};
      segment.bytes =
          std::max<std::uint64_t>(std::min(bytes, header.segment_bytes), kSegmentHeaderBytes);
      found_.segments.push_back(std::move(segment));
      return {};
    }
  }
  return look_for_records(path, id, *file, bytes);
}

std::optional<Error> LogLister::refusal(const io::Path& path, const SegmentHeader& header) const {
  if (header.format_version != kLogFormatVersion) {
    return Error(Errc::unsupported,
                 path.string() + ": log format version " + std::to_string(header.format_version) +
                     "; this build reads version " + std::to_string(kLogFormatVersion));
  }
  if (database_id_ && header.database_id != *database_id_) {
    return Error(Errc::corruption,
                 path.string() + ": belongs to another database (id in the header at offset 16)");
  }
  return {};
}

Result<void> LogLister::look_for_records(const io::Path& path, std::uint32_t id,
                                         const io::File& file, std::uint64_t bytes) {
  HeadlessFile headless{.path = path, .id = id, .bytes = bytes};
  // Where such a segment starts is unknown, so the scanner must not hold a claim against it.
  RecordScanner scanner(file, id, kSaneMax, kSegmentHeaderBytes, bytes, 0);
  while (true) {
    QUARTZ_ASSIGN(const auto found, scanner.next());
    if (!found) break;
    const RecordHeader& record = found->header;
    if (headless.record_bytes == 0) headless.first_sequence = record.first_sequence;
    headless.record_bytes += record_bytes(record.operations_bytes);
    headless.last_sequence =
        std::max(headless.last_sequence, record.first_sequence + record.operation_count - 1);
    headless.synced_through = std::max(headless.synced_through, record.synced_through);
  }
  if (headless.record_bytes == 0) {
    found_.unused.push_back(path);
  } else {
    found_.headless.push_back(std::move(headless));
  }
  return {};
}

LogFiles LogLister::finish() {
  const auto by_id = [](const auto& a, const auto& b) { return a.id < b.id; };
  std::sort(found_.segments.begin(), found_.segments.end(), by_id);
  std::sort(found_.headless.begin(), found_.headless.end(), by_id);
  // A segment ends where a younger one starts, even in the middle: what lies behind was cut off
  // when the younger one was begun, and must not come back.
  std::optional<LogPosition> limit;
  std::vector<SegmentFile> kept;
  for (auto segment = found_.segments.rbegin(); segment != found_.segments.rend(); ++segment) {
    if (limit && segment->start() >= *limit) {
      found_.unused.push_back(segment->path);
      continue;
    }
    segment->limit = limit;
    limit = segment->start();
    kept.push_back(std::move(*segment));
  }
  std::reverse(kept.begin(), kept.end());
  found_.segments = std::move(kept);
  return std::move(found_);
}

}  // namespace

std::uint64_t SegmentFile::records_end() const noexcept {
  return limit ? std::min(bytes, offset_of(*limit)) : bytes;
}

Result<void> write_empty_log(io::FileSystem& files, const io::Path& directory,
                             std::uint64_t database_id, Sequence first_sequence) {
  constexpr std::uint32_t kFirstId = 1;
  SegmentHeader header{.magic = kSegmentMagic,
                       .format_version = kLogFormatVersion,
                       .segment_id = kFirstId,
                       .database_id = database_id,
                       .segment_bytes = kSegmentHeaderBytes,
                       .start_position = 0,
                       .first_sequence = first_sequence,
                       .synced_through = 0,
                       .reserved = 0,
                       .crc32c = 0};
  header.crc32c = segment_header_crc(header);
  return io::publish_file(files, directory / segment_file_name(kFirstId),
                          std::as_bytes(std::span(&header, 1)));
}

Result<LogFiles> list_log_files(io::FileSystem& files, const io::Path& directory,
                                std::optional<std::uint64_t> database_id) {
  QUARTZ_ASSIGN(const auto names, files.list(directory));
  LogLister lister(files, database_id);
  for (const std::string& name : names) {
    const auto id = segment_id_of(name);
    if (!id) continue;
    if (auto seen = lister.look_at(directory / name, *id); !seen) {
      lister.refuse(directory / name, std::move(seen).error());
    }
  }
  return lister.finish();
}

Result<SegmentReader> SegmentReader::open(io::FileSystem& files, const SegmentFile& segment) {
  SegmentReader reader(segment);
  LogSegment& memory = *reader.memory_;
  memory.id = segment.id;
  memory.path = segment.path;
  QUARTZ_ASSIGN(memory.file, files.open(segment.path, io::OpenMode::read));
  const auto bytes = static_cast<std::size_t>(segment.records_end());
  QUARTZ_ASSIGN(memory.memory, io::Mapping::anonymous(bytes));
  memory.capacity = bytes;
  memory.start_position = segment.start();
  memory.first_sequence = segment.header.first_sequence;
  memory.used = kSegmentHeaderBytes;
  reader.loader_ = std::make_unique<LogLoader>(*memory.file, memory.memory.bytes().first(bytes));
  return reader;
}

Result<SegmentReader::Step> SegmentReader::read(std::uint64_t offset, Sequence expected) {
  Step step;
  step.fault = RecordFault::end;
  const std::uint64_t end = segment_->records_end();
  if (offset >= end || end - offset < kRecordHeaderBytes) return step;
  QUARTZ_TRY(loader_->wait_for(offset + kRecordHeaderBytes));
  const auto bytes = memory_->memory.bytes();
  std::memcpy(&step.header, bytes.data() + offset, kRecordHeaderBytes);
  step.fault = judge_header(step.header, {.segment_id = segment_->id,
                                          .room = end - offset,
                                          .synced_through_max = segment_->position_of(offset),
                                          .first_sequence_min = expected,
                                          .first_sequence_max = expected});
  if (step.fault != RecordFault::none) return step;
  const std::uint64_t operations_offset = offset + kRecordHeaderBytes;
  QUARTZ_TRY(loader_->wait_for(operations_offset + step.header.operations_bytes));
  step.operations = bytes.subspan(operations_offset, step.header.operations_bytes);
  step.fault = judge_operations(step.header, step.operations);
  return step;
}

std::shared_ptr<LogSegment> SegmentReader::finish(std::uint64_t used) {
  loader_.reset();
  memory_->used = static_cast<std::size_t>(used);
  memory_->capacity = memory_->used;
  return std::move(memory_);
}

}  // namespace quartz::storage
