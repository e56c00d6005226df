#include "server/statistics/slow_log.hpp"

#include <gtest/gtest.h>

namespace quartz::server {
namespace {

TEST(SlowLog, wants_what_reaches_the_threshold) {
  SlowLog log;
  log.set_threshold(100);
  EXPECT_FALSE(log.wants(99));
  EXPECT_TRUE(log.wants(100));
  log.set_threshold(0);
  EXPECT_TRUE(log.wants(0));
  log.set_threshold(SlowLog::kOff);
  EXPECT_FALSE(log.wants(1'000'000));
}

TEST(SlowLog, of_no_length_wants_nothing) {
  SlowLog log;
  log.set_threshold(0);
  log.set_length_max(0);
  EXPECT_FALSE(log.wants(1));
}

TEST(SlowLog, keeps_the_newest_in_front) {
  SlowLog log;
  log.set_length_max(2);
  for (const char* word : {"a", "b", "c"}) log.add({.duration = 5, .words = {word}});
  const auto entries = log.newest(10);
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].words.front(), "c");
  EXPECT_EQ(entries[0].id, 2u);
  EXPECT_EQ(entries[1].words.front(), "b");
  EXPECT_GT(entries[1].at, 0);
  EXPECT_EQ(log.newest(1).size(), 1u);
}

TEST(SlowLog, one_that_becomes_shorter_forgets_the_oldest) {
  SlowLog log;
  for (const char* word : {"a", "b", "c"}) log.add({.words = {word}});
  log.set_length_max(1);
  ASSERT_EQ(log.size(), 1u);
  EXPECT_EQ(log.newest(1).front().words.front(), "c");
}

TEST(SlowLog, numbers_go_on_when_it_was_cleared) {
  SlowLog log;
  log.add({});
  log.clear();
  EXPECT_EQ(log.size(), 0u);
  log.add({});
  EXPECT_EQ(log.newest(1).front().id, 1u);
}

}  // namespace
}  // namespace quartz::server
