#include "storage/log_inspection.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "base/try.hpp"
#include "storage/log_files.hpp"
#include "storage/log_survey.hpp"

namespace quartz::storage {
namespace {

using Visitor = std::function<Result<void>(const ReplayedRecord&)>;

// Nobody reads more, and a file made of damage must not fill the memory.
constexpr std::size_t kDamageMax = 1000;
constexpr const char* kDamagedHeader = "segment header is damaged";

// Walks over all segments by id, and within each over all records that are whole.
class LogInspector {
 public:
  LogInspector(io::FileSystem& files, const InspectOptions& options, const Visitor& visit)
      : files_(files), options_(options), visit_(visit) {}

  Result<LogInspection> run();

 private:
  // What a place without a valid record is.
  enum class Verdict : std::uint8_t { end, tail, damage };

  void find_first_needed();
  void check_last_id();
  Result<void> inspect_headless_below(std::uint32_t id);
  Result<void> inspect_segment(std::size_t index);
  Result<void> salvage(const SegmentFile& file, const std::optional<std::size_t>& index);
  Result<Verdict> judge(std::size_t index, const SegmentReader& reader, std::uint64_t offset,
                        const SegmentReader::Step& step, Sequence expected);
  Result<void> show(const SegmentReader& reader, const SegmentReader::Step& step);
  void add_damage(const io::Path& path, std::uint64_t offset, std::string what);

