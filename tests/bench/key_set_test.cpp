#include "bench/workload/key_set.hpp"

#include <algorithm>
#include <set>
#include <string>

#include <gtest/gtest.h>

namespace quartz::bench {
namespace {

std::multiset<std::string> as_set(const KeySequence& keys) {
  std::multiset<std::string> set;
  for (std::size_t i = 0; i < keys.size(); ++i) set.emplace(keys[i]);
  return set;
}

TEST(KeySet, numbers_its_keys_and_never_repeats_one) {
  const auto keys = as_set(KeySet(1, 1000).in_order(0, 2000));
  EXPECT_EQ(keys.size(), 2000u);
  EXPECT_EQ(std::set<std::string>(keys.begin(), keys.end()).size(), 2000u);
}

TEST(KeySet, follows_from_its_seed) {
  EXPECT_EQ(as_set(KeySet(7, 10).in_order(0, 10)), as_set(KeySet(7, 10).in_order(0, 10)));
  EXPECT_NE(as_set(KeySet(7, 10).in_order(0, 10)), as_set(KeySet(8, 10).in_order(0, 10)));
}

TEST(KeySet, gives_the_same_keys_in_every_order) {
  const KeySet keys(3, 500);
  const auto all = as_set(keys.in_order(0, 500));
  EXPECT_EQ(as_set(keys.shuffled(0, 500)), all);
  EXPECT_EQ(as_set(keys.ascending(0, 500)), all);
  EXPECT_NE(keys.shuffled(0, 500)[0], keys.in_order(0, 500)[0]);
  const KeySequence sorted = keys.ascending(0, 500);
  for (std::size_t i = 1; i < sorted.size(); ++i) ASSERT_LT(sorted[i - 1], sorted[i]);
}

TEST(KeySet, draws_only_from_the_range_that_it_was_given) {
  const KeySet keys(3, 500);
  const auto range = as_set(keys.in_order(100, 50));
  const KeySequence drawn = keys.uniform(100, 50, 1000);
  EXPECT_EQ(drawn.size(), 1000u);
  for (std::size_t i = 0; i < drawn.size(); ++i) {
    ASSERT_TRUE(range.contains(std::string(drawn[i])));
  }
}

TEST(ValuePool, has_values_of_one_size_that_differ_from_row_to_row) {
  const ValuePool values(5, 100);
  EXPECT_EQ(values[0].size(), 100u);
  EXPECT_EQ(values[123'456'789].size(), 100u);
  EXPECT_NE(values[0], values[1]);
}

}  // namespace
}  // namespace quartz::bench
