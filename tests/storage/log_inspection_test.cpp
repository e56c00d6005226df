#include "storage/log_inspection.hpp"

#include <cstring>
#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/log_scenario.hpp"
#include "support/faulty_file_system.hpp"
#include "support/result_matchers.hpp"

namespace quartz::storage {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST(LogInspection, a_whole_log_has_no_damage) {
  LogScenario scenario;
  scenario.open();
  scenario.put_numbered(1, 1500);
  scenario.close();
  const auto found = scenario.inspect(scenario.scratch.path());
  ASSERT_THAT(found, Succeeds());
  EXPECT_THAT(found->damage, IsEmpty());
  EXPECT_EQ(found->record_count, 1500u);
  EXPECT_EQ(found->unfinished_tail_bytes, 0u);
  EXPECT_EQ(scenario.replayed, scenario.appended);
}

TEST(LogInspection, it_goes_on_behind_damage_and_lists_each_place) {
  LogScenario scenario;
  scenario.open();
  scenario.put_numbered(1, 20);
  scenario.sync();
  scenario.put_numbered(21, 21);
  scenario.close();
  flip_bit(scenario.file(1), scenario.offset_of(3) + 50, 1);
  zero(scenario.file(1), scenario.offset_of(10), 200);
  const auto found = scenario.inspect(scenario.scratch.path());
  ASSERT_THAT(found, Succeeds());
  ASSERT_THAT(found->damage, SizeIs(2));
  EXPECT_EQ(found->damage[0].file, "000001.log");
  EXPECT_EQ(found->damage[0].offset, scenario.offset_of(3));
  EXPECT_THAT(found->damage[0].what, HasSubstr("checksum"));
  EXPECT_EQ(found->damage[1].offset, scenario.offset_of(10));
  auto expected = scenario.appended;
  expected.erase(expected.begin() + 10, expected.begin() + 12);
  expected.erase(expected.begin() + 3);
  EXPECT_EQ(scenario.replayed, expected);
}

TEST(LogInspection, an_unfinished_tail_is_counted_and_is_no_damage) {
  LogScenario scenario;
  scenario.open();
  scenario.put_numbered(1, 20);
  scenario.close();
  zero(scenario.file(1), scenario.offset_of(10), 40);
  const auto found = scenario.inspect(scenario.scratch.path());
  ASSERT_THAT(found, Succeeds());
  EXPECT_THAT(found->damage, IsEmpty());
  EXPECT_EQ(found->unfinished_tail_bytes, scenario.log_end(20) - scenario.log_end(10));
  EXPECT_EQ(scenario.replayed, scenario.first(10));
}

TEST(LogInspection, records_behind_a_damaged_header_are_saved) {
  LogScenario scenario;
  scenario.open();
  scenario.put_numbered(1, 10);
  scenario.roll();
  scenario.put_numbered(11, 20);
  scenario.sync();
  scenario.put_numbered(21, 25);
  scenario.close();
  zero(scenario.file(2), 0, kSegmentHeaderBytes);
  const auto found = scenario.inspect(scenario.scratch.path());
  ASSERT_THAT(found, Succeeds());
  ASSERT_THAT(found->damage, SizeIs(1));
  EXPECT_EQ(found->damage[0].file, "000002.log");
  EXPECT_EQ(scenario.replayed, scenario.appended);
}

TEST(LogInspection, a_damaged_header_that_keeps_a_log_from_opening_is_listed_whatever_it_had) {
  LogScenario scenario;
  scenario.open();
  scenario.put_numbered(1, 10);
  scenario.roll();
  scenario.put_numbered(11, 20);
  scenario.sync();
  scenario.put_numbered(21, 21);
  scenario.close();
  zero(scenario.file(2), 0, kSegmentHeaderBytes);
  ASSERT_THAT(scenario.replay(21), FailsWith(Errc::corruption, HasSubstr("000002.log")));
  const auto found = scenario.inspect(scenario.scratch.path(), 21);
  ASSERT_THAT(found, Succeeds());
  ASSERT_THAT(found->damage, SizeIs(1));
  EXPECT_EQ(found->damage[0].file, "000002.log");
}

TEST(LogInspection, a_missing_segment_is_listed_and_the_rest_is_saved) {
  LogScenario scenario;
  scenario.open();
  scenario.put_numbered(1, 10);
  scenario.roll();
  scenario.put_numbered(11, 20);
  scenario.close();
  std::filesystem::remove(scenario.file(1));
  auto found = scenario.inspect(scenario.scratch.path());
  ASSERT_THAT(found, Succeeds());
  ASSERT_THAT(found->damage, SizeIs(1));
  EXPECT_THAT(found->damage[0].what, HasSubstr("between sequence 1 and 10"));
  EXPECT_EQ(scenario.replayed.size(), 10u);
  found = scenario.inspect(scenario.scratch.path(), 10);
  ASSERT_THAT(found, Succeeds());
  EXPECT_THAT(found->damage, IsEmpty());
}

TEST(LogInspection, an_applied_segment_may_end_before_the_next_begins) {
  LogScenario scenario;
  scenario.open();
  scenario.put_numbered(1, 10);
  scenario.roll();
  scenario.put_numbered(11, 20);
  scenario.roll();
  scenario.sync();
  scenario.put_numbered(21, 30);
  scenario.close();
  std::filesystem::remove(scenario.file(2));
  const auto found = scenario.inspect(scenario.scratch.path(), 20);
  ASSERT_THAT(found, Succeeds());
  EXPECT_THAT(found->damage, IsEmpty());
  EXPECT_EQ(found->record_count, 20u);
}

TEST(LogInspection, foreign_and_unreadable_files_are_damage_and_no_error) {
  LogScenario scenario;
  scenario.open();
  scenario.put_numbered(1, 5);
  scenario.close();
  std::filesystem::create_directory(scenario.file(9));
  const auto found = scenario.inspect(scenario.scratch.path());
  ASSERT_THAT(found, Succeeds());
  ASSERT_THAT(found->damage, SizeIs(1));
  EXPECT_EQ(found->damage[0].file, "000009.log");
  EXPECT_EQ(scenario.replayed, scenario.appended);
}

TEST(LogInspection, a_segment_that_does_not_go_on_where_the_log_ends_is_damage) {
  LogScenario scenario;
  scenario.open();
  scenario.put_numbered(1, 10);
  scenario.roll();
  scenario.put_numbered(11, 20);
  scenario.close();
  SegmentHeader header;
  const std::string bytes = contents(scenario.file(2));
  std::memcpy(&header, bytes.data(), sizeof header);
  header.first_sequence = 12;
  header.crc32c = segment_header_crc(header);
  overwrite(scenario.file(2), 0, {reinterpret_cast<const char*>(&header), sizeof header});
  ASSERT_THAT(scenario.replay(), FailsWith(Errc::corruption, HasSubstr("begins with sequence 12")));
  const auto found = scenario.inspect(scenario.scratch.path());
  ASSERT_THAT(found, Succeeds());
  ASSERT_FALSE(found->damage.empty());
  EXPECT_EQ(found->damage[0].file, "000002.log");
  EXPECT_THAT(found->damage[0].what, HasSubstr("begins with sequence 12"));
}

TEST(LogInspection, the_last_possible_id_is_damage) {
  LogScenario scenario;
  scenario.open();
  scenario.put("a", "1");
  scenario.close();
  std::filesystem::copy_file(scenario.file(1), scenario.file(0xFFFFFFFF));
  const auto found = scenario.inspect(scenario.scratch.path());
  ASSERT_THAT(found, Succeeds());
  ASSERT_THAT(found->damage, SizeIs(1));
  EXPECT_EQ(found->damage[0].file, "4294967295.log");
  EXPECT_EQ(scenario.replayed, scenario.appended);
}

TEST(LogInspection, the_list_of_damage_is_bounded) {
  LogScenario scenario;
  scenario.options.segment_bytes = 1u << 20;
  scenario.open();
  scenario.put_numbered(1, 3000);
  scenario.sync();
  scenario.put_numbered(3001, 3001);
  scenario.close();
  for (std::size_t i = 0; i < 3000; i += 2)
    flip_bit(scenario.file(1), scenario.offset_of(i) + 40, 0);
  const auto found = scenario.inspect(scenario.scratch.path());
  ASSERT_THAT(found, Succeeds());
  EXPECT_THAT(found->damage, SizeIs(1001));
  EXPECT_EQ(found->record_count, 1501u);
}

TEST(LogInspection, the_visitors_error_ends_it) {
  LogScenario scenario;
  scenario.open();
  scenario.put_numbered(1, 5);
  scenario.close();
  EXPECT_THAT(inspect_log(scenario.files, {.directory = scenario.scratch.path()},
                          [](const ReplayedRecord&) -> Result<void> {
                            return Error(Errc::cancelled, "enough");
                          }),
              FailsWith(Errc::cancelled));
}

}  // namespace
}  // namespace quartz::storage
