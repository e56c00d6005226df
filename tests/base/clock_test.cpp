#include "base/clock.hpp"

#include <gtest/gtest.h>

namespace quartz {
namespace {

TEST(Clock, a_stopwatch_never_runs_backwards) {
  const Stopwatch stopwatch;
  std::uint64_t before = stopwatch.elapsed_ns();
  for (int i = 0; i < 1000; ++i) {
    const std::uint64_t now = stopwatch.elapsed_ns();
    ASSERT_GE(now, before);
    before = now;
  }
  EXPECT_GE(stopwatch.elapsed(), std::chrono::nanoseconds(before));
}

}  // namespace
}  // namespace quartz
