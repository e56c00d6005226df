#include "quartz/storage/snapshot.hpp"

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

class SnapshotOfEngine : public ::testing::Test {
 protected:
  ScratchDirectory scratch_;
  StorageEngine engine_ = open_small(scratch_ / "db");
};

TEST_F(SnapshotOfEngine, sees_nothing_that_is_written_after_it) {
  ASSERT_THAT(engine_.put("kept", "old"), Succeeds());
  ASSERT_THAT(engine_.put("removed", "old"), Succeeds());
  const Snapshot snapshot = engine_.snapshot();
  ASSERT_THAT(engine_.put("kept", "new"), Succeeds());
  ASSERT_THAT(engine_.remove("removed"), Succeeds());
  ASSERT_THAT(engine_.put("added", "new"), Succeeds());
  EXPECT_EQ(read(engine_, "kept", {.snapshot = &snapshot}), "old");
  EXPECT_EQ(read(engine_, "removed", {.snapshot = &snapshot}), "old");
  EXPECT_EQ(read(engine_, "added", {.snapshot = &snapshot}), "(none)");
  EXPECT_EQ(rows_of(engine_, {.snapshot = &snapshot}), (Rows{{"kept", "old"}, {"removed", "old"}}));
}

TEST_F(SnapshotOfEngine, names_the_newest_visible_sequence) {
  EXPECT_EQ(engine_.snapshot().sequence(), 0u);
  ASSERT_THAT(engine_.put("a", "1"), Succeeds());
  EXPECT_EQ(engine_.snapshot().sequence(), 1u);
  ASSERT_THAT(engine_.write(WriteBatch().put("a", "2").put("b", "2")), Succeeds());
  EXPECT_EQ(engine_.snapshot().sequence(), 3u);
}

TEST_F(SnapshotOfEngine, of_an_empty_engine_stays_empty) {
  const Snapshot snapshot = engine_.snapshot();
  ASSERT_THAT(engine_.put("key", "value"), Succeeds());
  for (int pass = 0; pass < 3; ++pass) {
    EXPECT_EQ(read(engine_, "key", {.snapshot = &snapshot}), "(none)");
    EXPECT_THAT(rows_of(engine_, {.snapshot = &snapshot}), IsEmpty());
    ASSERT_THAT(pass == 0 ? engine_.flush() : engine_.compact_range(), Succeeds());
  }
}

TEST_F(SnapshotOfEngine, answers_every_way_of_reading_the_same_through_flush_and_compaction) {
  ASSERT_THAT(engine_.put("a", "in levels"), Succeeds());
  ASSERT_THAT(engine_.put("gone", "in levels"), Succeeds());
  ASSERT_THAT(engine_.compact_range(), Succeeds());
  ASSERT_THAT(engine_.put("b", "in memory"), Succeeds());
  ASSERT_THAT(engine_.remove("gone"), Succeeds());
  const Snapshot snapshot = engine_.snapshot();
  const Keyspace filler = engine_.create_keyspace("filler").value();
  const ReadOptions old{.snapshot = &snapshot};
  const std::vector<std::string_view> keys = {"a", "b", "c", "gone"};
  for (int round = 0; round < 4; ++round) {
    EXPECT_EQ(read(engine_, "a", old), "in levels");
    EXPECT_EQ(engine_.get_pinned("b", old).value()->view(), "in memory");
    EXPECT_FALSE(engine_.contains("c", old).value());
    EXPECT_THAT(engine_.multi_get(keys, old).value(),
                ElementsAre("in levels", "in memory", std::nullopt, std::nullopt));
    EXPECT_THAT(keys_of(engine_, {.snapshot = &snapshot}), ElementsAre("a", "b"));
    EXPECT_THAT(keys_of(engine_, {.reverse = true, .snapshot = &snapshot}), ElementsAre("b", "a"));
    for (const std::string_view key : keys) {
      ASSERT_THAT(engine_.put(key, "round " + std::to_string(round)), Succeeds());
      // Rows of the newest state enter the cache and must not leak into the old one.
      EXPECT_EQ(read(engine_, key), "round " + std::to_string(round));
    }
    for (int i = 0; i < 3; ++i) fill_active_memtable(engine_, filler);
    ASSERT_THAT(round % 2 == 0 ? engine_.flush() : engine_.compact_range(), Succeeds());
    for (const std::string_view key : keys) EXPECT_NE(read(engine_, key), "(none)");
  }
}

