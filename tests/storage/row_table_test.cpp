#include "storage/row_table.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace quartz::storage {
namespace {

/// A table by itself, with its buckets and rows; the test is the only thread.
class RowTableTest : public testing::Test {
 protected:
  explicit RowTableTest(std::size_t buckets_max = 64) : buckets_(buckets_max) {
    table_.attach(buckets_.data(), 1, buckets_max);
  }
  ~RowTableTest() override {
    for (CachedRow* row : rows_) CachedRow::drop(row);
  }

  CachedRow* make(std::uint64_t hash, Sequence read_at = 1) {
    rows_.push_back(CachedRow::make(0, std::to_string(hash), hash, "value", read_at));
    return rows_.back();
  }
  CachedRow* find(std::uint64_t hash) const { return table_.find(0, std::to_string(hash), hash); }

  RowTable table_;

 private:
  std::vector<RowBucket> buckets_;
  std::vector<CachedRow*> rows_;
};

// Hashes that differ in their bucket's bits only, or in their tag's.
constexpr std::uint64_t in_bucket(std::uint64_t n) { return n << 24; }
constexpr std::uint64_t with_tag(std::uint64_t n) { return n; }

TEST_F(RowTableTest, an_inserted_row_is_found_until_it_is_erased) {
  CachedRow* row = make(with_tag(3));
  EXPECT_TRUE(table_.insert(row));
  EXPECT_EQ(find(with_tag(3)), row);
  table_.erase(row);
  EXPECT_EQ(find(with_tag(3)), nullptr);
}

TEST_F(RowTableTest, a_tag_of_zero_bits_does_not_match_an_empty_slot) {
  EXPECT_NE(RowTable::tag_of(0), 0u);
  EXPECT_EQ(find(0), nullptr);
  EXPECT_TRUE(table_.insert(make(0)));
  EXPECT_NE(find(0), nullptr);
}

TEST_F(RowTableTest, a_row_read_before_an_invalidation_of_its_bucket_is_not_published) {
  table_.record_invalidation(with_tag(3), 10);
  EXPECT_FALSE(table_.admits(with_tag(3), 9));
  EXPECT_FALSE(table_.insert(make(with_tag(3), 9)));
  EXPECT_EQ(find(with_tag(3)), nullptr);
  EXPECT_TRUE(table_.admits(with_tag(3), 10));
  EXPECT_TRUE(table_.insert(make(with_tag(3), 10)));
}

TEST_F(RowTableTest, a_refused_row_leaves_no_mark_that_would_send_writers_to_the_lock) {
  table_.record_invalidation(with_tag(3), 10);
  EXPECT_FALSE(table_.insert(make(with_tag(3), 9)));
  EXPECT_TRUE(table_.forget_unlocked(with_tag(3), 11));
}

TEST_F(RowTableTest, forgetting_what_is_not_cached_needs_no_lock_and_is_recorded) {
  EXPECT_TRUE(table_.insert(make(with_tag(7))));
  EXPECT_TRUE(table_.forget_unlocked(with_tag(3), 10));
  EXPECT_FALSE(table_.admits(with_tag(3), 9));
  EXPECT_NE(find(with_tag(7)), nullptr);
}

TEST_F(RowTableTest, forgetting_what_may_be_cached_needs_the_lock) {
  EXPECT_TRUE(table_.insert(make(with_tag(3))));
  EXPECT_FALSE(table_.forget_unlocked(with_tag(3), 10));
  EXPECT_FALSE(table_.admits(with_tag(3), 9)) << "it is recorded all the same";
}

TEST_F(RowTableTest, a_lower_invalidation_changes_nothing_but_still_finds_rows) {
  EXPECT_TRUE(table_.forget_unlocked(with_tag(3), 10));
  EXPECT_TRUE(table_.insert(make(with_tag(3), 10)));
  EXPECT_FALSE(table_.forget_unlocked(with_tag(3), 5));
  EXPECT_TRUE(table_.admits(with_tag(3), 10));
}

TEST_F(RowTableTest, buckets_do_not_share_invalidations) {
  table_.record_invalidation(in_bucket(1), 10);
  EXPECT_TRUE(table_.admits(in_bucket(2), 1));
}

TEST_F(RowTableTest, a_full_bucket_names_its_least_used_newest_kind_of_row) {
  for (std::uint64_t tag = 1; tag <= 7; ++tag) {
    EXPECT_EQ(table_.conflict(with_tag(tag)), nullptr);
    CachedRow* row = make(with_tag(tag));
    row->mark_used();
    if (tag != 4) row->mark_used();
    if (tag == 5) row->set_uses(0);
    row->queue = tag == 5 ? CachedRow::Queue::main : CachedRow::Queue::small;
    EXPECT_TRUE(table_.insert(row));
  }
  EXPECT_EQ(table_.conflict(with_tag(8)), find(with_tag(5)));
  find(with_tag(5))->set_uses(1);
  EXPECT_EQ(table_.conflict(with_tag(8)), find(with_tag(4)));
}

TEST_F(RowTableTest, growing_keeps_every_row_and_spreads_them) {
  Random random(5);
  std::vector<CachedRow*> inserted;
  for (std::size_t n = 1; n <= 120; ++n) {
    table_.grow(n);
    CachedRow* row = make(random.next());
    if (table_.conflict(row->hash()) != nullptr) continue;
    EXPECT_TRUE(table_.insert(row));
    inserted.push_back(row);
    for (const CachedRow* each : inserted) ASSERT_EQ(find(each->hash()), each);
  }
  EXPECT_GE(table_.buckets(), 59u);
  EXPECT_GE(inserted.size(), 115u);
}

TEST_F(RowTableTest, growing_stops_at_the_room_there_is) {
  for (std::size_t n = 0; n < 10'000; ++n) table_.grow(n);
  EXPECT_EQ(table_.buckets(), 64u);
}

TEST_F(RowTableTest, a_new_bucket_knows_the_invalidations_of_the_one_it_was_split_off) {
  const std::uint64_t hash = in_bucket(8 + 3);  // In bucket 3 of 8, and later in bucket 11.
  ASSERT_EQ(table_.bucket_index(hash), 3u);
  table_.record_invalidation(hash, 10);
  while (table_.buckets() < 12) table_.grow(1'000);
  ASSERT_EQ(table_.bucket_index(hash), 11u);
  EXPECT_FALSE(table_.admits(hash, 9));
  EXPECT_TRUE(table_.forget_unlocked(hash, 11));
  EXPECT_TRUE(table_.forget_unlocked(in_bucket(3), 11)) << "no mark stays in the source";
}

TEST_F(RowTableTest, shards_take_hash_bits_of_their_own) {
  EXPECT_EQ(RowTable::shard_of(0xFFFF, 256), 0u);
  EXPECT_EQ(RowTable::shard_of(std::uint64_t{5} << 16, 256), 5u);
  EXPECT_EQ(RowTable::shard_of(in_bucket(1), 256), 0u);
  EXPECT_EQ(RowTable::shard_of(~std::uint64_t{0}, 1), 0u);
}

TEST(RowTable, its_size_is_a_power_of_two_with_at_most_half_of_the_slots_used) {
  for (const std::size_t rows : {1u, 7u, 8u, 100u, 3'126u, 1'000'000u}) {
    const std::size_t buckets = RowTable::buckets_max(rows);
    EXPECT_EQ(buckets & (buckets - 1), 0u);
    EXPECT_LE(rows, buckets * 4);
    EXPECT_GE(rows * 4 + 8, buckets);
  }
}

TEST(RowTable, tables_that_take_turns_in_one_array_do_not_meet) {
  std::vector<RowBucket> buckets(32);
  RowTable even;
  RowTable odd;
  even.attach(buckets.data(), 2, 16);
  odd.attach(buckets.data() + 1, 2, 16);
  for (std::uint64_t n = 0; n < 64; ++n) {
    even.grow(1'000);
    odd.grow(1'000);
    even.record_invalidation(in_bucket(n), 10);
    EXPECT_TRUE(odd.admits(in_bucket(n), 1));
  }
}

}  // namespace
}  // namespace quartz::storage
