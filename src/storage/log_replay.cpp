#include "storage/log_replay.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/mutant.hpp"
#include "base/try.hpp"
#include "storage/log_files.hpp"
#include "storage/log_survey.hpp"

namespace quartz::storage {
namespace {

constexpr std::uint64_t kProgressBytes = std::uint64_t{1} << 20;  // Between two reports.

using Visitor = std::function<Result<void>(const ReplayedRecord&)>;

Error header_damaged(const HeadlessFile& file, const std::string& evidence) {
  return Error(Errc::corruption,
               file.path.string() + ": the segment header at offset 0 is damaged; " + evidence);
}

// One run over the log.
class LogReplayer {
 public:
  LogReplayer(io::FileSystem& files, const ReplayOptions& options, const Visitor& visit)
      : files_(files), options_(options), visit_(visit) {}

  Result<LogReplay> run();

 private:
  Result<std::size_t> first_needed() const;
  Error not_connected() const;
  Result<bool> replay_segment(std::size_t index);
  Result<void> show(const SegmentReader::Step& step, const std::shared_ptr<LogSegment>& segment);
  Result<void> judge(std::size_t index, const SegmentReader& reader, std::uint64_t offset,
                     const SegmentReader::Step& step);
  void finish_segment(const SegmentFile& file, std::shared_ptr<LogSegment> segment);
  Result<void> finish(std::size_t first);
  void report_progress(std::uint64_t done) const;

