#include "server/transport/buffer_budget.hpp"

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

TEST(BufferBudget, many_threads_never_hold_more_than_is_allowed) {
  BufferBudget budget;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&budget] {
      BufferShare share(budget);
      for (std::size_t round = 0; round < 10'000; ++round) {
        static_cast<void>(share.resize(round % 50, 100));
        share.release();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(budget.held_bytes(), 0U);
}

}  // namespace
}  // namespace quartz::server
