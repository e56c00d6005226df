#include "storage/cache_policy.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace quartz::storage {
namespace {

using Queue = CachedRow::Queue;

/// A policy with rows that only it knows.
class CachePolicyTest : public testing::Test {
 protected:
  CachePolicyTest() { policy_.limit(100, 1'000'000); }
  ~CachePolicyTest() override {
    for (CachedRow* row : rows_) CachedRow::drop(row);
  }

  CachedRow* insert(Queue queue, unsigned uses = 0, std::size_t value_bytes = 10) {
    const std::string value(value_bytes, 'v');
    rows_.push_back(CachedRow::make(0, std::to_string(rows_.size()), 0, value, 1));
    rows_.back()->set_uses(static_cast<std::uint8_t>(uses));
    policy_.insert(rows_.back(), queue);
    return rows_.back();
  }
  CachedRow* evict() {
    CachedRow* row = policy_.next_victim();
    if (row != nullptr) policy_.remove(row);
    return row;
  }

  CachePolicy policy_;

 private:
  std::vector<CachedRow*> rows_;
};

TEST_F(CachePolicyTest, nothing_has_no_victim) {
  EXPECT_EQ(policy_.next_victim(), nullptr);
  EXPECT_EQ(policy_.any(), nullptr);
}

TEST_F(CachePolicyTest, rows_and_bytes_are_counted_in_and_out) {
  CachedRow* row = insert(Queue::small);
  insert(Queue::main);
  EXPECT_EQ(policy_.rows(), 2u);
  EXPECT_EQ(policy_.bytes(), 2 * row->charge());
  policy_.remove(row);
  EXPECT_EQ(policy_.rows(), 1u);
  EXPECT_EQ(policy_.bytes(), row->charge());
}

TEST_F(CachePolicyTest, a_row_fits_up_to_either_limit) {
  CachedRow* row = insert(Queue::small);
  policy_.limit(2, 2 * row->charge());
  EXPECT_TRUE(policy_.fits(row->charge()));
  EXPECT_FALSE(policy_.fits(row->charge() + 1));
  policy_.limit(1, 2 * row->charge());
  EXPECT_FALSE(policy_.fits(row->charge()));
}

TEST_F(CachePolicyTest, unused_rows_leave_in_the_order_they_came) {
  CachedRow* first = insert(Queue::small);
  CachedRow* second = insert(Queue::small);
  CachedRow* third = insert(Queue::small);
  policy_.remove(second);
  EXPECT_EQ(evict(), first);
  EXPECT_EQ(evict(), third);
  EXPECT_EQ(evict(), nullptr);
}

TEST_F(CachePolicyTest, a_used_row_of_the_small_queue_moves_to_the_main_queue_with_no_marks) {
  policy_.limit(2, 1'000'000);
  CachedRow* used = insert(Queue::small, 2);
  CachedRow* unused = insert(Queue::small);
  EXPECT_EQ(evict(), unused);
  EXPECT_EQ(used->queue, Queue::main);
  EXPECT_EQ(used->uses(), 0u);
}

TEST_F(CachePolicyTest, the_small_queue_gives_when_it_has_more_than_its_share_of_rows) {
  insert(Queue::main);
  CachedRow* oldest = insert(Queue::small);
  for (int i = 0; i < 10; ++i) insert(Queue::small);  // Eleven of a hundred.
  EXPECT_EQ(policy_.next_victim(), oldest);
}

TEST_F(CachePolicyTest, the_small_queue_gives_when_it_has_more_than_its_share_of_bytes) {
  insert(Queue::main);
  CachedRow* large = insert(Queue::small, 0, 150'000);
  EXPECT_EQ(policy_.next_victim(), large);
}

TEST_F(CachePolicyTest, the_main_queue_gives_when_the_small_one_is_within_its_share) {
  CachedRow* main = insert(Queue::main);
  insert(Queue::small);
  EXPECT_EQ(policy_.next_victim(), main);
}

TEST_F(CachePolicyTest, each_use_grants_a_turn_in_the_main_queue) {
  CachedRow* twice = insert(Queue::main, 2);
  CachedRow* once = insert(Queue::main, 1);
  CachedRow* never = insert(Queue::main, 0);
  EXPECT_EQ(evict(), never);
  EXPECT_EQ(evict(), once);
  EXPECT_EQ(evict(), twice);
}

TEST_F(CachePolicyTest, one_eviction_grants_a_bounded_number_of_turns) {
  std::vector<CachedRow*> rows;
  for (int i = 0; i < 1'000; ++i) rows.push_back(insert(Queue::main, 3));
  EXPECT_NE(policy_.next_victim(), nullptr);
  EXPECT_EQ(rows.front()->uses(), 2u);
  EXPECT_EQ(rows[500]->uses(), 3u) << "its turn did not come";
}

TEST_F(CachePolicyTest, large_means_more_than_the_small_queues_share) {
  EXPECT_FALSE(policy_.is_large(100'000));
  EXPECT_TRUE(policy_.is_large(100'001));
}

TEST(GhostList, what_was_remembered_is_taken_once) {
  GhostList ghosts;
  ghosts.remember(3, 17);
  EXPECT_FALSE(ghosts.take(3, 18));
  EXPECT_FALSE(ghosts.take(2, 17));
  EXPECT_FALSE(ghosts.take(1'000, 17));
  EXPECT_TRUE(ghosts.take(3, 17));
  EXPECT_FALSE(ghosts.take(3, 17));
}

TEST(GhostList, the_oldest_of_a_bucket_is_forgotten_for_a_fifth) {
  GhostList ghosts;
  for (std::uint64_t tag = 1; tag <= 5; ++tag) ghosts.remember(0, tag);
  EXPECT_FALSE(ghosts.take(0, 1));
  for (std::uint64_t tag = 2; tag <= 5; ++tag) EXPECT_TRUE(ghosts.take(0, tag)) << tag;
}

}  // namespace
}  // namespace quartz::storage
