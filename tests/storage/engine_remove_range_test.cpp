#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "quartz/storage/storage_engine.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"
#include "support/small_engine.hpp"

namespace quartz {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class EngineRemoveRange : public ::testing::Test {
 protected:
  void put(const std::vector<std::string>& keys, const std::string& value = "value") {
    for (const std::string& key : keys) ASSERT_THAT(engine_.put(key, value), Succeeds());
  }
  std::vector<std::string> backwards() { return keys_of(engine_, {.reverse = true}); }

  ScratchDirectory scratch_;
  StorageEngine engine_ = open_small(scratch_ / "db");
};

TEST_F(EngineRemoveRange, takes_the_first_key_and_leaves_the_last) {
  put({"a", "b", "c", "d"});
  ASSERT_THAT(engine_.remove_range("b", "d"), Succeeds());
  for (int pass = 0; pass < 2; ++pass) {
    EXPECT_THAT(keys_of(engine_), ElementsAre("a", "d"));
    EXPECT_THAT(backwards(), ElementsAre("d", "a"));
    EXPECT_EQ(read(engine_, "b"), "(none)");
    EXPECT_EQ(read(engine_, "d"), "value");
    ASSERT_THAT(engine_.compact_range(), Succeeds());
  }
}

TEST_F(EngineRemoveRange, of_an_empty_or_turned_around_range_removes_nothing) {
  put({"a", "b"});
  const auto sequence = engine_.statistics().visible_sequence;
  EXPECT_THAT(engine_.remove_range("a", "a"), Succeeds());
  EXPECT_THAT(engine_.remove_range("b", "a"), Succeeds());
  EXPECT_THAT(keys_of(engine_), ElementsAre("a", "b"));
  EXPECT_EQ(engine_.statistics().visible_sequence, sequence);
}

TEST_F(EngineRemoveRange, a_put_after_it_is_there_and_one_before_it_is_not) {
  put({"a", "b", "c"}, "old");
  ASSERT_THAT(engine_.remove_range("a", "z"), Succeeds());
  put({"b"}, "new");
  for (int pass = 0; pass < 3; ++pass) {
    EXPECT_THAT(rows_of(engine_), ElementsAre(std::pair("b", "new")));
    EXPECT_THAT(backwards(), ElementsAre("b"));
    EXPECT_EQ(read(engine_, "a"), "(none)");
    EXPECT_EQ(read(engine_, "b"), "new");
    ASSERT_THAT(pass == 0 ? engine_.flush() : engine_.compact_range(), Succeeds());
  }
}

TEST_F(EngineRemoveRange, in_memory_hides_rows_of_the_levels) {
  put({"a", "b", "c", "d"});
  ASSERT_THAT(engine_.compact_range(), Succeeds());
  ASSERT_THAT(engine_.remove_range("b", "c\xff"), Succeeds());
  EXPECT_THAT(keys_of(engine_), ElementsAre("a", "d"));
  EXPECT_THAT(backwards(), ElementsAre("d", "a"));
  const std::vector<std::string_view> keys = {"a", "b", "c", "d"};
  EXPECT_THAT(engine_.multi_get(keys).value(),
              ElementsAre("value", std::nullopt, std::nullopt, "value"));
}

TEST_F(EngineRemoveRange, hides_rows_that_the_row_cache_holds) {
  put({"a", "b"});
  ASSERT_THAT(engine_.compact_range(), Succeeds());
  for (int i = 0; i < 4; ++i) {
    ASSERT_EQ(read(engine_, "a"), "value");
    ASSERT_EQ(read(engine_, "b"), "value");
  }
  ASSERT_THAT(engine_.remove_range("a", "b"), Succeeds());
  EXPECT_EQ(read(engine_, "a"), "(none)");
  EXPECT_EQ(read(engine_, "b"), "value");
  ASSERT_THAT(engine_.flush(), Succeeds());
  EXPECT_EQ(read(engine_, "a"), "(none)");
  EXPECT_EQ(read(engine_, "b"), "value");
}

TEST_F(EngineRemoveRange, spans_active_memtable_waiting_memtable_and_levels) {
  const Keyspace filler = engine_.create_keyspace("filler").value();
  put({"a1", "b1", "c1"});
  ASSERT_THAT(engine_.compact_range(), Succeeds());
  put({"a2", "b2", "c2"});
  fill_active_memtable(engine_, filler);
  put({"a3", "b3", "c3"});
  ASSERT_THAT(engine_.remove_range("b", "c"), Succeeds());
  for (int pass = 0; pass < 2; ++pass) {
    EXPECT_THAT(keys_of(engine_), ElementsAre("a1", "a2", "a3", "c1", "c2", "c3"));
    EXPECT_THAT(backwards(), ElementsAre("c3", "c2", "c1", "a3", "a2", "a1"));
    ASSERT_THAT(engine_.flush(), Succeeds());
  }
}

TEST_F(EngineRemoveRange, a_snapshot_from_before_still_sees_the_rows) {
  put({"a", "b", "c"}, "old");
  const Snapshot before = engine_.snapshot();
  ASSERT_THAT(engine_.remove_range("a", "c"), Succeeds());
  const Snapshot between = engine_.snapshot();
  put({"b"}, "new");
  for (int pass = 0; pass < 3; ++pass) {
    EXPECT_THAT(keys_of(engine_, {.snapshot = &before}), ElementsAre("a", "b", "c"));
    EXPECT_THAT(keys_of(engine_, {.reverse = true, .snapshot = &before}),
                ElementsAre("c", "b", "a"));
    EXPECT_THAT(keys_of(engine_, {.snapshot = &between}), ElementsAre("c"));
    EXPECT_THAT(rows_of(engine_), ElementsAre(std::pair("b", "new"), std::pair("c", "old")));
    EXPECT_EQ(read(engine_, "b", {.snapshot = &before}), "old");
    EXPECT_EQ(read(engine_, "b", {.snapshot = &between}), "(none)");
    EXPECT_EQ(read(engine_, "b"), "new");
    ASSERT_THAT(pass == 0 ? engine_.flush() : engine_.compact_range(), Succeeds());
  }
}

TEST_F(EngineRemoveRange, overlapping_ranges_add_up) {
  for (char letter = 'a'; letter <= 'j'; ++letter) put({std::string(1, letter)});
  ASSERT_THAT(engine_.remove_range("b", "e"), Succeeds());
  ASSERT_THAT(engine_.remove_range("d", "g"), Succeeds());
  put({"d"});
  ASSERT_THAT(engine_.remove_range("h", "i"), Succeeds());
  for (int pass = 0; pass < 2; ++pass) {
    EXPECT_THAT(keys_of(engine_), ElementsAre("a", "d", "g", "i", "j"));
    EXPECT_THAT(backwards(), ElementsAre("j", "i", "g", "d", "a"));
    ASSERT_THAT(engine_.flush(), Succeeds());
  }
}

TEST_F(EngineRemoveRange, leaves_other_keyspaces_alone) {
  const Keyspace other = engine_.create_keyspace("other").value();
  put({"a", "b"});
  ASSERT_THAT(engine_.put(other, "a", "theirs"), Succeeds());
  ASSERT_THAT(engine_.remove_range("a", "z"), Succeeds());
  for (int pass = 0; pass < 2; ++pass) {
    EXPECT_THAT(keys_of(engine_), IsEmpty());
    EXPECT_EQ(read(engine_, other, "a"), "theirs");
    ASSERT_THAT(engine_.flush(), Succeeds());
  }
  ASSERT_THAT(engine_.remove_range(other, "a", "z"), Succeeds());
  EXPECT_EQ(read(engine_, other, "a"), "(none)");
}

TEST_F(EngineRemoveRange, survives_a_reopen_without_flush_in_its_order_among_puts) {
  put({"a", "b"}, "old");
  ASSERT_THAT(engine_.flush(), Succeeds());
  ASSERT_THAT(engine_.remove_range("a", "z"), Succeeds());
  put({"b"}, "new");
  engine_ = open_small(scratch_ / "other");
  StorageEngine reopened = open_small(scratch_ / "db");
  EXPECT_THAT(rows_of(reopened), ElementsAre(std::pair("b", "new")));
  EXPECT_EQ(read(reopened, "a"), "(none)");
}

TEST_F(EngineRemoveRange, seeks_into_a_removed_stretch_land_beside_it) {
  put({"a", "c", "e", "g"});
  ASSERT_THAT(engine_.flush(), Succeeds());
  ASSERT_THAT(engine_.remove_range("c", "f"), Succeeds());
  Cursor cursor = engine_.cursor();
  cursor.seek("d");
  ASSERT_TRUE(cursor.valid());
  EXPECT_EQ(cursor.key(), "g");
  cursor.seek_for_previous("d");
  ASSERT_TRUE(cursor.valid());
  EXPECT_EQ(cursor.key(), "a");
  cursor.next();
  ASSERT_TRUE(cursor.valid());
  EXPECT_EQ(cursor.key(), "g");
  cursor.previous();
  ASSERT_TRUE(cursor.valid());
  EXPECT_EQ(cursor.key(), "a");
}

TEST_F(EngineRemoveRange, a_row_at_the_very_start_of_a_removed_stretch_is_skipped_backwards) {
  put({"b", "c", "d"});
  ASSERT_THAT(engine_.compact_range(), Succeeds());
  ASSERT_THAT(engine_.remove_range("b", "d"), Succeeds());
  EXPECT_THAT(backwards(), ElementsAre("d"));
  Cursor cursor = engine_.cursor();
  cursor.seek_for_previous("c\xff");
  EXPECT_FALSE(cursor.valid());
}

TEST_F(EngineRemoveRange, removing_everything_twice_and_refilling_works) {
  for (int round = 0; round < 3; ++round) {
    for (std::uint64_t i = 0; i < 300; ++i) put({numbered_key(i)}, std::to_string(round));
    EXPECT_EQ(keys_of(engine_).size(), 300u);
    ASSERT_THAT(engine_.remove_range("", "z"), Succeeds());
    EXPECT_THAT(keys_of(engine_), IsEmpty());
    if (round == 1) {
      ASSERT_THAT(engine_.compact_range(), Succeeds());
    }
  }
  EXPECT_THAT(backwards(), IsEmpty());
}

}  // namespace
}  // namespace quartz
