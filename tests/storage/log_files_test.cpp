#include "storage/log_files.hpp"

#include <cstring>
#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/log_scenario.hpp"
#include "support/result_matchers.hpp"

namespace quartz::storage {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

LogFiles list(const LogScenario& scenario,
              std::optional<std::uint64_t> database_id = LogScenario::kDatabaseId) {
  return list_log_files(scenario.files, scenario.scratch.path(), database_id).value();
}

void rewrite_header(const LogScenario& scenario, std::uint32_t id,
                    const std::function<void(SegmentHeader&)>& change) {
  SegmentHeader header;
  const std::string bytes = contents(scenario.file(id));
  std::memcpy(&header, bytes.data(), sizeof(header));
  change(header);
  header.crc32c = segment_header_crc(header);
  overwrite(scenario.file(id), 0, {reinterpret_cast<const char*>(&header), sizeof(header)});
}

TEST(LogFiles, segments_come_in_order_and_end_where_the_next_begins) {
  LogScenario scenario;
  scenario.open();
  scenario.put_numbered(1, 2000);
  scenario.close();
  const LogFiles files = list(scenario);
  ASSERT_GT(files.segments.size(), 3u);
  for (std::size_t i = 0; i + 1 < files.segments.size(); ++i) {
    EXPECT_LT(files.segments[i].id, files.segments[i + 1].id);
    EXPECT_EQ(files.segments[i].limit, files.segments[i + 1].start());
    EXPECT_EQ(files.segments[i].position_of(files.segments[i].records_end()),
              files.segments[i + 1].start());
  }
  EXPECT_FALSE(files.segments.back().limit);
  EXPECT_EQ(files.segments.back().records_end(), LogScenario::kSegmentBytes);
  EXPECT_EQ(files.id_max, files.segments.back().id);
}

TEST(LogFiles, a_younger_segment_ends_older_ones_in_the_middle) {
  LogScenario scenario;
  scenario.open();
  scenario.put_numbered(1, 10);
  scenario.roll();
  scenario.put_numbered(11, 20);
  const LogPosition cut = scenario.log_end(5);
  scenario.open_at({.next_segment_id = 9, .position = cut, .next_sequence = 6});
  scenario.close();
  const LogFiles files = list(scenario);
  ASSERT_THAT(files.segments, SizeIs(2));
  EXPECT_EQ(files.segments[0].id, 1u);
  EXPECT_EQ(files.segments[0].limit, cut);
  EXPECT_EQ(files.segments[1].id, 9u);
  EXPECT_THAT(files.unused, ElementsAre(scenario.file(2)));
}

TEST(LogFiles, headers_of_other_databases_and_versions_are_refused) {
  LogScenario scenario;
  scenario.open();
  scenario.roll();
  scenario.close();
  rewrite_header(scenario, 1, [](SegmentHeader& header) { header.database_id = 5; });
  rewrite_header(scenario, 2, [](SegmentHeader& header) { header.format_version = 5; });
  const LogFiles files = list(scenario);
  ASSERT_THAT(files.refused, SizeIs(2));
  EXPECT_EQ(files.refused[0].error.code(), Errc::corruption);
  EXPECT_EQ(files.refused[1].error.code(), Errc::unsupported);
  EXPECT_THAT(list(scenario, std::nullopt).segments, SizeIs(1));
}

TEST(LogFiles, records_behind_a_damaged_header_are_summed_up) {
  LogScenario scenario;
  scenario.open();
  scenario.put_numbered(1, 3);
  scenario.sync();
  scenario.put_numbered(4, 4);
  scenario.close();
  flip_bit(scenario.file(1), 1, 1);
  const LogFiles files = list(scenario);
  EXPECT_THAT(files.segments, IsEmpty());
  ASSERT_THAT(files.headless, SizeIs(1));
  EXPECT_EQ(files.headless[0].first_sequence, 1u);
  EXPECT_EQ(files.headless[0].last_sequence, 4u);
  EXPECT_EQ(files.headless[0].synced_through, scenario.log_end(3));
  EXPECT_EQ(files.headless[0].record_bytes, scenario.log_end(4));
}

TEST(LogFiles, headers_with_absurd_numbers_count_as_damaged) {
  for (const auto& change : std::vector<std::function<void(SegmentHeader&)>>{
           [](SegmentHeader& header) { header.start_position = ~LogPosition{0}; },
           [](SegmentHeader& header) { header.first_sequence = 0; },
           [](SegmentHeader& header) { header.first_sequence = kSequenceMax; },
           [](SegmentHeader& header) { header.synced_through = header.start_position + 1; }}) {
    LogScenario scenario;
    scenario.open();
    scenario.put_numbered(1, 3);
    scenario.close();
    rewrite_header(scenario, 1, change);
    EXPECT_THAT(list(scenario).segments, IsEmpty());
    EXPECT_THAT(list(scenario).headless, SizeIs(1));
  }
}

TEST(LogFiles, a_header_that_promises_more_than_the_file_has_is_not_believed) {
  LogScenario scenario;
  scenario.open();
  scenario.put_numbered(1, 3);
  scenario.close();
  rewrite_header(scenario, 1, [](SegmentHeader& header) { header.segment_bytes = 1ull << 60; });
  EXPECT_EQ(list(scenario).segments.at(0).bytes, LogScenario::kSegmentBytes);
  rewrite_header(scenario, 1, [](SegmentHeader& header) { header.segment_bytes = 0; });
  EXPECT_EQ(list(scenario).segments.at(0).records_end(), kSegmentHeaderBytes);
}

TEST(LogFiles, a_reader_judges_what_is_at_an_offset) {
  LogScenario scenario;
  scenario.options.segment_bytes = 8u << 20;
  scenario.open();
  scenario.put_numbered(1, 10);
  scenario.close();
  const LogFiles files = list(scenario);
  auto reader = SegmentReader::open(scenario.files, files.segments.at(0)).value();
  const auto step = reader.read(kSegmentHeaderBytes, 1);
  ASSERT_THAT(step, Succeeds());
  EXPECT_EQ(step->fault, RecordFault::none);
  EXPECT_EQ(OperationView(step->operations.data()).key(), "key 1");
  EXPECT_EQ(reader.read(kSegmentHeaderBytes, 2)->fault, RecordFault::sequence);
  EXPECT_EQ(reader.read(8u << 20, 1)->fault, RecordFault::end);
}

}  // namespace
}  // namespace quartz::storage
