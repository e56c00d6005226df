#include "bench/vector/recall_curve.hpp"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench/sample_vector_run.hpp"

namespace quartz::bench {
namespace {

using testing::DoubleNear;
using testing::Eq;
using testing::Optional;

constexpr double kSlack = 1e-6;

VectorPeerResult peer_with(std::vector<CurvePoint> points) {
  return {.peer = "peer", .bytes_per_vector = 0, .builds = {}, .points = std::move(points)};
}

TEST(RecallCurve, a_rate_at_a_point_is_that_of_the_point) {
  const auto peer = peer_with({{10, 0.8, {400}}, {20, 0.9, {200}}, {40, 0.95, {100}}});
  EXPECT_THAT(queries_per_second_at(peer, 0.9, 0), Optional(DoubleNear(200, kSlack)));
  EXPECT_THAT(queries_per_second_at(peer, 0.95, 0), Optional(DoubleNear(100, kSlack)));
}

TEST(RecallCurve, a_rate_between_two_points_lies_on_a_logarithmic_scale) {
  const auto peer = peer_with({{10, 0.8, {400}}, {20, 0.9, {100}}});
  EXPECT_THAT(queries_per_second_at(peer, 0.85, 0), Optional(DoubleNear(200, kSlack)));
  EXPECT_THAT(queries_per_second_at(peer, 0.825, 0),
              Optional(DoubleNear(400 / std::sqrt(2), kSlack)));
}

TEST(RecallCurve, a_curve_that_begins_above_a_recall_has_its_first_rate_there) {
  const auto peer = peer_with({{10, 0.92, {400}}, {20, 0.97, {100}}});
  EXPECT_THAT(queries_per_second_at(peer, 0.9, 0), Optional(400));
}

TEST(RecallCurve, a_recall_that_is_not_reached_has_no_rate) {
  const auto peer = peer_with({{10, 0.8, {400}}, {20, 0.9, {100}}});
  EXPECT_THAT(queries_per_second_at(peer, 0.91, 0), Eq(std::nullopt));
  EXPECT_THAT(queries_per_second_at(peer, 0.91), Eq(std::nullopt));
  EXPECT_THAT(queries_per_second_at(peer_with({}), 0.5, 0), Eq(std::nullopt));
}

TEST(RecallCurve, a_repetition_that_not_all_points_have_has_no_rate) {
  const auto peer = peer_with({{10, 0.8, {400, 500}}, {20, 0.9, {100}}});
  EXPECT_THAT(queries_per_second_at(peer, 0.85, 0), Optional(DoubleNear(200, kSlack)));
  EXPECT_THAT(queries_per_second_at(peer, 0.85, 1), Eq(std::nullopt));
}

TEST(RecallCurve, the_first_point_that_reaches_a_recall_counts_where_recall_falls_again) {
  const auto peer = peer_with({{10, 0.8, {400}}, {20, 0.91, {200}}, {40, 0.89, {100}}});
  EXPECT_THAT(queries_per_second_at(peer, 0.91, 0), Optional(DoubleNear(200, kSlack)));
}

TEST(RecallCurve, rates_of_all_repetitions_are_a_spread) {
  const auto peer = peer_with({{10, 0.9, {300, 100, 200}}});
  const auto spread = queries_per_second_at(peer, 0.9);
  ASSERT_TRUE(spread.has_value());
  EXPECT_EQ(spread->least, 100);
  EXPECT_EQ(spread->median, 200);
  EXPECT_EQ(spread->most, 300);
}

TEST(RecallCurve, a_search_ratio_pairs_repetitions_and_is_above_one_where_ours_is_faster) {
  const auto ours = peer_with({{10, 0.9, {100, 900}}});
  const auto theirs = peer_with({{10, 0.9, {200, 300}}});
  const auto ratio = search_ratio(ours, theirs, 0.9);
  ASSERT_TRUE(ratio.has_value());
  EXPECT_EQ(ratio->least, 0.5);
  EXPECT_EQ(ratio->most, 3);
}

TEST(RecallCurve, there_is_no_search_ratio_where_either_does_not_get) {
  const auto ours = peer_with({{10, 0.99, {100}}});
  const auto theirs = peer_with({{10, 0.9, {200}}});
  EXPECT_THAT(search_ratio(ours, theirs, 0.95), Eq(std::nullopt));
  EXPECT_THAT(search_ratio(theirs, ours, 0.95), Eq(std::nullopt));
}

TEST(RecallCurve, a_build_ratio_compares_the_same_number_of_threads) {
  const VectorRunResult run = sample_vector_run();
  const auto& peers = run.sets.front().peers;
  EXPECT_EQ(build_ratio(peers[0], peers[1], 1)->median, 4);
  EXPECT_DOUBLE_EQ(build_ratio(peers[0], peers[2], 2)->most, 0.2);
  EXPECT_THAT(build_ratio(peers[0], peers[1], 3), Eq(std::nullopt));
  EXPECT_EQ(build_seconds(peers[0], 2)->least, 10);
  EXPECT_THAT(build_seconds(peers[0], 3), Eq(std::nullopt));
}

}  // namespace
}  // namespace quartz::bench
