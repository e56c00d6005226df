#include "server/statistics/call_statistics.hpp"

#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace quartz::server {
namespace {

TEST(CallStatistics, kinds_are_counted_apart) {
  CallStatistics statistics(3);
  statistics.record(0, 10);
  statistics.record(2, 5);
  statistics.record(2, 6);
  EXPECT_EQ(statistics.reading(0).count(), 1u);
  EXPECT_EQ(statistics.reading(0).sum(), 10u);
  EXPECT_EQ(statistics.reading(1).count(), 0u);
  EXPECT_EQ(statistics.reading(2).count(), 2u);
  EXPECT_EQ(statistics.reading(2).sum(), 11u);
}

// More threads than have a shard of their own.
TEST(CallStatistics, no_call_of_any_thread_is_lost) {
  constexpr std::size_t kThreads = 48;
  constexpr std::uint64_t kCalls = 2'000;
  CallStatistics statistics(2);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (std::uint64_t call = 0; call < kCalls; ++call) statistics.record(1, call);
    });
  }
  for (std::thread& thread : threads) thread.join();
  const HistogramReading reading = statistics.reading(1);
  EXPECT_EQ(reading.count(), kThreads * kCalls);
  EXPECT_EQ(reading.sum(), kThreads * (kCalls * (kCalls - 1) / 2));
}

TEST(CallStatistics, a_reset_lets_them_count_from_zero_again) {
  CallStatistics statistics(2);
  statistics.record(0, 10);
  statistics.record(1, 10);
  statistics.reset();
  EXPECT_EQ(statistics.reading(0).count(), 0u);
  EXPECT_EQ(statistics.reading(0).sum(), 0u);
  statistics.record(0, 7);
  EXPECT_EQ(statistics.reading(0).count(), 1u);
  EXPECT_EQ(statistics.reading(0).quantile(0.5), 7u);
  statistics.reset();
  EXPECT_EQ(statistics.reading(0).count(), 0u);
}

TEST(CallStatistics, a_reset_beside_recording_threads_leaves_no_more_than_came_after_it) {
  constexpr std::uint64_t kCalls = 20'000;
  CallStatistics statistics(1);
  std::thread recording([&] {
    for (std::uint64_t call = 0; call < kCalls; ++call) statistics.record(0, 1);
  });
  for (int i = 0; i < 10; ++i) statistics.reset();
  recording.join();
  EXPECT_LE(statistics.reading(0).count(), kCalls);
  statistics.reset();
  EXPECT_EQ(statistics.reading(0).count(), 0u);
}

}  // namespace
}  // namespace quartz::server
