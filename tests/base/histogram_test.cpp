#include "base/histogram.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace quartz {
namespace {

constexpr std::uint64_t kLargest = std::numeric_limits<std::uint64_t>::max();

TEST(Histogram, an_empty_one_answers_zero) {
  const Histogram histogram;
  EXPECT_EQ(histogram.count(), 0u);
  EXPECT_EQ(histogram.sum(), 0u);
  EXPECT_EQ(histogram.max(), 0u);
  EXPECT_EQ(histogram.quantile(0.5), 0u);
}

TEST(Histogram, counts_sums_and_remembers_the_largest) {
  Histogram histogram;
  for (const std::uint64_t value : {5u, 100u, 7u}) histogram.record(value);
  EXPECT_EQ(histogram.count(), 3u);
  EXPECT_EQ(histogram.sum(), 112u);
  EXPECT_EQ(histogram.max(), 100u);
}

TEST(Histogram, small_values_are_exact) {
  Histogram histogram;
  for (std::uint64_t value = 0; value < 16; ++value) histogram.record(value);
  for (std::uint64_t value = 0; value < 16; ++value) {
    EXPECT_EQ(histogram.quantile(static_cast<double>(value + 1) / 16), value);
  }
}

TEST(Histogram, a_single_value_of_any_size_comes_back_within_a_sixteenth) {
  for (unsigned shift = 0; shift < 64; ++shift) {
    for (const std::uint64_t value : {std::uint64_t{1} << shift, kLargest >> shift}) {
      Histogram histogram;
      histogram.record(value);
      histogram.record(kLargest);  // Otherwise the maximum would correct the answer.
      const std::uint64_t answer = histogram.quantile(0.5);
      EXPECT_GE(answer, value);
      EXPECT_LE(answer - value, value / 16);
    }
  }
}

TEST(Histogram, quantiles_of_a_wide_distribution_are_off_by_at_most_a_sixteenth) {
  Random random(1);
  Histogram histogram;
  std::vector<std::uint64_t> values;
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t value = random.next() >> random.below(50);
    values.push_back(value);
    histogram.record(value);
  }
  std::sort(values.begin(), values.end());
  for (const double q : {0.001, 0.01, 0.25, 0.5, 0.9, 0.99, 0.999, 1.0}) {
    const auto rank = static_cast<std::size_t>(std::ceil(q * static_cast<double>(values.size())));
    const std::uint64_t exact = values[rank - 1];
    EXPECT_GE(histogram.quantile(q), exact) << q;
    EXPECT_LE(histogram.quantile(q) - exact, exact / 16) << q;
  }
}

TEST(Histogram, quantiles_outside_zero_to_one_are_those_of_the_ends) {
  Histogram histogram;
  for (const std::uint64_t value : {3u, 8u, 11u}) histogram.record(value);
  EXPECT_EQ(histogram.quantile(-1), 3u);
  EXPECT_EQ(histogram.quantile(0), 3u);
  EXPECT_EQ(histogram.quantile(2), 11u);
  EXPECT_EQ(histogram.quantile(std::numeric_limits<double>::quiet_NaN()), 3u);
}

TEST(Histogram, nothing_recorded_by_several_threads_is_lost) {
  Histogram histogram;
  std::vector<std::thread> threads;
  for (std::uint64_t t = 0; t < 4; ++t) {
    threads.emplace_back([&histogram, t] {
      for (std::uint64_t i = 0; i < 5000; ++i) histogram.record(t * 5000 + i);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(histogram.count(), 20'000u);
  EXPECT_EQ(histogram.sum(), 20'000u * 19'999u / 2);
  EXPECT_EQ(histogram.max(), 19'999u);
}

TEST(Histogram, one_that_a_single_thread_records_in_holds_the_same) {
  Random random(2);
  Histogram shared;
  Histogram alone;
  for (int i = 0; i < 10'000; ++i) {
    const std::uint64_t value = random.next() >> random.below(64);
    shared.record(value);
    alone.record_alone(value);
  }
  EXPECT_EQ(alone.count(), shared.count());
  EXPECT_EQ(alone.sum(), shared.sum());
  EXPECT_EQ(alone.max(), shared.max());
  for (const double q : {0.0, 0.1, 0.5, 0.9, 0.999, 1.0}) {
    EXPECT_EQ(alone.quantile(q), shared.quantile(q));
  }
}

TEST(HistogramReading, an_empty_one_answers_zero) {
  HistogramReading reading;
  EXPECT_EQ(reading.count(), 0u);
  EXPECT_EQ(reading.quantile(0.5), 0u);
  EXPECT_EQ(reading.count_up_to(kLargest), 0u);
  reading.subtract(HistogramReading());
  EXPECT_EQ(reading.sum(), 0u);
}

TEST(HistogramReading, adds_histograms_up) {
  Histogram first;
  Histogram second;
  first.record(5);
  second.record(7);
  second.record(1'000);
  HistogramReading reading;
  reading.add(first);
  reading.add(second);
  EXPECT_EQ(reading.count(), 3u);
  EXPECT_EQ(reading.sum(), 1'012u);
  EXPECT_EQ(reading.quantile(0.5), 7u);
}

TEST(HistogramReading, what_was_there_before_can_be_taken_away) {
  Histogram histogram;
  histogram.record(5);
  histogram.record(90);
  HistogramReading before;
  before.add(histogram);
  histogram.record(90);
  HistogramReading after;
  after.add(histogram);
  after.subtract(before);
  EXPECT_EQ(after.count(), 1u);
  EXPECT_EQ(after.sum(), 90u);
  EXPECT_GE(after.quantile(0.5), 90u);
}

TEST(HistogramReading, counts_below_a_power_of_two_exactly) {
  Histogram histogram;
  for (std::uint64_t value = 0; value < 5'000; ++value) histogram.record(value);
  HistogramReading reading;
  reading.add(histogram);
  for (std::uint64_t bound = 1; bound <= 4'096; bound *= 2) {
    EXPECT_EQ(reading.count_up_to(bound - 1), bound);
  }
  EXPECT_EQ(reading.count_up_to(kLargest), 5'000u);
}

TEST(HistogramReading, quantiles_are_those_of_the_histogram_to_bucket_resolution) {
  Random random(3);
  Histogram histogram;
  for (int i = 0; i < 5'000; ++i) histogram.record(random.next() >> random.below(60));
  HistogramReading reading;
  reading.add(histogram);
  for (const double q : {0.01, 0.5, 0.9, 0.99}) {
    EXPECT_EQ(reading.quantile(q), histogram.quantile(q)) << q;
  }
}

}  // namespace
}  // namespace quartz
