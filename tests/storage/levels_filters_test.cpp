#include "storage/levels_filters.hpp"

#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/sst_file_writer.h>

#include "base/epoch.hpp"
#include "base/hash.hpp"
#include "storage/levels_fixture.hpp"

namespace quartz::storage {
namespace {

class LevelsFiltersTest : public LevelsTest {
 protected:
  LevelsFiltersTest() { open(); }

  static bool may_contain_at(const LevelsSnapshot& at, std::string_view key,
                             KeyspaceId keyspace = 0) {
    const EpochGuard guard;
    return Levels::may_contain(keyspace, key, hash_key(key, keyspace), at);
  }
  bool may_contain(std::string_view key, KeyspaceId keyspace = 0) {
    return may_contain_at(*levels->snapshot(), key, keyspace);
  }
  /// How many of the numbered keys, with `suffix`, may be there.
  int possible(int count, const std::string& suffix) {
    int possible = 0;
    for (const auto& [key, value] : numbered_rows(count)) possible += may_contain(key + suffix);
    return possible;
  }
};

TEST_F(LevelsFiltersTest, know_most_absent_keys_and_every_present_one) {
  ingest(numbered_rows(2000));
  EXPECT_EQ(possible(2000, ""), 2000);
  EXPECT_LT(possible(2000, "!"), 100);
  EXPECT_FALSE(may_contain(""));
  EXPECT_FALSE(may_contain("zzz"));
}

TEST_F(LevelsFiltersTest, an_empty_and_an_unknown_keyspace_have_no_keys) {
  EXPECT_FALSE(may_contain("a"));
  EXPECT_FALSE(may_contain("a", 9));
  levels->create_keyspace(1, "orders").value();
  EXPECT_FALSE(may_contain("a", 1));
}

TEST_F(LevelsFiltersTest, hold_over_ingests_compaction_and_reopening) {
  ingest(numbered_rows(1000));
  ingest({{"key000500!", "1"}, {"zzz", "1"}});
  EXPECT_TRUE(may_contain("key000500!"));
  EXPECT_TRUE(may_contain("zzz"));
  levels->compact_range(0, {}, {}).value();
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(possible(1000, ""), 1000);
    EXPECT_TRUE(may_contain("zzz"));
    EXPECT_LT(possible(1000, "?"), 60);
    reopen();
  }
}

TEST_F(LevelsFiltersTest, answer_for_any_number_of_tables_in_level_0) {
  for (int table = 0; table < 70; ++table) {
    ingest({{"a", "1"}, {"m" + std::to_string(table), "1"}, {"z", "1"}});
  }
  int possible_absent = 0;
  for (int i = 70; i < 270; ++i) possible_absent += may_contain("m" + std::to_string(i));
  EXPECT_LT(possible_absent, 60);
  for (int table = 0; table < 70; ++table) EXPECT_TRUE(may_contain("m" + std::to_string(table)));
}

TEST_F(LevelsFiltersTest, tell_keyspaces_apart) {
  levels->create_keyspace(1, "orders").value();
  ingest(numbered_rows(1000));
  ingest({{"key000000", "1"}, {"key000999", "1"}}, {}, 1);
  int possible_orders = 0;
  for (const auto& [key, value] : numbered_rows(1000)) possible_orders += may_contain(key, 1);
  EXPECT_LT(possible_orders, 60);
  EXPECT_TRUE(may_contain("key000999", 1));
  // That of the other one was not touched by the last ingest, and still knows.
  EXPECT_EQ(possible(1000, ""), 1000);
  EXPECT_LT(possible(1000, "!"), 60);
}

TEST_F(LevelsFiltersTest, an_older_snapshot_still_may_see_what_was_removed_and_compacted_away) {
  ingest({{"a", "1"}, {"b", "1"}, {"c", "1"}});
  const auto before = levels->snapshot();
  ingest({{"a", std::nullopt}}, {{"b", "c"}});
  levels->compact_range(0, {}, {}).value();
  ingest({{"x", "1"}});
  EXPECT_TRUE(may_contain_at(*before, "a"));
  EXPECT_TRUE(may_contain_at(*before, "b"));
  EXPECT_EQ(get_at(*before, "a"), "1");
  EXPECT_EQ(get_at(*before, "b"), "1");
}

TEST_F(LevelsFiltersTest, a_key_that_is_only_removed_is_nowhere) {
  ingest({{"a", "1"}, {"z", "1"}});
  ingest({{"m", std::nullopt}});
  EXPECT_FALSE(may_contain("m"));
}

// What RocksDB then calls the first table's largest key is the second's smallest.
TEST_F(LevelsFiltersTest, a_range_tombstone_cut_at_the_border_of_two_tables_hides_no_row) {
  options.table_file_bytes = std::size_t{16} << 10;
  reopen();
  ingest(numbered_rows(3000));
  const auto before = levels->snapshot();
  ingest({}, {{"key", "kez"}});
  levels->compact_range(0, {}, {}).value();
  int denied = 0;
  for (const auto& [key, value] : numbered_rows(3000)) {
    if (may_contain_at(*before, key)) continue;
    ADD_FAILURE() << key << " is " << get_at(*before, key);
    if (++denied == 5) break;
  }
}

// As another program than ours may build it.
TEST_F(LevelsFiltersTest, a_table_without_a_filter_may_contain_everything) {
  const auto path = ingest_directory() / "foreign.sst";
  rocksdb::SstFileWriter writer{rocksdb::EnvOptions(), rocksdb::Options()};
  ASSERT_TRUE(writer.Open(path.string()).ok());
  ASSERT_TRUE(writer.Put("a", "1").ok());
  ASSERT_TRUE(writer.Put("z", "1").ok());
  ASSERT_TRUE(writer.Finish().ok());
  levels->ingest(std::vector{TableFile{.path = path}}, 1).value();
  EXPECT_TRUE(may_contain("a"));
  EXPECT_TRUE(may_contain("m"));
  EXPECT_EQ(get("z"), "1");
}

// At every snapshot that is kept, whatever happens after it.
TEST_F(LevelsFiltersTest, never_deny_a_row_that_a_snapshot_sees) {
  options.compaction_threshold = 2;
  options.start_compaction = true;
  options.table_file_bytes = std::size_t{16} << 10;
  reopen();
  std::mt19937 random(5);
  std::vector<std::shared_ptr<const LevelsSnapshot>> snapshots;
  for (int step = 0; step < 60; ++step) {
    Rows rows;
    for (int i = 0; i < 30; ++i) {
      const std::string key = "k" + std::to_string(random() % 400);
      rows[key] = random() % 3 == 0 ? std::nullopt : std::optional(std::string(100, 'v'));
    }
    Ranges ranges;
    if (step % 5 == 4) ranges.emplace_back("k1", "k2");
    ingest(rows, ranges);
    if (step % 4 == 0) snapshots.push_back(levels->snapshot());
    if (snapshots.size() > 5) snapshots.erase(snapshots.begin());
    if (step % 10 == 9) levels->compact_range(0, {}, {}).value();
    for (const auto& at : snapshots) {
      for (int i = 0; i < 400; ++i) {
        const std::string key = "k" + std::to_string(i);
        if (get_at(*at, key) == "(none)") continue;
        ASSERT_TRUE(may_contain_at(*at, key)) << key << " at step " << step;
      }
    }
  }
}

}  // namespace
}  // namespace quartz::storage
