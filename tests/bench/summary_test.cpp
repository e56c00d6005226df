#include "bench/report/summary.hpp"

#include <gtest/gtest.h>

#include "bench/sample_run.hpp"

namespace quartz::bench {
namespace {

TEST(Summary, has_the_medians_of_the_repetitions_and_the_maximum_of_the_maxima) {
  const Summary summary = summary_of(series_of("put", "quartz", {300, 100, 200}));
  EXPECT_DOUBLE_EQ(summary.ns_per_operation.least, 100);
  EXPECT_DOUBLE_EQ(summary.ns_per_operation.median, 200);
  EXPECT_DOUBLE_EQ(summary.ns_per_operation.most, 300);
  EXPECT_DOUBLE_EQ(summary.cpu_ns_per_operation, 240);
  EXPECT_DOUBLE_EQ(summary.p50_ns.value(), 140);
  EXPECT_DOUBLE_EQ(summary.p99_ns.value(), 800);
  EXPECT_DOUBLE_EQ(summary.p999_ns.value(), 4'000);
  EXPECT_DOUBLE_EQ(summary.max_ns.value(), 300'000);
  EXPECT_DOUBLE_EQ(summary.written_per_user_byte.value(), 1.25);
  EXPECT_EQ(summary.operations, 1'000u);
  EXPECT_EQ(summary.peak_rss_bytes, std::uint64_t{96} << 20);
  EXPECT_EQ(summary.disk_bytes, 174'000u);
}

TEST(Summary, says_nothing_of_what_was_not_measured) {
  Series series = series_of("scan", "quartz", {100});
  series.repetitions[0].p50_ns = std::nullopt;
  series.repetitions[0].max_ns = std::nullopt;
  series.repetitions[0].user_bytes = 0;
  const Summary summary = summary_of(series);
  EXPECT_FALSE(summary.p50_ns);
  EXPECT_FALSE(summary.max_ns);
  EXPECT_FALSE(summary.written_per_user_byte);
  EXPECT_TRUE(summary.p99_ns);
}

TEST(Summary, passes_over_repetitions_that_lack_a_figure) {
  Series series = series_of("put", "quartz", {100, 200, 300});
  series.repetitions[0].p50_ns = std::nullopt;
  EXPECT_DOUBLE_EQ(summary_of(series).p50_ns.value(), (140.0 + 210.0) / 2);
}

TEST(Summary, of_even_counts_is_rounded_to_a_whole_number) {
  Series series = series_of("put", "quartz", {100, 100});
  series.repetitions[0].operations = 10;
  series.repetitions[1].operations = 13;
  EXPECT_EQ(summary_of(series).operations, 12u);
}

TEST(Summary, of_repetitions_without_operations_has_no_times) {
  Series series = series_of("put", "quartz", {100});
  series.repetitions[0].operations = 0;
  const Summary summary = summary_of(series);
  EXPECT_DOUBLE_EQ(summary.ns_per_operation.median, 0);
  EXPECT_DOUBLE_EQ(summary.cpu_ns_per_operation, 0);
}

TEST(SummaryDeathTest, of_no_repetitions_is_an_error_of_the_programmer) {
  EXPECT_DEATH(summary_of(series_of("put", "quartz", {})), "repetitions.empty");
}

}  // namespace
}  // namespace quartz::bench
