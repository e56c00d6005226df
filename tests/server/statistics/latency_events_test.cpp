#include "server/statistics/latency_events.hpp"

#include <algorithm>
#include <cstdint>

#include <gtest/gtest.h>

namespace quartz::server {
namespace {

constexpr std::uint64_t kMillisecond = 1'000'000;

TEST(LatencyEvents, nothing_is_noted_without_a_threshold) {
  LatencyEvents events;
  events.note("command", 5'000 * kMillisecond);
  EXPECT_TRUE(events.all().empty());
}

TEST(LatencyEvents, what_reaches_the_threshold_is_noted) {
  LatencyEvents events;
  events.set_threshold(10);
  events.note("command", 9 * kMillisecond);
  EXPECT_TRUE(events.all().empty());
  events.note("command", 10 * kMillisecond);
  const auto all = events.all();
  ASSERT_EQ(all.count("command"), 1u);
  EXPECT_EQ(all.at("command").samples.back().duration, 10);
  EXPECT_EQ(all.at("command").longest, 10);
}

TEST(LatencyEvents, the_longest_of_a_second_stands_for_it) {
  LatencyEvents events;
  events.set_threshold(1);
  for (const std::uint64_t duration : {3U, 20U, 5U}) events.note("commit", duration * kMillisecond);
  const auto event = events.all().at("commit");
  EXPECT_EQ(event.longest, 20);
  std::int64_t longest = 0;
  for (const auto& sample : event.samples) longest = std::max(longest, sample.duration);
  EXPECT_EQ(longest, 20);
  EXPECT_LE(event.samples.size(), 3u);
}

TEST(LatencyEvents, are_forgotten_by_name_or_all) {
  LatencyEvents events;
  events.set_threshold(1);
  for (const char* name : {"a", "b", "c"}) events.note(name, kMillisecond);
  EXPECT_EQ(events.forget({"a", "none"}), 1u);
  EXPECT_EQ(events.all().size(), 2u);
  EXPECT_EQ(events.forget({}), 2u);
  EXPECT_TRUE(events.all().empty());
}

}  // namespace
}  // namespace quartz::server