  io::FileSystem& files_;
  const InspectOptions& options_;
  const Visitor& visit_;
  LogFiles log_;
  LogInspection found_;
  std::optional<Error> visitor_error_;  // Told from errors of the file system, which are damage.
  std::size_t first_needed_ = 0;
  std::size_t headless_done_ = 0;
  std::optional<LogPosition> claimed_;  // By what follows; known after the first bad place.
  std::optional<Sequence> expected_;    // Of the next segment's first record, if none is missing.
  bool at_end_ = false;                 // Of what a replay would keep.
  std::uint64_t bytes_done_ = 0;
};

Result<LogInspection> LogInspector::run() {
  QUARTZ_ASSIGN(log_, list_log_files(files_, options_.directory, options_.database_id));
  for (const auto& refused : log_.refused) add_damage(refused.path, 0, refused.error.message());
  for (const SegmentFile& file : log_.segments) found_.bytes += file.bytes;
  for (const HeadlessFile& file : log_.headless) found_.bytes += file.bytes;
  found_.files = log_.segments.size() + log_.headless.size() + log_.refused.size();
  check_last_id();
  find_first_needed();
  for (std::size_t i = 0; i < log_.segments.size() && !at_end_; ++i) {
    QUARTZ_TRY(inspect_headless_below(log_.segments[i].id));
    QUARTZ_TRY(inspect_segment(i));
  }
  if (!at_end_) QUARTZ_TRY(inspect_headless_below(~std::uint32_t{0}));
  if (options_.progress) options_.progress(found_.bytes, found_.bytes);
  return std::move(found_);
}

void LogInspector::check_last_id() {
  if (log_.id_max != std::numeric_limits<std::uint32_t>::max()) return;
  add_damage(segment_file_name(log_.id_max), 0, "no segment can follow this id");
}

void LogInspector::find_first_needed() {
  const auto& segments = log_.segments;
  for (std::size_t i = segments.size(); i > 0; --i) {
    if (segments[i - 1].header.first_sequence > options_.applied + 1) continue;
    first_needed_ = i - 1;
    return;
  }
  if (segments.empty()) return;
  add_damage(segments.front().path, 0,
             "records between sequence " + std::to_string(options_.applied + 1) + " and " +
                 std::to_string(segments.front().header.first_sequence - 1) +
                 " are missing before this segment");
}

// What is still in files without their headers, in its place among the others.
Result<void> LogInspector::inspect_headless_below(std::uint32_t id) {
  for (; headless_done_ < log_.headless.size(); ++headless_done_) {
    const HeadlessFile& headless = log_.headless[headless_done_];
    if (headless.id > id) return {};
    if (headless.last_sequence > options_.applied) {
      add_damage(headless.path, 0, kDamagedHeader);
    }
    SegmentFile file;
    file.path = headless.path;
    file.id = headless.id;
    file.bytes = headless.bytes;
    file.header.first_sequence = headless.first_sequence;
    // Unknown; large, so that no record is blamed for what it says was synced.
    file.header.start_position = LogPosition{1} << 62;
    if (auto saved = salvage(file, {}); !saved) {
      if (visitor_error_) return *visitor_error_;
      add_damage(file.path, 0, saved.error().message());
    }
  }
  return {};
}

Result<void> LogInspector::inspect_segment(std::size_t index) {
  const SegmentFile& file = log_.segments[index];
  const auto expected = std::exchange(expected_, std::nullopt);
  if (index > first_needed_ && expected && file.header.first_sequence != *expected) {
    add_damage(file.path, 0,
               "the header begins with sequence " + std::to_string(file.header.first_sequence) +
                   ", but the log before it ends at " + std::to_string(*expected - 1));
  }
  auto saved = salvage(file, index);
  bytes_done_ += file.bytes;
  if (options_.progress) options_.progress(bytes_done_, found_.bytes);
  if (saved) return {};
  if (visitor_error_) return *visitor_error_;
  add_damage(file.path, 0, saved.error().message());
  return {};
}

// Shows all whole records of one file. `index` is its place in the log, if it has one.
Result<void> LogInspector::salvage(const SegmentFile& file,
                                   const std::optional<std::size_t>& index) {
  QUARTZ_ASSIGN(SegmentReader reader, SegmentReader::open(files_, file));
  RecordScanner scanner = reader.scan(kSegmentHeaderBytes, file.header.first_sequence);
  std::uint64_t offset = kSegmentHeaderBytes;
  Sequence expected = file.header.first_sequence;
  bool whole = true;
  while (!file.limit || file.position_of(offset) < *file.limit) {
    QUARTZ_ASSIGN(const auto step, reader.read(offset, expected));
    if (step.fault == RecordFault::none) {
      QUARTZ_TRY(show(reader, step));
      offset += record_bytes(step.header.operations_bytes);
      expected += step.header.operation_count;
      continue;
    }
    whole = false;
    if (index && *index >= first_needed_) {
      QUARTZ_ASSIGN(const Verdict verdict, judge(*index, reader, offset, step, expected));
      at_end_ = verdict != Verdict::damage;
      if (at_end_) break;
    }
    scanner.seek(offset, expected);
    QUARTZ_ASSIGN(const auto next, scanner.next());
    // Of a segment that is not needed any more the end may be missing, but nothing in between.
    if (next && index && *index < first_needed_) {
      add_damage(file.path, offset, std::string(to_string(step.fault)));
    }
    if (!next) break;
    offset = next->offset;
    expected = next->header.first_sequence;
  }
  if (whole) expected_ = expected;
  reader.finish(std::min(offset, file.records_end()));
  return {};
}

Result<LogInspector::Verdict> LogInspector::judge(std::size_t index, const SegmentReader& reader,
                                                  std::uint64_t offset,
                                                  const SegmentReader::Step& step,
                                                  Sequence expected) {
  const SegmentFile& file = log_.segments[index];
  const LogPosition position = file.position_of(offset);
  const std::string what(to_string(step.fault));
  // One look at everything behind gives the largest claim there is, and whatever lies before that
  // is damage without another look: a log full of holes takes no longer.
  if (claimed_ && *claimed_ > position) {
    add_damage(file.path, offset, what);
    return Verdict::damage;
  }
  QUARTZ_ASSIGN(const Survey survey,
                survey_behind(files_, log_, index, reader, offset, step, expected));
  claimed_ = survey.claimed;
  const bool no_record = step.fault == RecordFault::end;
  if (survey.claimed > position) {
    // If the records simply stop, it is the next segment that is damaged, and listed in its turn.
    const bool blameless = no_record && !survey.records_in_segment && survey.headless != nullptr;
    if (!blameless) {
      add_damage(file.path, offset, what);
    } else if (survey.headless->last_sequence <= options_.applied) {
      // Of records that are in the levels nothing would be said.
      add_damage(survey.headless->path, 0, kDamagedHeader);
    }
    return Verdict::damage;
  }
  if (no_record && !survey.anything) return Verdict::end;
  found_.unfinished_tail_bytes = survey.written_bytes;
  return Verdict::tail;
}

Result<void> LogInspector::show(const SegmentReader& reader, const SegmentReader::Step& step) {
  ++found_.record_count;
  found_.operation_count += step.header.operation_count;
  auto shown = visit_({.segment = reader.memory(),
                       .first_sequence = step.header.first_sequence,
                       .operation_count = step.header.operation_count,
                       .operations = step.operations});
  if (!shown) visitor_error_ = shown.error();
  return shown;
}

void LogInspector::add_damage(const io::Path& path, std::uint64_t offset, std::string what) {
  if (found_.damage.size() > kDamageMax) return;
  if (found_.damage.size() == kDamageMax) what = "more damage than can be listed";
  found_.damage.push_back({path.filename().string(), offset, std::move(what)});
}

}  // namespace

Result<std::optional<Sequence>> first_sequence_of_log(io::FileSystem& files,
                                                      const io::Path& directory,
                                                      std::optional<std::uint64_t> database_id) {
  QUARTZ_ASSIGN(const LogFiles log, list_log_files(files, directory, database_id));
  std::optional<Sequence> first;
  const auto note = [&](Sequence sequence) {
    first = std::min(first.value_or(sequence), sequence);
  };
  for (const SegmentFile& segment : log.segments) note(segment.header.first_sequence);
  for (const HeadlessFile& headless : log.headless) note(headless.first_sequence);
  return first;
}

Result<LogInspection> inspect_log(io::FileSystem& files, const InspectOptions& options,
                                  const Visitor& visit) {
  return LogInspector(files, options, visit).run();
}

}  // namespace quartz::storage
