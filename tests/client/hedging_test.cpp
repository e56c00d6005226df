#include "client/hedging.hpp"

#include <chrono>
#include <cmath>

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace quartz::client {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

/// Durations of which 95 of a hundred are shorter than three times the mean.
RollingPercentile::Duration exponential(Random& random, microseconds mean) {
  constexpr std::uint64_t kSteps = 1u << 30;
  const double uniform = (static_cast<double>(random.below(kSteps)) + 1) / kSteps;
  return std::chrono::nanoseconds(
      static_cast<std::int64_t>(-std::log(uniform) * static_cast<double>(mean.count()) * 1'000));
}

TEST(RollingPercentile, is_not_known_of_a_few) {
  RollingPercentile percentile(0.95);
  for (int i = 0; i < 99; ++i) percentile.add(milliseconds(1));
  EXPECT_FALSE(percentile.value());
  percentile.add(milliseconds(1));
  EXPECT_TRUE(percentile.value());
}

TEST(RollingPercentile, follows_what_is_measured) {
  Random random(11);
  RollingPercentile percentile(0.95);
  for (const microseconds mean : {milliseconds(1), milliseconds(20), milliseconds(1)}) {
    for (int i = 0; i < 5'000; ++i) percentile.add(exponential(random, mean));
    EXPECT_GT(*percentile.value(), 2 * mean);
    EXPECT_LT(*percentile.value(), 5 * mean);
  }
}

TEST(Hedging, begins_after_the_time_that_is_given) {
  Hedging hedging({.delay = milliseconds(7)});
  EXPECT_EQ(hedging.begin_read(), milliseconds(7));
}

TEST(Hedging, begins_once_latencies_are_known_and_not_too_soon) {
  Hedging hedging({.delay_min = milliseconds(3)});
  EXPECT_FALSE(hedging.begin_read());
  for (int i = 0; i < 200; ++i) hedging.measured(microseconds(100));
  EXPECT_EQ(hedging.begin_read(), milliseconds(3));
  for (int i = 0; i < 200; ++i) hedging.measured(milliseconds(40));
  EXPECT_GT(hedging.begin_read(), milliseconds(20));
}

TEST(Hedging, sends_no_more_than_its_share_twice) {
  Hedging hedging({.delay = milliseconds(1), .percent_max = 5});
  EXPECT_FALSE(hedging.try_take());
  int taken = 0;
  for (int i = 0; i < 10'000; ++i) {
    hedging.begin_read();
    if (hedging.try_take()) ++taken;
  }
  EXPECT_EQ(taken, 500);
}

TEST(Hedging, saves_for_ten_and_no_more) {
  Hedging hedging({.delay = milliseconds(1), .percent_max = 5});
  for (int i = 0; i < 10'000; ++i) hedging.begin_read();
  int taken = 0;
  while (hedging.try_take()) ++taken;
  EXPECT_EQ(taken, 10);
}

}  // namespace
}  // namespace quartz::client
