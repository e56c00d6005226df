#include "bench/report/contest.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench/sample_run.hpp"

namespace quartz::bench {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> titles_of(const RunResult& run) {
  std::vector<std::string> titles;
  for (const Contest& contest : contests_of(run)) titles.push_back(contest.title);
  return titles;
}

std::vector<std::string> entrants_of(const Contest& contest) {
  std::vector<std::string> engines;
  engines.reserve(contest.entrants.size());
  for (const Series* entrant : contest.entrants) engines.push_back(entrant->engine);
  return engines;
}

TEST(Contest, there_is_one_for_each_category_and_number_of_threads_in_the_order_of_the_run) {
  EXPECT_THAT(titles_of(sample_run()),
              ElementsAre("Put, process durability", "Put, disk durability, 1 thread",
                          "Put, disk durability, 8 threads", "Full scan, compacted"));
}

TEST(Contest, a_title_tells_the_threads_only_where_they_tell_contests_apart) {
  RunResult run;
  run.series = {series_of("8_writers", "quartz", {100}, 8)};
  EXPECT_THAT(titles_of(run), ElementsAre("8 writers"));
}

TEST(Contest, quartz_comes_first_and_the_others_as_the_run_has_them) {
  const RunResult run = sample_run();
  const std::vector<Contest> contests = contests_of(run);
  EXPECT_THAT(entrants_of(contests[0]), ElementsAre("quartz", "rocksdb", "lmdb"));
  ASSERT_NE(contests[0].ours(), nullptr);
  EXPECT_EQ(contests[0].ours()->engine, "quartz");
}

TEST(Contest, without_quartz_nobody_is_ours_and_nothing_is_compared) {
  RunResult run;
  run.series = {series_of("delete", "rocksdb", {100}), series_of("delete", "lmdb", {100})};
  const std::vector<Contest> contests = contests_of(run);
  ASSERT_EQ(contests.size(), 1u);
  EXPECT_EQ(contests[0].ours(), nullptr);
  EXPECT_THAT(comparisons_of(contests[0]), IsEmpty());
}

TEST(Contest, a_series_without_repetitions_took_part_in_none) {
  RunResult run;
  run.series = {series_of("delete", "quartz", {}), series_of("delete", "lmdb", {100})};
  const std::vector<Contest> contests = contests_of(run);
  ASSERT_EQ(contests.size(), 1u);
  EXPECT_THAT(entrants_of(contests[0]), ElementsAre("lmdb"));
  EXPECT_THAT(peers_of(run), ElementsAre("lmdb"));
}

TEST(Comparison, is_of_times_for_each_peer) {
  const RunResult run = sample_run();
  const std::vector<Comparison> comparisons = comparisons_of(contests_of(run)[0]);
  ASSERT_EQ(comparisons.size(), 1u);
  EXPECT_EQ(comparisons[0].figure, "time");
  ASSERT_EQ(comparisons[0].peers.size(), 2u);
  EXPECT_EQ(comparisons[0].peers[1].engine, "lmdb");
  EXPECT_DOUBLE_EQ(comparisons[0].peers[1].ratio.median, 3);
}

TEST(Comparison, is_of_bytes_too_where_the_category_is_about_them) {
  RunResult run;
  run.series = {series_of("space_and_write_amplification", "quartz", {100}),
                series_of("space_and_write_amplification", "leveldb", {200})};
  // Twice the keys and values, so that the same number of bytes is half as many for each.
  run.series[1].repetitions[0].user_bytes *= 2;
  run.series[1].repetitions[0].disk_bytes *= 6;
  const std::vector<Comparison> comparisons = comparisons_of(contests_of(run)[0]);
  ASSERT_EQ(comparisons.size(), 3u);
  EXPECT_DOUBLE_EQ(comparisons[0].peers[0].ratio.median, 2);
  EXPECT_EQ(comparisons[1].figure, "bytes written");
  EXPECT_DOUBLE_EQ(comparisons[1].peers[0].ratio.median, 0.5);
  EXPECT_EQ(comparisons[2].figure, "bytes kept");
  EXPECT_DOUBLE_EQ(comparisons[2].peers[0].ratio.median, 3);
}

TEST(Comparison, of_quartz_alone_is_none) {
  RunResult run;
  run.series = {series_of("delete", "quartz", {100})};
  EXPECT_THAT(comparisons_of(contests_of(run)[0]), IsEmpty());
}

TEST(Peers, are_named_once_and_in_the_order_in_which_they_appear) {
  EXPECT_THAT(peers_of(sample_run()), ElementsAre("rocksdb", "lmdb"));
}

TEST(Loss, is_a_median_below_one) {
  EXPECT_TRUE(is_loss({.least = 0.8, .median = 0.99, .most = 1.2}));
  EXPECT_FALSE(is_loss({.least = 0.8, .median = 1, .most = 1.2}));
}

}  // namespace
}  // namespace quartz::bench
