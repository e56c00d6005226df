#include "vector/filter_strategy.hpp"

#include <gtest/gtest.h>

namespace quartz::vector {
namespace {

FilterSituation of(std::uint64_t possible, std::uint64_t points = 200'000) {
  return {.points = points,
          .possible = possible,
          .expected = possible,
          .k = 10,
          .pool_size = 50,
          .m = 16,
          .code_bytes = 128};
}

TEST(FilterStrategy, names_are_those_of_the_enumerators) {
  EXPECT_EQ(to_string(FilterStrategy::exact_scan), "exact_scan");
  EXPECT_EQ(to_string(FilterStrategy::filtered_walk), "filtered_walk");
  EXPECT_EQ(to_string(FilterStrategy::post_check), "post_check");
  EXPECT_EQ(to_string(FilterStrategy{3}), "unknown");
}

TEST(FilterStrategy, few_points_are_scanned_many_are_walked_and_nearly_all_are_checked) {
  for (const std::uint64_t few : {0U, 1U, 20U, 200U, 2000U, 5000U}) {
    EXPECT_EQ(choose_filter_strategy(of(few)).strategy, FilterStrategy::exact_scan) << few;
  }
  for (const std::uint64_t many : {20'000U, 30'000U, 50'000U}) {
    EXPECT_EQ(choose_filter_strategy(of(many)),
              (FilterChoice{FilterStrategy::filtered_walk, 50, 50}))
        << many;
  }
  for (const std::uint64_t most : {100'000U, 150'000U, 200'000U}) {
    EXPECT_EQ(choose_filter_strategy(of(most)).strategy, FilterStrategy::post_check) << most;
  }
}

TEST(FilterStrategy, what_will_be_dropped_makes_the_pool_grow_by_the_root) {
  EXPECT_EQ(choose_filter_strategy(of(100'000)),
            (FilterChoice{FilterStrategy::post_check, 71, 50}));
  EXPECT_EQ(choose_filter_strategy(of(180'000)),
            (FilterChoice{FilterStrategy::post_check, 53, 50}));
  EXPECT_EQ(choose_filter_strategy(of(200'000)),
            (FilterChoice{FilterStrategy::post_check, 50, 50}));
}

TEST(FilterStrategy, a_pool_has_room_for_more_than_are_left_on_average) {
  FilterSituation situation = of(150'000);
  situation.pool_size = situation.k = 100;
  EXPECT_GE(choose_filter_strategy(situation).pool_size, 100 * 4 / 3 + 10);
}

TEST(FilterStrategy, a_small_collection_is_always_scanned) {
  for (const std::uint64_t possible : {0U, 1U, 500U, 1000U}) {
    EXPECT_EQ(choose_filter_strategy(of(possible, 1000)).strategy, FilterStrategy::exact_scan);
  }
  EXPECT_EQ(choose_filter_strategy(of(0, 0)).strategy, FilterStrategy::exact_scan);
}

TEST(FilterStrategy, a_larger_pool_or_longer_codes_move_the_choice) {
  FilterSituation situation = of(20'000);
  situation.pool_size = 500;
  EXPECT_EQ(choose_filter_strategy(situation).strategy, FilterStrategy::exact_scan);
  situation = of(10'000);
  EXPECT_EQ(choose_filter_strategy(situation).strategy, FilterStrategy::exact_scan);
  situation.code_bytes = 4096;
  EXPECT_EQ(choose_filter_strategy(situation).strategy, FilterStrategy::filtered_walk);
}

TEST(FilterStrategy, points_that_are_far_between_are_walked_with_a_larger_pool) {
  const FilterChoice choice = choose_filter_strategy(of(1'000'000, 100'000'000));
  EXPECT_EQ(choice.strategy, FilterStrategy::filtered_walk);
  EXPECT_GT(choice.pool_size, 100u);
  EXPECT_LE(choice.pool_size, 16u * 50);
  EXPECT_EQ(choice.matching_pool_size, choice.pool_size);
}

TEST(FilterStrategy, what_payloads_must_decide_is_searched_with_a_larger_pool) {
  FilterSituation situation = of(60'000);
  situation.expected = 15'000;
  EXPECT_EQ(choose_filter_strategy(situation),
            (FilterChoice{FilterStrategy::filtered_walk, 100, 50}));
  situation = of(200'000);
  situation.expected = 50'000;
  EXPECT_EQ(choose_filter_strategy(situation), (FilterChoice{FilterStrategy::post_check, 100, 50}));
  // Hardly any: whatever a pool could hold would have none.
  situation.expected = 0;
  EXPECT_EQ(choose_filter_strategy(situation).strategy, FilterStrategy::exact_scan);
}

TEST(FilterStrategy, an_estimate_decides_only_where_nearly_all_points_are_known_to_match) {
  const FilterSituation situation = of(0);
  EXPECT_EQ(choose_filter_strategy(situation, SlotEstimate{190'000, 195'000, 200'000}),
            (FilterChoice{FilterStrategy::post_check, 51, 50}));
  EXPECT_EQ(choose_filter_strategy(situation, SlotEstimate{0, 195'000, 200'000}), std::nullopt);
  EXPECT_EQ(choose_filter_strategy(situation, SlotEstimate::exactly(100'000)), std::nullopt);
  EXPECT_EQ(choose_filter_strategy(of(0, 0), SlotEstimate::exactly(0)), std::nullopt);
  EXPECT_EQ(choose_filter_strategy(of(0, 100), SlotEstimate::exactly(100)), std::nullopt);
}

TEST(FilterStrategy, is_explained_by_how_many_points_can_match) {
  FilterSituation situation = of(212);
  EXPECT_EQ(explain(choose_filter_strategy(situation), situation),
            "exact scan: 212 of 200000 points can match");
  situation = of(200'000);
  situation.expected = 10'000;
  EXPECT_EQ(explain(choose_filter_strategy(situation), situation),
            "post check: 200000 of 200000 points can match, and 10000 are expected to");
}

}  // namespace
}  // namespace quartz::vector
