#include "storage/log_survey.hpp"

#include <gtest/gtest.h>

#include "storage/log_scenario.hpp"
#include "support/result_matchers.hpp"

namespace quartz::storage {
namespace {

// Surveys what is behind the numbered record of the first segment.
Survey survey_at(LogScenario& scenario, std::size_t index, LogFiles& files) {
  files = list_log_files(scenario.files, scenario.scratch.path(), LogScenario::kDatabaseId).value();
  auto reader = SegmentReader::open(scenario.files, files.segments.at(0)).value();
  const std::uint64_t offset = scenario.offset_of(index);
  const auto step = reader.read(offset, index + 1).value();
  return survey_behind(scenario.files, files, 0, reader, offset, step, index + 1).value();
}

TEST(LogSurvey, behind_the_last_record_there_is_nothing) {
  LogScenario scenario;
  scenario.open();
  scenario.put_numbered(1, 3);
  scenario.close();
  zero(scenario.file(1), scenario.offset_of(2), 200);
  LogFiles files;
  const Survey survey = survey_at(scenario, 2, files);
  EXPECT_FALSE(survey.anything);
  EXPECT_EQ(survey.claimed, 0u);
  EXPECT_EQ(survey.written_bytes, 0u);
}

TEST(LogSurvey, records_behind_it_say_what_was_synced_and_how_much_there_is) {
  LogScenario scenario;
  scenario.open();
  scenario.put_numbered(1, 5);
  scenario.sync();
  scenario.put_numbered(6, 6);
  scenario.close();
  zero(scenario.file(1), scenario.offset_of(2), 40);
  LogFiles files;
  const Survey survey = survey_at(scenario, 2, files);
  EXPECT_TRUE(survey.records_in_segment);
  EXPECT_EQ(survey.claimed, scenario.log_end(5));
  EXPECT_EQ(survey.witness, scenario.file(1));
  EXPECT_EQ(survey.written_bytes, scenario.log_end(6) - scenario.log_end(2));
}

TEST(LogSurvey, later_segments_are_heard_too) {
  LogScenario scenario;
  scenario.open();
  scenario.put_numbered(1, 5);
  scenario.roll();
  scenario.sync();
  scenario.put_numbered(6, 6);
  scenario.close();
  zero(scenario.file(1), scenario.offset_of(2), 400);
  LogFiles files;
  const Survey survey = survey_at(scenario, 2, files);
  EXPECT_EQ(survey.claimed, scenario.log_end(5));
  EXPECT_EQ(survey.witness, scenario.file(2));
}

TEST(LogSurvey, the_next_segment_is_named_if_it_lost_its_header) {
  LogScenario scenario;
  scenario.open();
  scenario.put_numbered(1, 5);
  scenario.roll();
  scenario.put_numbered(6, 9);
  scenario.close();
  zero(scenario.file(2), 0, 64);
  zero(scenario.file(1), scenario.offset_of(4), 100);
  LogFiles files;
  const Survey survey = survey_at(scenario, 4, files);
  ASSERT_NE(survey.headless, nullptr);
  EXPECT_EQ(survey.headless->id, 2u);
  EXPECT_TRUE(survey.anything);
}

}  // namespace
}  // namespace quartz::storage
