#include <map>
#include <random>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/levels.hpp"
#include "storage/levels_fixture.hpp"

namespace quartz::storage {
namespace {

class LevelsIteratorTest : public LevelsTest {
 protected:
  LevelsIteratorTest() {
    open();
    ingest({{"a", "1"}, {"b", "1"}, {"ba", "1"}, {"bb", "1"}, {"c", "1"}});
    ingest({{"bb", std::nullopt}, {"c", "2"}, {"d", "2"}});
  }
};

TEST_F(LevelsIteratorTest, walks_both_ways_over_all_tables) {
  EXPECT_EQ(forward(iterate()), "a=1 b=1 ba=1 c=2 d=2 ");
  EXPECT_EQ(backward(iterate()), "d=2 c=2 ba=1 b=1 a=1 ");
}

TEST_F(LevelsIteratorTest, seeks_to_the_next_and_to_the_previous_key) {
  LevelsIterator rows = iterate();
  EXPECT_FALSE(rows.valid());
  rows.seek("bb");
  EXPECT_EQ(rows.key(), "c");
  rows.seek("ba");
  EXPECT_EQ(rows.key(), "ba");
  rows.seek_for_previous("bz");
  EXPECT_EQ(rows.key(), "ba");
  rows.seek_for_previous("c");
  EXPECT_EQ(rows.key(), "c");
  rows.seek("e");
  EXPECT_FALSE(rows.valid());
  rows.seek_for_previous("");
  EXPECT_FALSE(rows.valid());
  EXPECT_EQ(rows.error(), std::nullopt);
}

TEST_F(LevelsIteratorTest, turns_round_anywhere) {
  LevelsIterator rows = iterate();
  rows.seek("ba");
  rows.next();
  EXPECT_EQ(rows.key(), "c");
  rows.previous();
  EXPECT_EQ(rows.key(), "ba");
  rows.previous();
  rows.next();
  EXPECT_EQ(rows.key(), "ba");
  EXPECT_EQ(rows.value(), "1");
}

TEST_F(LevelsIteratorTest, bounds_hold_both_ways) {
  EXPECT_EQ(forward(iterate({.lower_bound = "b", .upper_bound = "c"})), "b=1 ba=1 ");
  EXPECT_EQ(backward(iterate({.lower_bound = "b", .upper_bound = "c"})), "ba=1 b=1 ");
  EXPECT_EQ(forward(iterate({.lower_bound = "bc"})), "c=2 d=2 ");
  EXPECT_EQ(backward(iterate({.upper_bound = "b"})), "a=1 ");
  EXPECT_EQ(forward(iterate({.lower_bound = "x"})), "");
}

TEST_F(LevelsIteratorTest, a_seek_beyond_a_bound_stays_within_it) {
  LevelsIterator rows = iterate({.lower_bound = "b", .upper_bound = "c"});
  rows.seek("");
  EXPECT_EQ(rows.key(), "b");
  rows.seek("c");
  EXPECT_FALSE(rows.valid());
  rows.seek_for_previous("z");
  EXPECT_EQ(rows.key(), "ba");
}

TEST_F(LevelsIteratorTest, bounds_in_the_wrong_order_select_nothing) {
  EXPECT_EQ(forward(iterate({.lower_bound = "c", .upper_bound = "b"})), "");
  EXPECT_EQ(backward(iterate({.lower_bound = "c", .upper_bound = "c"})), "");
  EXPECT_EQ(forward(iterate({.upper_bound = ""})), "");
}

TEST_F(LevelsIteratorTest, owns_its_bounds) {
  std::string lower = "b";
  std::string upper = "c";
  LevelsIterator rows = iterate({.lower_bound = lower, .upper_bound = upper});
  lower = "x";
  upper = "y";
  EXPECT_EQ(forward(std::move(rows)), "b=1 ba=1 ");
}

TEST_F(LevelsIteratorTest, sees_only_its_snapshot) {
  LevelsIterator rows = iterate();
  ingest({{"a", "3"}, {"aa", "3"}});
  EXPECT_EQ(forward(std::move(rows)), "a=1 b=1 ba=1 c=2 d=2 ");
}

TEST_F(LevelsIteratorTest, an_unknown_keyspace_has_no_rows) {
  LevelsIterator rows = iterate({}, 9);
  rows.seek_to_first();
  EXPECT_FALSE(rows.valid());
  rows.seek_to_last();
  rows.seek("a");
  rows.seek_for_previous("a");
  EXPECT_FALSE(rows.valid());
  EXPECT_EQ(rows.error(), std::nullopt);
}

TEST_F(LevelsIteratorTest, reading_past_the_block_cache_leaves_it_alone) {
  ingest(numbered_rows(5000));
  const std::uint64_t before = levels->block_cache_bytes();
  const std::string quiet = scan({.fill_block_cache = false});
  EXPECT_EQ(levels->block_cache_bytes(), before);
  EXPECT_EQ(scan(), quiet);
  EXPECT_GT(levels->block_cache_bytes(), before);
}

TEST_F(LevelsIteratorTest, damage_makes_it_invalid_for_good_and_is_kept) {
  ingest(numbered_rows(5000));
  levels.reset();
  flip_bit(table_files().back(), 200'000);
  open();
  LevelsIterator rows = iterate();
  std::size_t count = 0;
  for (rows.seek_to_first(); rows.valid(); rows.next()) ++count;
  EXPECT_GT(count, 100u);
  EXPECT_LT(count, 5005u);
  ASSERT_TRUE(rows.error());
  EXPECT_EQ(rows.error()->code(), Errc::corruption);
  EXPECT_THAT(rows.error()->message(),
              testing::HasSubstr(table_files().back().filename().string()));
  rows.seek("a");
  EXPECT_FALSE(rows.valid());
  EXPECT_TRUE(rows.error());
}

// Random tables against a map, in every order of moves that matters.
TEST_F(LevelsIteratorTest, agrees_with_a_map_over_random_tables) {
  levels->create_keyspace(1, "random").value();
  std::mt19937 random(20);
  std::map<std::string, std::string> model;
  const auto key = [&] { return "k" + std::to_string(random() % 300); };
  for (int step = 0; step < 12; ++step) {
    Rows rows;
    Ranges ranges;
    if (step % 3 == 2) {
      std::string first = key();
      std::string last = key();
      if (last < first) std::swap(first, last);
      model.erase(model.lower_bound(first), model.lower_bound(last));
      ranges.emplace_back(first, last);
    }
    for (int i = 0; i < 60; ++i) {
      const std::string k = key();
      if (random() % 4 == 0) {
        rows[k] = std::nullopt;
        model.erase(k);
      } else {
        model[k] = std::to_string(step);
        rows[k] = model[k];
      }
    }
    ingest(rows, ranges, 1);
    if (step == 7) levels->compact_range(1, {}, {}).value();
    std::string expected;
    std::string reversed;
    for (const auto& [k, v] : model) {
      expected += k + "=" + v + " ";
      reversed = k + "=" + v + " " + reversed;
    }
    ASSERT_EQ(forward(iterate({}, 1)), expected);
    ASSERT_EQ(backward(iterate({}, 1)), reversed);
    LevelsIterator at = iterate({}, 1);
    for (int i = 0; i < 50; ++i) {
      const std::string target = key();
      at.seek(target);
      const auto next = model.lower_bound(target);
      ASSERT_EQ(at.valid() ? at.key() : "", next != model.end() ? next->first : "");
      at.seek_for_previous(target);
      const auto after = model.upper_bound(target);
      ASSERT_EQ(at.valid() ? at.key() : "", after != model.begin() ? std::prev(after)->first : "");
    }
  }
}

}  // namespace
}  // namespace quartz::storage
