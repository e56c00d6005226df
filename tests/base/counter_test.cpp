#include "base/counter.hpp"

#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace quartz {
namespace {

TEST(ShardedCounter, starts_at_zero_and_adds_what_it_is_told) {
  ShardedCounter counter;
  EXPECT_EQ(counter.value(), 0u);
  counter.add();
  counter.add(41);
  EXPECT_EQ(counter.value(), 42u);
}

// More threads than shards, so that some share one.
TEST(ShardedCounter, loses_nothing_between_threads) {
  ShardedCounter counter;
  std::vector<std::thread> threads;
  for (int t = 0; t < 40; ++t) {
    threads.emplace_back([&counter] {
      for (int i = 0; i < 1000; ++i) counter.add();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(counter.value(), 40'000u);
}

}  // namespace
}  // namespace quartz
