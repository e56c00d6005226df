#include "storage/cached_row.hpp"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace quartz::storage {
namespace {

TEST(CachedRow, it_shows_what_it_was_made_of) {
  CachedRow* row = CachedRow::make(7, "key", 42, "value", 9);
  EXPECT_TRUE(row->is(7, "key"));
  EXPECT_EQ(row->keyspace(), 7u);
  EXPECT_EQ(row->key(), "key");
  EXPECT_EQ(row->hash(), 42u);
  EXPECT_TRUE(row->exists());
  EXPECT_EQ(row->value(), "value");
  EXPECT_EQ(row->read_at(), 9u);
  CachedRow::drop(row);
}

TEST(CachedRow, it_is_no_other_key) {
  CachedRow* row = CachedRow::make(7, "key", 42, "value", 9);
  EXPECT_FALSE(row->is(8, "key"));
  EXPECT_FALSE(row->is(7, "kez"));
  EXPECT_FALSE(row->is(7, "ke"));
  EXPECT_FALSE(row->is(7, "keyv"));
  EXPECT_FALSE(row->is(7, ""));
  CachedRow::drop(row);
}

TEST(CachedRow, an_absent_key_has_no_value) {
  CachedRow* row = CachedRow::make(0, "key", 0, {}, 1);
  EXPECT_FALSE(row->exists());
  EXPECT_EQ(row->value(), "");
  CachedRow::drop(row);
}

TEST(CachedRow, uses_are_counted_up_to_three) {
  CachedRow* row = CachedRow::make(0, "key", 0, "value", 1);
  for (int i = 0; i < 10; ++i) row->mark_used();
  EXPECT_EQ(row->uses(), 3u);
  CachedRow::drop(row);
}

TEST(CachedRow, it_lives_until_its_last_reference_is_dropped) {
  CachedRow* row = CachedRow::make(0, "key", 0, std::string(10'000, 'v'), 1);
  EXPECT_TRUE(row->try_reference());
  EXPECT_TRUE(row->try_reference());
  CachedRow::drop(row);
  CachedRow::drop(row);
  EXPECT_EQ(row->value(), std::string(10'000, 'v'));
  CachedRow::drop(row);
}

TEST(CachedRow, its_charge_covers_its_block_and_more) {
  CachedRow* row = CachedRow::make(0, "key", 0, "value", 1);
  EXPECT_GE(row->charge(), sizeof(CachedRow) + 8 + 24);
  EXPECT_EQ(row->charge(), CachedRow::charge_of(3, 5));
  EXPECT_LT(CachedRow::charge_of(0, 0), CachedRow::charge_of(0, 100));
  CachedRow::drop(row);
}

}  // namespace
}  // namespace quartz::storage
