#include "bench/measure/timed_loop.hpp"

#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

namespace quartz::bench {
namespace {

constexpr std::uint64_t kNever = ~std::uint64_t{0};

TEST(TimedLoop, calls_the_operation_with_every_number_once_and_in_order) {
  const OperationClock clock;
  for (const std::uint64_t count : {0u, 1u, 7u, 8u, 9u, 100u}) {
    LatencyRecorder latencies;
    std::vector<std::uint64_t> called;
    const std::uint64_t done = timed_loop(clock, {count, kNever}, latencies,
                                          [&](std::uint64_t i) { called.push_back(i); });
    EXPECT_EQ(done, count);
    ASSERT_EQ(called.size(), count);
    for (std::uint64_t i = 0; i < count; ++i) EXPECT_EQ(called[i], i);
  }
}

TEST(TimedLoop, ends_at_its_deadline_with_what_was_done_by_then) {
  const OperationClock clock;
  LatencyRecorder latencies;
  const std::uint64_t done = timed_loop(clock, {1'000'000, 0}, latencies, [](std::uint64_t) {});
  EXPECT_EQ(done, kSampleEvery);
  EXPECT_EQ(fully_timed_loop(clock, {1'000'000, 0}, latencies, [](std::uint64_t) {}), 1u);
}

TEST(LatencyRecorder, knows_nothing_of_percentiles_without_samples) {
  Measurement measured;
  LatencyRecorder().describe(OperationClock(), measured);
  EXPECT_FALSE(measured.p50_ns.has_value());
  EXPECT_FALSE(measured.max_ns.has_value());
}

TEST(LatencyRecorder, tells_quantiles_to_three_per_cent_and_the_maximum_exactly) {
  const OperationClock clock;
  LatencyRecorder latencies;
  for (std::uint64_t span = 1; span <= 10'000; ++span) latencies.sample(span);
  latencies.gap(77'777);
  Measurement measured;
  latencies.describe(clock, measured);
  const double unit = clock.nanoseconds(1);
  EXPECT_NEAR(*measured.p50_ns / unit, 5000, 200);
  EXPECT_NEAR(*measured.p99_ns / unit, 9900, 300);
  EXPECT_NEAR(*measured.p999_ns / unit, 9990, 300);
  EXPECT_DOUBLE_EQ(*measured.max_ns, clock.nanoseconds(77'777));
}

TEST(LatencyRecorder, merged_knows_what_both_knew) {
  LatencyRecorder fast;
  LatencyRecorder slow;
  for (int i = 0; i < 100; ++i) fast.sample(10);
  for (int i = 0; i < 100; ++i) slow.sample(1000);
  fast.merge(slow);
  const OperationClock clock;
  Measurement measured;
  fast.describe(clock, measured);
  EXPECT_NEAR(*measured.p99_ns, clock.nanoseconds(1000), clock.nanoseconds(40));
  EXPECT_DOUBLE_EQ(*measured.max_ns, clock.nanoseconds(1000));
}

}  // namespace
}  // namespace quartz::bench
