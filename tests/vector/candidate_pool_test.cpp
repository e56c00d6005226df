#include "vector/candidate_pool.hpp"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace quartz::vector {
namespace {

TEST(CandidatePool, keeps_the_nearest_of_all_that_was_offered_in_order) {
  Random random(1);
  CandidatePool pool;
  for (const std::size_t capacity : {1u, 2u, 10u, 100u}) {
    pool.reset(capacity);
    std::vector<float> offered;
    for (Slot slot = 0; slot < 300; ++slot) {
      const auto distance = static_cast<float>(random.below(1000));
      offered.push_back(distance);
      pool.offer(distance, slot);
    }
    std::ranges::sort(offered);
    ASSERT_EQ(pool.size(), capacity);
    EXPECT_TRUE(pool.full());
    EXPECT_EQ(pool.worst(), offered[capacity - 1]);
    for (std::size_t i = 0; i < capacity; ++i) EXPECT_EQ(pool[i].distance, offered[i]);
  }
}

TEST(CandidatePool, gives_each_candidate_once_and_always_the_nearest_that_is_left) {
  CandidatePool pool;
  pool.reset(4);
  EXPECT_FALSE(pool.has_next());
  pool.offer(3, 30);
  pool.offer(1, 10);
  EXPECT_EQ(pool.peek_next(), 10u);
  EXPECT_EQ(pool.take_next(), 10u);
  pool.offer(2, 20);
  EXPECT_EQ(pool.take_next(), 20u);
  pool.offer(0.5F, 5);  // Nearer than those that were expanded.
  EXPECT_EQ(pool.take_next(), 5u);
  EXPECT_EQ(pool.take_next(), 30u);
  EXPECT_FALSE(pool.has_next());
  EXPECT_EQ(pool.peek_next(), kNoSlot);
  EXPECT_EQ(pool[0].slot, 5u);
}

TEST(CandidatePool, never_takes_what_is_farther_than_all_of_a_full_one) {
  CandidatePool pool;
  pool.reset(2);
  pool.offer(1, 1);
  pool.offer(2, 2);
  pool.offer(2, 3);
  pool.offer(9, 4);
  EXPECT_EQ(pool[1].slot, 2u);
  pool.offer(0, 5);
  EXPECT_EQ(pool[0].slot, 5u);
  EXPECT_EQ(pool[1].slot, 1u);
  EXPECT_EQ(pool.size(), 2u);
}

TEST(CandidatePool, keeps_what_it_holds_when_it_is_widened) {
  CandidatePool pool;
  pool.reset(2);
  pool.offer(1, 1);
  pool.offer(3, 3);
  EXPECT_EQ(pool.take_next(), 1u);
  pool.widen(4);
  EXPECT_FALSE(pool.full());
  pool.offer(9, 9);
  pool.offer(2, 2);
  EXPECT_TRUE(pool.full());
  for (const Slot expected : {2u, 3u, 9u}) EXPECT_EQ(pool.take_next(), expected);
  EXPECT_FALSE(pool.has_next());
}

}  // namespace
}  // namespace quartz::vector