TEST_F(SnapshotOfEngine, many_at_different_moments_each_keep_their_own) {
  std::vector<Snapshot> snapshots;
  for (int i = 0; i < 20; ++i) {
    ASSERT_THAT(engine_.put("key", std::to_string(i)), Succeeds());
    snapshots.push_back(engine_.snapshot());
    if (i % 5 == 4) {
      ASSERT_THAT(engine_.flush(), Succeeds());
    }
  }
  ASSERT_THAT(engine_.compact_range(), Succeeds());
  for (std::size_t i = 0; i < snapshots.size(); ++i) {
    EXPECT_EQ(read(engine_, "key", {.snapshot = &snapshots[i]}), std::to_string(i));
  }
  // Letting some go, in no order, does not harm the others.
  snapshots.erase(snapshots.begin() + 3, snapshots.begin() + 15);
  ASSERT_THAT(engine_.compact_range(), Succeeds());
  EXPECT_EQ(read(engine_, "key", {.snapshot = &snapshots[2]}), "2");
  EXPECT_EQ(read(engine_, "key", {.snapshot = &snapshots[3]}), "15");
}

TEST_F(SnapshotOfEngine, covers_all_keyspaces_and_outlives_the_drop_of_one) {
  const Keyspace kept = engine_.create_keyspace("kept").value();
  const Keyspace dropped = engine_.create_keyspace("dropped").value();
  ASSERT_THAT(engine_.put(kept, "key", "old"), Succeeds());
  ASSERT_THAT(engine_.put(dropped, "key", "old"), Succeeds());
  const Snapshot snapshot = engine_.snapshot();
  ASSERT_THAT(engine_.put(kept, "key", "new"), Succeeds());
  ASSERT_THAT(engine_.drop_keyspace(dropped), Succeeds());
  ASSERT_THAT(engine_.compact_range(), Succeeds());
  EXPECT_EQ(read(engine_, kept, "key", {.snapshot = &snapshot}), "old");
  EXPECT_THAT(engine_.get(dropped, "key", {.snapshot = &snapshot}), FailsWith(Errc::closed));
}

TEST_F(SnapshotOfEngine, does_not_know_a_keyspace_that_was_created_after_it) {
  const Snapshot snapshot = engine_.snapshot();
  const Keyspace late = engine_.create_keyspace("late").value();
  ASSERT_THAT(engine_.put(late, "key", "value"), Succeeds());
  ASSERT_THAT(engine_.flush(), Succeeds());
  EXPECT_EQ(read(engine_, late, "key", {.snapshot = &snapshot}), "(none)");
  EXPECT_THAT(rows_of(engine_, {.snapshot = &snapshot, .keyspace = &late}), IsEmpty());
  EXPECT_EQ(read(engine_, late, "key"), "value");
}

TEST_F(SnapshotOfEngine, of_another_engine_is_refused) {
  StorageEngine other = open_small(scratch_ / "other");
  const Snapshot theirs = other.snapshot();
  EXPECT_THAT(engine_.get("key", {.snapshot = &theirs}), FailsWith(Errc::invalid_argument));
  EXPECT_THAT(engine_.contains("key", {.snapshot = &theirs}), FailsWith(Errc::invalid_argument));
  EXPECT_THAT(engine_.multi_get({}, {.snapshot = &theirs}), FailsWith(Errc::invalid_argument));
}

TEST_F(SnapshotOfEngine, that_was_moved_from_is_refused_and_the_new_owner_works) {
  ASSERT_THAT(engine_.put("key", "old"), Succeeds());
  Snapshot first = engine_.snapshot();
  ASSERT_THAT(engine_.put("key", "new"), Succeeds());
  const Snapshot second = std::move(first);
  EXPECT_EQ(read(engine_, "key", {.snapshot = &second}), "old");
  // NOLINTNEXTLINE(bugprone-use-after-move): that is what is tested.
  EXPECT_THAT(engine_.get("key", {.snapshot = &first}), FailsWith(Errc::invalid_argument));
  EXPECT_EQ(first.sequence(), 0u);
}

TEST_F(SnapshotOfEngine, is_counted_while_it_is_open) {
  EXPECT_EQ(engine_.statistics().snapshots_open, 0u);
  {
    const Snapshot one = engine_.snapshot();
    const Snapshot two = engine_.snapshot();
    EXPECT_EQ(engine_.statistics().snapshots_open, 2u);
  }
  EXPECT_EQ(engine_.statistics().snapshots_open, 0u);
}

TEST_F(SnapshotOfEngine, shows_a_batch_whole_or_not_at_all) {
  const Snapshot before = engine_.snapshot();
  ASSERT_THAT(engine_.write(WriteBatch().put("a", "1").put("b", "1")), Succeeds());
  const Snapshot after = engine_.snapshot();
  EXPECT_THAT(keys_of(engine_, {.snapshot = &before}), IsEmpty());
  EXPECT_THAT(keys_of(engine_, {.snapshot = &after}), ElementsAre("a", "b"));
}

}  // namespace
}  // namespace quartz