  io::FileSystem& files_;
  const ReplayOptions& options_;
  const Visitor& visit_;
  LogFiles log_;
  LogReplay replay_;
  Sequence expected_ = 0;           // Of the next record.
  LogPosition claimed_ = 0;         // The largest position that a valid record calls durable.
  std::uint64_t bytes_before_ = 0;  // Of the segments done, for the progress.
  std::uint64_t bytes_total_ = 0;
};

Result<LogReplay> LogReplayer::run() {
  QUARTZ_ASSIGN(log_, list_log_files(files_, options_.directory, options_.database_id));
  if (!log_.refused.empty()) return log_.refused.front().error;
  if (log_.id_max == std::numeric_limits<std::uint32_t>::max()) {
    return Error(Errc::corruption, (options_.directory / segment_file_name(log_.id_max)).string() +
                                       ": no segment can follow this id");
  }
  QUARTZ_ASSIGN(const std::size_t first, first_needed());
  for (std::size_t i = first; i < log_.segments.size(); ++i) {
    bytes_total_ += log_.segments[i].records_end();
  }
  expected_ = first < log_.segments.size() ? log_.segments[first].header.first_sequence : 0;
  std::size_t index = first;
  bool goes_on = true;
  while (goes_on && index < log_.segments.size()) {
    QUARTZ_ASSIGN(goes_on, replay_segment(index));
    ++index;
  }
  for (std::size_t i = 0; i < first; ++i) replay_.obsolete.push_back(log_.segments[i].path);
  for (; index < log_.segments.size(); ++index) {
    replay_.obsolete.push_back(log_.segments[index].path);
  }
  QUARTZ_TRY(finish(first));
  return std::move(replay_);
}

// Index of the segment that the record after `applied` is in, or will be. Those before it need not
// be read, nor be there.
Result<std::size_t> LogReplayer::first_needed() const {
  const auto& segments = log_.segments;
  for (std::size_t i = segments.size(); i > 0; --i) {
    if (segments[i - 1].header.first_sequence <= options_.applied + 1) return i - 1;
  }
  const auto needed = [&](const HeadlessFile& file) {
    return file.last_sequence > options_.applied;
  };
  if (segments.empty() && std::none_of(log_.headless.begin(), log_.headless.end(), needed)) {
    return std::size_t{0};
  }
  return not_connected();
}

Error LogReplayer::not_connected() const {
  for (const HeadlessFile& file : log_.headless) {
    if (file.last_sequence <= options_.applied) continue;
    // The segment before it is gone, and goes only when this header is on disk.
    return header_damaged(file, "its records from sequence " + std::to_string(file.first_sequence) +
                                    " on are needed");
  }
  const SegmentFile& first = log_.segments.front();
  return Error(Errc::corruption,
               first.path.string() + ": records between sequence " +
                   std::to_string(options_.applied + 1) + " and " +
                   std::to_string(first.header.first_sequence - 1) +
                   " are missing before this segment (its header at offset 0 says so)");
}

// Whether the log goes on in the next segment.
Result<bool> LogReplayer::replay_segment(std::size_t index) {
  const SegmentFile& file = log_.segments[index];
  if (file.header.first_sequence != expected_) {
    return Error(Errc::corruption,
                 file.path.string() + ": the header at offset 0 begins with sequence " +
                     std::to_string(file.header.first_sequence) +
                     ", but the log before it ends at " + std::to_string(expected_ - 1));
  }
  claimed_ = std::max(claimed_, file.header.synced_through);
  QUARTZ_ASSIGN(SegmentReader reader, SegmentReader::open(files_, file));
  std::uint64_t offset = kSegmentHeaderBytes;
  const auto at_limit = [&] { return file.limit && file.position_of(offset) >= *file.limit; };
  SegmentReader::Step step;
  std::uint64_t reported = 0;
  while (!at_limit()) {
    QUARTZ_ASSIGN(step, reader.read(offset, expected_));
    if (step.fault != RecordFault::none) break;
    claimed_ = std::max(claimed_, step.header.synced_through);
    expected_ += step.header.operation_count;
    offset += record_bytes(step.header.operations_bytes);
    if (expected_ - 1 > options_.applied) QUARTZ_TRY(show(step, reader.memory()));
    if (offset - reported >= kProgressBytes) report_progress(bytes_before_ + (reported = offset));
  }
  const bool goes_on = at_limit();
  if (!goes_on) QUARTZ_TRY(judge(index, reader, offset, step));
  replay_.start.position = file.position_of(offset);
  bytes_before_ += file.records_end();
  finish_segment(file, reader.finish(offset));
  return goes_on;
}

Result<void> LogReplayer::show(const SegmentReader::Step& step,
                               const std::shared_ptr<LogSegment>& segment) {
  ++replay_.record_count;
  replay_.operation_count += step.header.operation_count;
  replay_.bytes += record_bytes(step.header.operations_bytes);
  return visit_({.segment = segment,
                 .first_sequence = step.header.first_sequence,
                 .operation_count = step.header.operation_count,
                 .operations = step.operations});
}

// Decides what a place without a valid record means: the end of the log, a tail to drop, or damage.
Result<void> LogReplayer::judge(std::size_t index, const SegmentReader& reader,
                                std::uint64_t offset, const SegmentReader::Step& step) {
  const SegmentFile& file = log_.segments[index];
  QUARTZ_ASSIGN(const Survey survey,
                survey_behind(files_, log_, index, reader, offset, step, expected_));
  const LogPosition position = file.position_of(offset);
  const bool no_record = step.fault == RecordFault::end;
  if (survey.claimed > position && !mutant("damage_in_the_middle_of_the_log_ends_it")) {
    const std::string evidence = "a record in " + survey.witness.filename().string() +
                                 " knows that the log was on disk up to position " +
                                 std::to_string(survey.claimed) + ", beyond this one at " +
                                 std::to_string(position);
    // If the records simply stop here, it is the next segment that lost its header.
    if (no_record && !survey.records_in_segment && survey.headless != nullptr) {
      return header_damaged(*survey.headless, evidence);
    }
    return Error(Errc::corruption, file.path.string() + ": " + std::string(to_string(step.fault)) +
                                       " at offset " + std::to_string(offset) + "; " + evidence);
  }
  if (no_record && !survey.anything) return {};
  replay_.dropped_bytes = survey.written_bytes;
  replay_.dropped_reason = file.path.string() + ": " + std::string(to_string(step.fault)) +
                           " at offset " + std::to_string(offset) +
                           "; it was never known to be on disk, so the log ends there";
  return {};
}

void LogReplayer::finish_segment(const SegmentFile& file, std::shared_ptr<LogSegment> segment) {
  if (expected_ - 1 <= options_.applied || segment->used == kSegmentHeaderBytes) {
    replay_.obsolete.push_back(file.path);
  } else {
    replay_.segments.push_back(std::move(segment));
  }
}

Result<void> LogReplayer::finish(std::size_t first) {
  for (const HeadlessFile& file : log_.headless) replay_.obsolete.push_back(file.path);
  for (io::Path& path : log_.unused) replay_.obsolete.push_back(std::move(path));
  LogStart& start = replay_.start;
  start.next_segment_id = log_.id_max + 1;
  start.next_sequence = std::max(expected_, options_.applied + 1);
  // Only what a record could be trusted to know; the records behind may be in the page cache alone.
  start.synced_through = std::min(claimed_, start.position);
  for (const auto& segment : replay_.segments) {
    if (mutant("replayed_records_count_as_synced")) break;
    if (segment->end_position() > start.synced_through) start.unsynced.push_back(segment);
  }
  // Files before the first needed one are about to go, so its header must be on disk: else a power
  // cut could take it and leave records whose place nobody knows.
  const bool predecessor = first > 0 || (!replay_.segments.empty() && !log_.segments.empty() &&
                                         replay_.segments.front()->id != log_.segments[first].id);
  const bool careless = mutant("the_first_needed_header_is_not_synced");
  if (predecessor && !replay_.segments.empty() && !careless) {
    QUARTZ_TRY(replay_.segments.front()->file->sync_data());
  }
  report_progress(bytes_total_);
  return {};
}

void LogReplayer::report_progress(std::uint64_t done) const {
  if (options_.progress) options_.progress(done, bytes_total_);
}

}  // namespace

std::uint64_t offset_of(const ReplayedRecord& record) noexcept {
  const std::byte* const first = record.segment->memory.data();
  return static_cast<std::uint64_t>(record.operations.data() - first) - kRecordHeaderBytes;
}

std::string names_lost_keyspace(KeyspaceId keyspace) {
  return "names keyspace " + std::to_string(keyspace) +
         ", of which the MANIFEST of the levels knows nothing: it lost its end";
}

Result<LogReplay> replay_log(io::FileSystem& files, const ReplayOptions& options,
                             const Visitor& visit) {
  return LogReplayer(files, options, visit).run();
}

}  // namespace quartz::storage
