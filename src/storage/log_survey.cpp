#include "storage/log_survey.hpp"

#include <algorithm>

#include "base/try.hpp"

namespace quartz::storage {
namespace {

void hear(Survey& survey, LogPosition claim, const io::Path& witness) {
  if (claim <= survey.claimed) return;
  survey.claimed = claim;
  survey.witness = witness;
}

// How far the bad record itself seems to reach.
std::uint64_t apparent_bytes(const SegmentFile& segment, std::uint64_t offset,
                             const SegmentReader::Step& step) {
  if (step.fault == RecordFault::end) return 0;
  const std::uint64_t room = segment.records_end() - offset;
  const std::uint64_t bytes = record_bytes(step.header.operations_bytes);
  // With an impossible length no more than the header can be taken for written.
  return step.fault == RecordFault::length ? std::min<std::uint64_t>(kRecordHeaderBytes, room)
                                           : std::min(bytes, room);
}

Result<void> survey_segment(const SegmentFile& segment, const SegmentReader& reader,
                            std::uint64_t offset, const SegmentReader::Step& step,
                            Sequence expected, Survey& survey) {
  std::uint64_t end = offset + apparent_bytes(segment, offset, step);
  RecordScanner scanner = reader.scan(offset + kRecordAlignment, expected);
  while (true) {
    QUARTZ_ASSIGN(const auto found, scanner.next());
    if (!found) break;
    survey.records_in_segment = true;
    survey.anything = true;
    end = std::max(end, found->offset + record_bytes(found->header.operations_bytes));
    hear(survey, found->header.synced_through, segment.path);
  }
  // Where a younger segment follows, all up to it was written.
  if (segment.limit) end = std::max(end, segment.offset_of(*segment.limit));
  survey.written_bytes += end - offset;
  return {};
}

Result<void> survey_later(io::FileSystem& files, const SegmentFile& segment, Survey& survey) {
  survey.anything = true;
  hear(survey, segment.header.synced_through, segment.path);
  QUARTZ_ASSIGN(const auto file, files.open(segment.path, io::OpenMode::read));
  RecordScanner scanner(*file, segment.id, segment.start(), kSegmentHeaderBytes,
                        segment.records_end(), segment.header.first_sequence);
  while (true) {
    QUARTZ_ASSIGN(const auto found, scanner.next());
    if (!found) return {};
    survey.written_bytes += record_bytes(found->header.operations_bytes);
    hear(survey, found->header.synced_through, segment.path);
  }
}

}  // namespace

Result<Survey> survey_behind(io::FileSystem& files, const LogFiles& log, std::size_t index,
                             const SegmentReader& reader, std::uint64_t offset,
                             const SegmentReader::Step& step, Sequence expected) {
  Survey survey;
  const SegmentFile& segment = log.segments[index];
  QUARTZ_TRY(survey_segment(segment, reader, offset, step, expected, survey));
  for (std::size_t later = index + 1; later < log.segments.size(); ++later) {
    QUARTZ_TRY(survey_later(files, log.segments[later], survey));
  }
  for (const HeadlessFile& headless : log.headless) {
    // An older one was cut off together with what a younger segment replaced, or is not needed.
    if (headless.id < segment.id || headless.last_sequence < expected) continue;
    survey.anything = true;
    survey.written_bytes += headless.record_bytes;
    hear(survey, headless.synced_through, headless.path);
    const bool is_next =
        index + 1 == log.segments.size() || headless.id < log.segments[index + 1].id;
    if (is_next && survey.headless == nullptr) survey.headless = &headless;
  }
  return survey;
}

}  // namespace quartz::storage
