#include "server/service/score_bytes.hpp"

#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

namespace quartz::server {
namespace {

const std::vector<double> kInOrder{-std::numeric_limits<double>::infinity(),
                                   std::numeric_limits<double>::lowest(),
                                   -1.5,
                                   -1,
                                   -std::numeric_limits<double>::denorm_min(),
                                   -0.0,
                                   0.0,
                                   std::numeric_limits<double>::denorm_min(),
                                   std::numeric_limits<double>::min(),
                                   1,
                                   1.5,
                                   std::numeric_limits<double>::max(),
                                   std::numeric_limits<double>::infinity()};

TEST(ScoreBytes, bits_have_the_order_of_scores) {
  for (std::size_t i = 1; i < kInOrder.size(); ++i) {
    EXPECT_LT(ordered_bits(kInOrder[i - 1]), ordered_bits(kInOrder[i])) << kInOrder[i];
  }
}

TEST(ScoreBytes, the_score_comes_back) {
  for (const double score : kInOrder) {
    EXPECT_EQ(score_of(ordered_bits(score)), score);
    EXPECT_EQ(std::signbit(score_of(ordered_bits(score))), std::signbit(score));
  }
}

}  // namespace
}  // namespace quartz::server
