#include "storage/log.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <string>
#include <utility>

#include "base/check.hpp"
#include "base/mutant.hpp"
#include "base/try.hpp"
#include "storage/log_preparer.hpp"

namespace quartz::storage {
namespace {

constexpr std::size_t kEndMarkBytes = sizeof(RecordHeader::operations_bytes);

// Makes the place behind the last record read as the end of the written part, whatever a recycled
// segment held there. At the very end of a segment there is no room for it and no need.
void mark_end(const LogSegment& segment, std::size_t offset) noexcept {
  if (mutant("the_end_of_the_records_is_not_marked")) return;
  if (offset + kEndMarkBytes > segment.capacity) return;
  store<std::uint32_t>(segment.memory.data() + offset, 0);
}

// Field by field: a copy of the whole would first wait for the fields to be stored.
void write_all_but_length(std::byte* at, const RecordHeader& header) noexcept {
  store(at + offsetof(RecordHeader, crc32c), header.crc32c);
  store(at + offsetof(RecordHeader, segment_id), header.segment_id);
  store(at + offsetof(RecordHeader, operation_count), header.operation_count);
  store(at + offsetof(RecordHeader, first_sequence), header.first_sequence);
  store(at + offsetof(RecordHeader, synced_through), header.synced_through);
}

Result<LogMedium> chosen_medium(const io::FileSystem& files, const LogOptions& options) {
  if (!options.persistent) return LogMedium::mapped;
  if (options.medium != LogMedium::automatic) return options.medium;
  QUARTZ_ASSIGN(const bool keeps, files.keeps_allocation(options.directory));
  return keeps ? LogMedium::mapped : LogMedium::file;
}

}  // namespace

Result<std::unique_ptr<Log>> Log::open(io::FileSystem& files, LogOptions options,
                                       const LogStart& start) {
  options.segment_bytes = round_up(std::max(options.segment_bytes, kPageBytes), kPageBytes);
  QUARTZ_ASSIGN(options.medium, chosen_medium(files, options));
  std::unique_ptr<Log> log(new Log(files, std::move(options), start));
  QUARTZ_TRY(log->begin(start.next_sequence));
  return log;
}

Log::Log(io::FileSystem& files, LogOptions options, const LogStart& start)
    : files_(files),
      options_(std::move(options)),
      expects_syncs_(options_.expects_syncs),
      writes_files_(options_.persistent && options_.medium == LogMedium::file),
      opened_at_(start.position),
      first_id_(start.next_segment_id),
      sync_(options_.persistent, start),
      preparer_(std::make_unique<LogPreparer>(files, options_, start.next_segment_id)) {}

Log::~Log() {
  // First, so that nobody waits for a log that is going away.
  sync_.stop();
  // Before the file gets shorter: its thread touches pages ahead of the records.
  preparer_.reset();
  give_back_reserved();
}

// What was reserved and populated behind the last record, which the next replay would have to read
// to know that it is empty. Best effort: longer than its records a file is valid, too.
void Log::give_back_reserved() noexcept {
  const bool unclear = sync_.poisoned() || synced_through() < end_position();
  if (!current_ || !current_->file || unclear) return;
  (void)current_->file->truncate(current_->used);
}

Result<void> Log::begin(Sequence first_sequence) {
  QUARTZ_ASSIGN(auto first, preparer_->take(options_.segment_bytes));
  QUARTZ_TRY(begin_segment(*first, first_sequence));
  // The one header that no earlier segment vouches for, so it must not get lost.
  const bool careless = mutant("the_first_header_of_a_log_is_not_synced");
  if (first->file && !careless) QUARTZ_TRY(first->file->sync_data());
  QUARTZ_TRY(sync_.start(first));
  QUARTZ_TRY(preparer_->start());
  make_current(std::move(first));
  return {};
}

Result<void> Log::begin_segment(LogSegment& segment, Sequence first_sequence) {
  segment.start_position = end_position();
  segment.first_sequence = first_sequence;
  segment.used = kSegmentHeaderBytes;
  SegmentHeader header{.magic = kSegmentMagic,
                       .format_version = kLogFormatVersion,
                       .segment_id = segment.id,
                       .database_id = options_.database_id,
                       .segment_bytes = segment.capacity,
                       .start_position = segment.start_position,
                       .first_sequence = first_sequence,
                       .synced_through = std::min(synced_through(), segment.start_position),
                       .reserved = 0,
                       .crc32c = 0};
  header.crc32c = segment_header_crc(header);
  // The mark comes first: a header must never stand before somebody else's records.
  mark_end(segment, kSegmentHeaderBytes);
  std::atomic_signal_fence(std::memory_order_release);
  std::memcpy(segment.memory.data(), &header, kSegmentHeaderBytes);
  if (!writes_files_) return {};
  return segment.file->write_at(0, segment.memory.bytes().first(kSegmentHeaderBytes));
}

void Log::make_current(std::shared_ptr<LogSegment> segment) {
  current_ = std::move(segment);
  unclear_until_ = 0;
  advance_at_ = 0;
  segments_.fetch_add(1, std::memory_order_relaxed);
  preparer_->begin(current_);
}

std::optional<LogReservation> Log::reserve(std::size_t operations_bytes) noexcept {
  const LogSegment& segment = *current_;
  if (operations_bytes > segment.capacity ||
      record_bytes(operations_bytes) > segment.capacity - segment.used) {
    return {};
  }
  return LogReservation{segment.memory.data() + segment.used + kRecordHeaderBytes,
                        static_cast<std::uint32_t>(operations_bytes)};
}

Result<LogPosition> Log::commit(const LogReservation& reservation, Sequence first_sequence,
                                std::uint32_t operation_count, std::uint32_t operations_crc) {
  if (sync_.poisoned()) [[unlikely]]
    return *poisoned();
  LogSegment& segment = *current_;
  std::byte* const at = segment.memory.data() + segment.used;
  QUARTZ_CHECK(reservation.operations == at + kRecordHeaderBytes);
  QUARTZ_CHECK(reservation.operations_bytes > 0 && operation_count > 0);
  // Without files everything counts as synced, also what is not written yet.
  const LogPosition begin = end_position();
  RecordHeader header{.operations_bytes = reservation.operations_bytes,
                      .crc32c = 0,
                      .segment_id = segment.id,
                      .operation_count = operation_count,
                      .first_sequence = first_sequence,
                      .synced_through = std::min(synced_through(), begin)};
  header.crc32c = record_crc(header, operations_crc);
  const std::uint64_t bytes = record_bytes(reservation.operations_bytes);
  const std::size_t end = segment.used + bytes;
  mark_end(segment, end);
  write_all_but_length(at, header);
  // The length last, over the mark that stands there: a process killed anywhere before has written
  // nothing, and one killed after it a whole record.
  std::atomic_ref(*reinterpret_cast<std::uint32_t*>(at))
      .store(header.operations_bytes, std::memory_order_release);
  if (writes_files_) [[unlikely]]
    QUARTZ_TRY(write_record(end));
  segment.used = end;
  sync_.appended(begin + bytes);
  if (end >= advance_at_) [[unlikely]]
    advance_at_ = preparer_->advance(end);
  return begin + bytes;
}

Result<void> Log::write_record(std::size_t end) {
  LogSegment& segment = *current_;
  const std::size_t begin = segment.used;
  // Where a longer record failed, its rest may stand in the file behind this one.
  std::size_t written_end = end;
  if (end < unclear_until_) written_end = std::min(end + kEndMarkBytes, segment.capacity);
  const auto written =
      segment.file->write_at(begin, segment.memory.bytes().subspan(begin, written_end - begin));
  if (written) return {};
  if (written.error().code() == Errc::no_space) {
    // A full disk took a part of the record at most. Its length is taken back, should it have come
    // that far; where nothing was written this fails, too, and is not needed.
    unclear_until_ = std::max(unclear_until_, written_end);
    mark_end(segment, begin);
    (void)segment.file->write_at(begin, segment.memory.bytes().subspan(begin, kEndMarkBytes));
    return written.error();
  }
  return write_failed(segment, written.error());
}

Error Log::write_failed(const LogSegment& segment, const Error& cause) {
  if (mutant("a_failed_log_write_does_not_end_writing")) return cause;
  sync_.poison(Error(Errc::reopen_required, segment.path.string() + ": log write failed (" +
                                                cause.message() +
                                                "); reopen the engine to recover"));
  return *poisoned();
}

Result<std::shared_ptr<LogSegment>> Log::roll(std::size_t operations_bytes,
                                              Sequence first_sequence) {
  if (auto error = poisoned()) return *std::move(error);
  QUARTZ_CHECK(operations_bytes <= std::numeric_limits<std::uint32_t>::max());
  const std::size_t needed =
      round_up(kSegmentHeaderBytes + record_bytes(operations_bytes), kPageBytes);
  QUARTZ_ASSIGN(auto next, preparer_->take(std::max(needed, options_.segment_bytes)));
  if (auto begun = begin_segment(*next, first_sequence); !begun) {
    // A whole header ends the segments before it, so anything but a full disk, which took less than
    // the header, leaves it unclear where the log goes on.
    if (begun.error().code() != Errc::no_space) return write_failed(*next, begun.error());
    preparer_->put_back(std::move(next));
    return std::move(begun).error();
  }
  sync_.begin_segment(next);
  make_current(std::move(next));
  return current_;
}

bool Log::expect_syncs() {
  if (!expects_syncs_) {
    expects_syncs_ = true;
    preparer_->expect_syncs();
  }
  return current_->huge_pages;
}

void Log::retire(std::shared_ptr<LogSegment> segment) {
  MutexLock lock(retired_mutex_);
  retired_.push_back(std::move(segment));
}

Result<void> Log::reclaim() {
  std::vector<std::shared_ptr<LogSegment>> queued;
  {
    MutexLock lock(retired_mutex_);
    queued.swap(retired_);
  }
  Result<void> result;
  bool removed = false;
  for (auto& segment : queued) {
    auto disposed = dispose(segment);
    if (!disposed && result)
      result = std::move(disposed).error();
    else if (disposed)
      removed |= *disposed;
  }
  {
    MutexLock lock(retired_mutex_);
    for (auto& segment : queued) {
      if (segment) retired_.push_back(std::move(segment));
    }
  }
  if (removed && result) return files_.sync_directory(options_.directory);
  return result;
}

// Makes `segment` a spare, or lets it go with its file (true), or leaves it as it is.
Result<bool> Log::dispose(std::shared_ptr<LogSegment>& segment) {
  if (!mutant("segments_go_before_the_next_header_is_synced")) {
    QUARTZ_TRY(sync_.wait_successor_synced(segment->id));
  }
  preparer_->settle(*segment);
  if (segment.use_count() != 1 && !mutant("segments_go_while_somebody_reads_them")) return false;
  // Reading the count orders nothing. Raising and lowering it does: what the last other holder read
  // from the memory happens before whatever is written there next.
  std::shared_ptr<LogSegment>(segment).reset();
  const bool own = segment->id >= first_id_;
  const bool has_file = !segment->path.empty();
  const bool spared = preparer_->offer_spare(segment);
  if (!spared && has_file) {
    auto removed = files_.remove(segment->path);
    if (!removed && removed.error().code() != Errc::not_found) return std::move(removed).error();
  }
  segment = nullptr;
  if (own) segments_.fetch_sub(1, std::memory_order_relaxed);
  return !spared && has_file;
}

LogStatistics Log::statistics() const {
  return {.bytes_written = end_position() - opened_at_,
          .segments = segments_.load(std::memory_order_relaxed),
          .segments_recycled = preparer_->recycled(),
          .segments_waited = preparer_->waited(),
          .syncs = sync_.syncs(),
          .synced_writes = sync_.synced_writes()};
}

}  // namespace quartz::storage
