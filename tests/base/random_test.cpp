#include "base/random.hpp"

#include <algorithm>
#include <array>
#include <numeric>

#include <gtest/gtest.h>

namespace quartz {
namespace {

TEST(Random, the_sequence_of_seed_zero_is_that_of_splitmix64) {
  Random random(0);
  EXPECT_EQ(random.next(), 0xE220A8397B1DCDAFu);
  EXPECT_EQ(random.next(), 0x6E789E6AA1B965F4u);
  EXPECT_EQ(random.next(), 0x06C45D188009454Fu);
}

TEST(Random, the_same_seed_replays_the_same_numbers_and_another_does_not) {
  Random first(17);
  Random again(17);
  Random other(18);
  for (int i = 0; i < 100; ++i) {
    const auto number = first.next();
    EXPECT_EQ(number, again.next());
    EXPECT_NE(number, other.next());
  }
}

TEST(Random, numbers_below_a_bound_are_spread_evenly) {
  Random random(1);
  std::array<int, 10> counts{};
  for (int i = 0; i < 100'000; ++i) ++counts[random.below(10)];
  // The standard deviation of each count is 95.
  for (const int count : counts) EXPECT_NEAR(count, 10'000, 600);
}

TEST(Random, one_in_n_happens_about_that_often) {
  Random random(2);
  int hits = 0;
  for (int i = 0; i < 100'000; ++i) hits += random.one_in(100) ? 1 : 0;
  EXPECT_NEAR(hits, 1000, 200);
  EXPECT_TRUE(random.one_in(1));
}

TEST(Random, serves_the_standard_shuffle) {
  std::array<int, 50> numbers{};
  std::iota(numbers.begin(), numbers.end(), 0);
  const auto ordered = numbers;
  Random random(3);
  std::shuffle(numbers.begin(), numbers.end(), random);
  EXPECT_NE(numbers, ordered);
  EXPECT_TRUE(std::is_permutation(numbers.begin(), numbers.end(), ordered.begin()));
}

}  // namespace
}  // namespace quartz
