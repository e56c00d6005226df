#include "bench/measure/measurement.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench/sample_run.hpp"

namespace quartz::bench {
namespace {

TEST(Measurement, time_per_operation_is_wall_time_divided_by_operations) {
  const Measurement measurement{.operations = 8, .wall_ns = 100};
  EXPECT_DOUBLE_EQ(measurement.ns_per_operation(), 12.5);
}

TEST(Measurement, without_operations_there_is_no_time_per_operation) {
  const Measurement measurement{.operations = 0, .wall_ns = 100};
  EXPECT_DOUBLE_EQ(measurement.ns_per_operation(), 0);
}

TEST(Spread, of_an_odd_number_has_the_middle_one_as_median_whatever_the_order) {
  const Spread spread = spread_of({50, 10, 30, 20, 40});
  EXPECT_DOUBLE_EQ(spread.least, 10);
  EXPECT_DOUBLE_EQ(spread.median, 30);
  EXPECT_DOUBLE_EQ(spread.most, 50);
}

TEST(Spread, of_an_even_number_has_the_mean_of_the_middle_two_as_median) {
  const Spread spread = spread_of({4, 1, 100, 2});
  EXPECT_DOUBLE_EQ(spread.least, 1);
  EXPECT_DOUBLE_EQ(spread.median, 3);
  EXPECT_DOUBLE_EQ(spread.most, 100);
}

TEST(Spread, of_one_value_is_that_value) {
  const Spread spread = spread_of({7});
  EXPECT_DOUBLE_EQ(spread.least, 7);
  EXPECT_DOUBLE_EQ(spread.median, 7);
  EXPECT_DOUBLE_EQ(spread.most, 7);
}

TEST(SpreadDeathTest, of_nothing_is_an_error_of_the_programmer) {
  EXPECT_DEATH(spread_of({}), "values.empty");
}

TEST(Ratio, pairs_repetitions_by_position_and_not_by_size) {
  // The machine was twice as slow for the second pair, which a ratio of medians would not tell.
  const Series ours = series_of("put", "quartz", {100, 200, 110});
  const Series peer = series_of("put", "rocksdb", {300, 600, 341});
  const auto ratio = ratio_of(peer, ours);
  ASSERT_TRUE(ratio);
  EXPECT_DOUBLE_EQ(ratio->least, 3);
  EXPECT_DOUBLE_EQ(ratio->median, 3);
  EXPECT_DOUBLE_EQ(ratio->most, 3.1);
}

TEST(Ratio, of_a_faster_peer_is_below_one) {
  const auto ratio =
      ratio_of(series_of("scan", "lmdb", {30, 25}), series_of("scan", "quartz", {100, 100}));
  ASSERT_TRUE(ratio);
  EXPECT_DOUBLE_EQ(ratio->median, 0.275);
}

TEST(Ratio, leaves_out_repetitions_that_the_other_has_not_made) {
  const auto ratio = ratio_of(series_of("put", "rocksdb", {200, 400, 9000}),
                              series_of("put", "quartz", {100, 100}));
  ASSERT_TRUE(ratio);
  EXPECT_DOUBLE_EQ(ratio->median, 3);
  EXPECT_DOUBLE_EQ(ratio->most, 4);
}

TEST(Ratio, is_nothing_if_either_has_no_repetitions) {
  const Series some = series_of("put", "quartz", {100});
  const Series none = series_of("put", "rocksdb", {});
  EXPECT_FALSE(ratio_of(none, some));
  EXPECT_FALSE(ratio_of(some, none));
}

TEST(Ratio, leaves_out_pairs_in_which_nothing_was_done) {
  const Series ours = series_of("put", "quartz", {100, 0, 100});
  const Series peer = series_of("put", "rocksdb", {200, 500, 0});
  const auto ratio = ratio_of(peer, ours);
  ASSERT_TRUE(ratio);
  EXPECT_DOUBLE_EQ(ratio->least, 2);
  EXPECT_DOUBLE_EQ(ratio->most, 2);
  EXPECT_FALSE(ratio_of(peer, series_of("put", "quartz", {0, 0, 0})));
}

TEST(Ratio, can_be_of_another_figure) {
  Series ours = series_of("put", "quartz", {100, 100});
  Series peer = series_of("put", "rocksdb", {100, 100});
  for (Measurement& m : ours.repetitions) m.disk_bytes = 1000;
  peer.repetitions[0].disk_bytes = 1500;
  peer.repetitions[1].disk_bytes = 2500;
  const auto ratio =
      ratio_of(peer, ours, [](const Measurement& m) { return static_cast<double>(m.disk_bytes); });
  ASSERT_TRUE(ratio);
  EXPECT_DOUBLE_EQ(ratio->least, 1.5);
  EXPECT_DOUBLE_EQ(ratio->median, 2);
  EXPECT_DOUBLE_EQ(ratio->most, 2.5);
}

}  // namespace
}  // namespace quartz::bench
