#include "server/transport/buffer_budget.hpp"

#include <array>
#include <atomic>
#include <barrier>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace quartz::server {
namespace {

TEST(BufferBudget, knows_what_all_hold) {
  BufferBudget budget;
  {
    BufferShare one(budget);
    BufferShare other(budget);
    EXPECT_TRUE(one.resize(60, 100));
    EXPECT_TRUE(other.resize(40, 100));
    EXPECT_EQ(budget.held_bytes(), 100U);
    EXPECT_TRUE(one.resize(10, 100));
    EXPECT_EQ(budget.held_bytes(), 50U);
    one.release();
    EXPECT_EQ(one.bytes(), 0U);
    EXPECT_EQ(budget.held_bytes(), 40U);
  }
  EXPECT_EQ(budget.held_bytes(), 0U);
}

TEST(BufferBudget, what_would_be_too_much_changes_nothing) {
  BufferBudget budget;
  BufferShare one(budget);
  BufferShare other(budget);
  ASSERT_TRUE(one.resize(60, 100));
  EXPECT_FALSE(other.resize(41, 100));
  EXPECT_FALSE(other.resize(SIZE_MAX, 100));
  EXPECT_EQ(other.bytes(), 0U);
  EXPECT_FALSE(one.resize(101, 100));
  EXPECT_EQ(one.bytes(), 60U);
  EXPECT_EQ(budget.held_bytes(), 60U);
  EXPECT_TRUE(other.resize(40, 100));
}

TEST(BufferBudget, holding_less_succeeds_beyond_a_bound_that_was_lowered) {
  BufferBudget budget;
  BufferShare one(budget);
  ASSERT_TRUE(one.resize(60, 100));
  EXPECT_TRUE(one.resize(59, 10));
  EXPECT_FALSE(one.resize(60, 10));
  EXPECT_EQ(budget.held_bytes(), 59U);
}

// All of them ask at the same moment, and each that was granted something holds it until all have
// asked.
TEST(BufferBudget, many_threads_never_hold_more_than_is_allowed) {
  constexpr std::size_t kThreads = 4;
  constexpr std::size_t kRounds = 1'000;
  constexpr std::size_t kBytesEach = 40;
  constexpr std::size_t kBytesMax = 100;
  BufferBudget budget;
  std::barrier all(std::ptrdiff_t{kThreads});
  std::array<std::atomic<std::size_t>, 2> granted{};  // Of this round, and of the one before.
  std::atomic<std::size_t> most = 0;
  std::atomic<std::size_t> refused_all = 0;
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      BufferShare share(budget);
      for (std::size_t round = 0; round < kRounds; ++round) {
        all.arrive_and_wait();
        if (share.resize(kBytesEach, kBytesMax)) granted[round % 2] += kBytesEach;
        all.arrive_and_wait();
        const std::size_t held = granted[round % 2];
        std::size_t known = most;
        while (held > known && !most.compare_exchange_weak(known, held)) {
        }
        if (held == 0) ++refused_all;
        share.release();
        granted[(round + 1) % 2] = 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(most, kBytesMax);
  EXPECT_EQ(refused_all, 0U);
  EXPECT_EQ(budget.held_bytes(), 0U);
}

}  // namespace
}  // namespace quartz::server
