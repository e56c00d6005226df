#include "storage/back_pressure.hpp"

#include <chrono>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace quartz::storage {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr BackPressure::Time kStart{seconds(1'000)};
constexpr std::uint64_t kMebibyte = std::uint64_t{1} << 20;

BackPressureLimits limits() {
  return {.level0_files_soft = 10,
          .level0_files_max = 20,
          .pending_bytes_soft = 1'000,
          .pending_bytes_max = 3'000,
          .unflushed_bytes_soft = 100,
          .unflushed_bytes_max = 500};
}

/// Bytes that one writer gets through in `duration` when it sleeps exactly as it is told to.
std::uint64_t written_in(BackPressure& pressure, nanoseconds duration, std::uint64_t write_bytes) {
  std::uint64_t written = 0;
  for (auto now = kStart; now < kStart + duration;) {
    now += pressure.delay_for(write_bytes, now) + nanoseconds(100);
    written += write_bytes;
  }
  return written;
}

TEST(BackPressure, there_is_no_debt_at_first) {
  BackPressure pressure(limits());
  EXPECT_EQ(pressure.debt(), 0.0);
  EXPECT_FALSE(pressure.must_wait());
}

TEST(BackPressure, debt_is_zero_up_to_every_soft_mark) {
  BackPressure pressure(limits());
  pressure.update(10, 1'000, 100);
  EXPECT_EQ(pressure.debt(), 0.0);
}

TEST(BackPressure, debt_grows_linearly_between_the_marks_of_each_measure) {
  BackPressure pressure(limits());
  pressure.update(15, 0, 0);
  EXPECT_DOUBLE_EQ(pressure.debt(), 0.5);
  pressure.update(0, 1'500, 0);
  EXPECT_DOUBLE_EQ(pressure.debt(), 0.25);
  pressure.update(0, 0, 400);
  EXPECT_DOUBLE_EQ(pressure.debt(), 0.75);
}

TEST(BackPressure, debt_is_that_of_the_worst_measure) {
  BackPressure pressure(limits());
  pressure.update(15, 1'500, 400);
  EXPECT_DOUBLE_EQ(pressure.debt(), 0.75);
}

TEST(BackPressure, debt_is_one_at_a_max_and_beyond) {
  BackPressure pressure(limits());
  pressure.update(20, 0, 0);
  EXPECT_DOUBLE_EQ(pressure.debt(), 1.0);
  pressure.update(0, 0, 10'000);
  EXPECT_DOUBLE_EQ(pressure.debt(), 1.0);
  EXPECT_TRUE(pressure.must_wait());
}

TEST(BackPressure, debt_falls_when_arrears_fall) {
  BackPressure pressure(limits());
  pressure.update(20, 3'000, 500);
  pressure.update(5, 0, 0);
  EXPECT_EQ(pressure.debt(), 0.0);
}

TEST(BackPressure, a_soft_mark_at_its_max_only_stops) {
  auto marks = limits();
  marks.level0_files_soft = marks.level0_files_max;
  BackPressure pressure(marks);
  pressure.update(19, 0, 0);
  EXPECT_EQ(pressure.debt(), 0.0);
  pressure.update(20, 0, 0);
  EXPECT_EQ(pressure.debt(), 1.0);
}

TEST(BackPressure, without_debt_nobody_is_delayed) {
  BackPressure pressure(limits());
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(pressure.delay_for(100 * kMebibyte, kStart), nanoseconds::zero());
  }
  EXPECT_EQ(pressure.statistics().writes_delayed, 0u);
}

TEST(BackPressure, at_half_debt_writers_get_the_drain_rate) {
  BackPressure pressure(limits());
  pressure.drained(10 * kMebibyte, seconds(1));
  pressure.update(15, 0, 0);
  const auto written = written_in(pressure, seconds(10), 1'000);
  EXPECT_NEAR(static_cast<double>(written), 100.0 * kMebibyte, 1.0 * kMebibyte);
}

TEST(BackPressure, at_a_third_of_debt_writers_get_twice_the_drain_rate) {
  auto marks = limits();
  marks.level0_files_max = 40;
  BackPressure pressure(marks);
  pressure.drained(10 * kMebibyte, seconds(1));
  pressure.update(20, 0, 0);
  const auto written = written_in(pressure, seconds(10), 1'000);
  EXPECT_NEAR(static_cast<double>(written), 200.0 * kMebibyte, 2.0 * kMebibyte);
}

TEST(BackPressure, the_more_debt_the_less_is_written) {
  std::uint64_t last = ~std::uint64_t{0};
  for (const std::uint64_t files : {11u, 12u, 14u, 16u, 18u, 19u}) {
    BackPressure pressure(limits());
    pressure.drained(10 * kMebibyte, seconds(1));
    pressure.update(files, 0, 0);
    const auto written = written_in(pressure, seconds(1), 1'000);
    EXPECT_LT(written, last);
    last = written;
  }
}

TEST(BackPressure, delays_too_short_to_sleep_are_saved_up) {
  BackPressure pressure(limits());
  pressure.drained(10 * kMebibyte, seconds(1));
  pressure.update(15, 0, 0);
  EXPECT_EQ(pressure.delay_for(100, kStart), nanoseconds::zero());
  nanoseconds delay{0};
  int writes = 1;
  for (; delay == nanoseconds::zero(); ++writes) delay = pressure.delay_for(100, kStart);
  EXPECT_GE(delay, BackPressure::kDelayMin);
  EXPECT_NEAR(static_cast<double>(writes), 10.0 * kMebibyte / 1'000 / 100, 2);
}

TEST(BackPressure, writers_at_the_same_time_queue_up_behind_each_other) {
  BackPressure pressure(limits());
  pressure.drained(10 * kMebibyte, seconds(1));
  pressure.update(15, 0, 0);
  const auto first = pressure.delay_for(kMebibyte / 10, kStart);
  const auto second = pressure.delay_for(kMebibyte / 10, kStart);
  EXPECT_NEAR(static_cast<double>(first.count()), 10e6, 0.1e6);
  EXPECT_NEAR(static_cast<double>(second.count()), 20e6, 0.1e6);
}

TEST(BackPressure, no_single_delay_exceeds_its_maximum) {
  BackPressure pressure(limits());
  pressure.drained(1, seconds(1'000));
  pressure.update(19, 2'999, 499);
  EXPECT_EQ(pressure.delay_for(1'000 * kMebibyte, kStart), BackPressure::kDelayMax);
  pressure.update(20, 0, 0);
  EXPECT_EQ(pressure.delay_for(~std::uint64_t{0}, kStart), BackPressure::kDelayMax);
}

TEST(BackPressure, a_huge_write_does_not_hold_up_later_ones_for_ever) {
  BackPressure pressure(limits());
  pressure.drained(10 * kMebibyte, seconds(1));
  pressure.update(15, 0, 0);
  pressure.delay_for(10'000 * kMebibyte, kStart);
  EXPECT_EQ(pressure.delay_for(100, kStart + seconds(1)), nanoseconds::zero());
}

TEST(BackPressure, arrears_that_are_gone_need_no_more_paying) {
  BackPressure pressure(limits());
  pressure.drained(10 * kMebibyte, seconds(1));
  pressure.update(15, 0, 0);
  pressure.delay_for(kMebibyte, kStart);
  pressure.update(0, 0, 0);
  pressure.update(15, 0, 0);
  EXPECT_EQ(pressure.delay_for(100, kStart), nanoseconds::zero());
}

TEST(BackPressure, time_that_runs_backwards_pays_nothing) {
  BackPressure pressure(limits());
  pressure.drained(10 * kMebibyte, seconds(1));
  pressure.update(15, 0, 0);
  const auto first = pressure.delay_for(kMebibyte / 10, kStart);
  EXPECT_GT(pressure.delay_for(kMebibyte / 10, kStart - seconds(5)), first);
}

TEST(BackPressure, the_first_report_sets_the_drain_rate_and_later_ones_move_it) {
  BackPressure pressure(limits());
  pressure.drained(100 * kMebibyte, seconds(1));
  EXPECT_DOUBLE_EQ(pressure.drain_rate(), 100.0 * kMebibyte);
  pressure.drained(20 * kMebibyte, seconds(2));  // 10 MiB a second, for half the weight.
  EXPECT_DOUBLE_EQ(pressure.drain_rate(), 55.0 * kMebibyte);
  for (int i = 0; i < 50; ++i) pressure.drained(10 * kMebibyte, seconds(1));
  EXPECT_NEAR(pressure.drain_rate(), 10.0 * kMebibyte, 1.0);
}

TEST(BackPressure, reports_of_nothing_are_ignored) {
  BackPressure pressure(limits());
  const double before = pressure.drain_rate();
  pressure.drained(0, seconds(1));
  pressure.drained(1'000, nanoseconds::zero());
  pressure.drained(1'000, seconds(-1));
  EXPECT_EQ(pressure.drain_rate(), before);
}

TEST(BackPressure, every_delay_is_counted) {
  BackPressure pressure(limits());
  pressure.drained(10 * kMebibyte, seconds(1));
  pressure.update(15, 0, 0);
  const auto first = pressure.delay_for(kMebibyte / 10, kStart);
  const auto second = pressure.delay_for(kMebibyte / 10, kStart);
  const auto now = pressure.statistics();
  EXPECT_EQ(now.writes_delayed, 2u);
  EXPECT_EQ(now.delay_ns, static_cast<std::uint64_t>((first + second).count()));
  EXPECT_EQ(pressure.delays().count(), 2u);
  EXPECT_EQ(pressure.delays().max(), static_cast<std::uint64_t>(second.count()));
}

TEST(BackPressure, nobody_waits_below_the_max) {
  BackPressure pressure(limits());
  pressure.update(19, 0, 0);
  EXPECT_TRUE(pressure.wait_until_below_max());
  EXPECT_EQ(pressure.statistics().writes_delayed, 0u);
}

TEST(BackPressure, a_sleep_ends_by_itself) {
  BackPressure pressure(limits());
  pressure.update(15, 0, 0);
  const auto begun = std::chrono::steady_clock::now();
  pressure.sleep(milliseconds(2));
  EXPECT_GE(std::chrono::steady_clock::now() - begun, milliseconds(2));
}

TEST(BackPressure, a_sleep_ends_when_the_debt_becomes_smaller) {
  BackPressure pressure(limits());
  pressure.update(15, 0, 0);
  std::atomic<bool> awake{false};
  std::thread writer([&] {
    pressure.sleep(std::chrono::hours(1));
    awake = true;
  });
  // It may fall asleep after any of these.
  while (!awake) {
    pressure.update(14, 0, 0);
    pressure.update(15, 0, 0);
  }
  writer.join();
}

TEST(BackPressure, stop_ends_a_sleep) {
  BackPressure pressure(limits());
  pressure.update(15, 0, 0);
  std::thread writer([&] { pressure.sleep(std::chrono::hours(1)); });
  pressure.stop();
  writer.join();
}

TEST(BackPressure, waiting_ends_when_arrears_fall_below_the_max) {
  BackPressure pressure(limits());
  pressure.update(20, 0, 0);
  std::vector<std::thread> writers;
  std::atomic<int> went_on{0};
  for (int i = 0; i < 3; ++i) {
    writers.emplace_back([&] { went_on += pressure.wait_until_below_max() ? 1 : 0; });
  }
  pressure.update(25, 0, 0);
  pressure.update(19, 0, 0);
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(went_on.load(), 3);
}

TEST(BackPressure, waiting_ends_at_once_when_all_arrears_are_gone) {
  BackPressure pressure(limits());
  pressure.update(20, 0, 0);
  std::thread writer([&] { EXPECT_TRUE(pressure.wait_until_below_max()); });
  pressure.update(0, 0, 0);
  writer.join();
}

TEST(BackPressure, a_deadline_in_the_past_does_not_wait) {
  BackPressure pressure(limits());
  pressure.update(20, 0, 0);
  EXPECT_FALSE(pressure.wait_until_below_max(BackPressure::Time{}));
}

TEST(BackPressure, a_deadline_ends_the_wait_and_the_wait_is_counted) {
  BackPressure pressure(limits());
  pressure.update(20, 0, 0);
  EXPECT_FALSE(pressure.wait_until_below_max(std::chrono::steady_clock::now() + milliseconds(1)));
  EXPECT_EQ(pressure.statistics().writes_delayed, 1u);
  EXPECT_GT(pressure.statistics().delay_ns, 0u);
}

TEST(BackPressure, stop_lets_everybody_go_and_nobody_wait_again) {
  BackPressure pressure(limits());
  pressure.update(20, 0, 0);
  std::thread writer([&] { EXPECT_FALSE(pressure.wait_until_below_max()); });
  pressure.stop();
  writer.join();
  EXPECT_FALSE(pressure.wait_until_below_max());
  EXPECT_EQ(pressure.delay_for(1'000 * kMebibyte, kStart), nanoseconds::zero());
}

TEST(BackPressure, everything_may_be_called_at_the_same_time) {
  BackPressure pressure(limits());
  std::vector<std::thread> threads;
  for (std::uint64_t i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      for (std::uint64_t n = 0; n < 5'000; ++n) {
        if (i == 0) pressure.update(n % 20, 0, n % 300);
        if (i == 1) pressure.drained(n, milliseconds(10));
        if (i > 1) pressure.delay_for(1'000, kStart + milliseconds(n));
        (void)pressure.statistics();
        EXPECT_LE(pressure.debt(), 1.0);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace quartz::storage
