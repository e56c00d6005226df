#include "bench/workload/zipf.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace quartz::bench {
namespace {

constexpr std::uint64_t kCount = 1000;
constexpr int kDraws = 200'000;

std::vector<double> shares_of_ranks() {
  const Zipf zipf(kCount);
  Random random(1);
  std::vector<double> shares(kCount);
  for (int i = 0; i < kDraws; ++i) shares.at(zipf.rank(random)) += 1.0 / kDraws;
  return shares;
}

TEST(Zipf, draws_rank_r_in_proportion_to_one_over_r_to_the_power_of_0_99) {
  double zeta = 0;
  for (std::uint64_t rank = 1; rank <= kCount; ++rank) {
    zeta += 1 / std::pow(static_cast<double>(rank), 0.99);
  }
  const std::vector<double> shares = shares_of_ranks();
  EXPECT_NEAR(shares[0], 1 / zeta, 0.01);
  EXPECT_NEAR(shares[1], std::pow(2, -0.99) / zeta, 0.01);
  double first_hundred = 0;
  double expected = 0;
  for (std::size_t rank = 0; rank < 100; ++rank) {
    first_hundred += shares[rank];
    expected += std::pow(static_cast<double>(rank + 1), -0.99) / zeta;
  }
  EXPECT_NEAR(first_hundred, expected, 0.03);
}

TEST(Zipf, scattered_numbers_are_below_the_count_and_the_hottest_is_not_the_first) {
  const Zipf zipf(kCount);
  Random random(2);
  std::vector<int> drawn(kCount);
  for (int i = 0; i < kDraws; ++i) ++drawn.at(zipf.scattered(random));
  const auto hottest = std::max_element(drawn.begin(), drawn.end());
  EXPECT_GT(*hottest, kDraws / 10);
  EXPECT_NE(hottest, drawn.begin());
}

}  // namespace
}  // namespace quartz::bench
