#include "storage/levels_sorted_run.hpp"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/levels_fixture.hpp"
#include "storage/levels_state.hpp"

namespace quartz::storage {
namespace {

constexpr int kRows = 5000;

class SortedRunTest : public LevelsTest {
 protected:
  SortedRunTest() {
    options.table_file_bytes = std::size_t{64} << 10;
    open();
  }

  std::shared_ptr<const SortedRun> run(KeyspaceId keyspace = 0) {
    return run_at(*levels->snapshot(), keyspace);
  }
  static std::shared_ptr<const SortedRun> run_at(const LevelsSnapshot& at,
                                                 KeyspaceId keyspace = 0) {
    return at.sorted_run(*find_family(at.families(), keyspace));
  }
  void compact(KeyspaceId keyspace = 0) { levels->compact_range(keyspace, {}, {}).value(); }

  /// Several tables in one run: every second of the numbered rows, the others being removed.
  void make_run(KeyspaceId keyspace = 0) {
    const Rows rows = numbered_rows(kRows);
    Rows removed;
    for (auto row = rows.begin(); row != rows.end(); ++row) {
      kept.insert({row->first, *row->second});
      removed.insert({(++row)->first, std::nullopt});
    }
    ingest(rows, {}, keyspace);
    ingest(removed, {}, keyspace);
    compact(keyspace);
    ASSERT_NE(run(keyspace), nullptr);
    ASSERT_GT(run(keyspace)->table_count(), 3u);
  }
  /// The files of the run's tables.
  std::vector<std::filesystem::path> run_files() const {
    auto files = table_files();
    std::erase_if(files,
                  [](const auto& file) { return std::filesystem::file_size(file) < 10'000; });
    return files;
  }
  std::string kept_text() const {
    std::string text;
    for (const auto& [key, value] : kept) text.append(key).append("=").append(value).append(" ");
    return text;
  }

  std::map<std::string, std::string> kept;
};

TEST_F(SortedRunTest, tables_that_do_not_overlap_are_a_run) {
  EXPECT_EQ(run()->table_count(), 0u);
  ingest({{"a", "1"}, {"b", "1"}});
  ingest({{"x", "2"}, {"y", "2"}});
  ASSERT_NE(run(), nullptr);
  EXPECT_EQ(run()->table_count(), 2u);
  EXPECT_EQ(run()->smallest_key(1), "x");
  EXPECT_EQ(run()->largest_key(0), "b");
  EXPECT_EQ(scan(), "a=1 b=1 x=2 y=2 ");
}

TEST_F(SortedRunTest, tables_that_overlap_are_one_again_when_they_are_compacted) {
  ingest({{"a", "1"}, {"c", "1"}});
  ingest({{"b", "2"}, {"d", "2"}});
  EXPECT_EQ(run(), nullptr);
  compact();
  ASSERT_NE(run(), nullptr);
  EXPECT_EQ(scan(), "a=1 b=2 c=1 d=2 ");
  ingest({{"d", "3"}, {"e", "3"}});
  EXPECT_EQ(run(), nullptr);
  EXPECT_EQ(scan(), "a=1 b=2 c=1 d=3 e=3 ");
}

TEST_F(SortedRunTest, a_range_tombstone_is_left_to_rocksdb) {
  ingest({{"a", "1"}, {"b", "1"}});
  ingest({{"x", "2"}}, {{"m", "n"}});
  EXPECT_EQ(run(), nullptr);
  EXPECT_EQ(scan(), "a=1 b=1 x=2 ");
  compact();
  EXPECT_NE(run(), nullptr);
}

TEST_F(SortedRunTest, an_older_snapshot_does_not_see_what_the_run_gained) {
  ingest({{"a", "1"}, {"b", "1"}});
  const auto before = levels->snapshot();
  ingest({{"x", "2"}});
  EXPECT_NE(run(), nullptr);
  EXPECT_EQ(run_at(*before), nullptr);
  EXPECT_EQ(forward(levels->iterate(0, before, {}).value()), "a=1 b=1 ");
}

TEST_F(SortedRunTest, is_walked_both_ways_over_all_tables_without_what_was_removed) {
  make_run();
  EXPECT_EQ(scan(), kept_text());
  LevelsIterator rows = iterate();
  rows.seek_to_last();
  for (auto row = kept.rbegin(); row != kept.rend(); ++row, rows.previous()) {
    ASSERT_TRUE(rows.valid());
    ASSERT_EQ(rows.key(), row->first);
  }
  EXPECT_FALSE(rows.valid());
}

TEST_F(SortedRunTest, turns_round_and_seeks_at_the_border_of_two_tables) {
  make_run();
  for (std::size_t table = 1; table < run()->table_count(); ++table) {
    const std::string last(run()->largest_key(table - 1));
    const std::string first(run()->smallest_key(table));
    LevelsIterator rows = iterate();
    rows.seek(last);
    EXPECT_EQ(rows.key(), last);
    rows.next();
    EXPECT_EQ(rows.key(), first);
    rows.previous();
    EXPECT_EQ(rows.key(), last);
    rows.seek(last + "!");
    EXPECT_EQ(rows.key(), first);
    rows.seek_for_previous(first.substr(0, first.size() - 1));
    EXPECT_LE(rows.key(), last);
    rows.seek_for_previous(last + "!");
    EXPECT_EQ(rows.key(), last);
  }
}

// Past the block cache, so that a table that is left takes its blocks along.
TEST_F(SortedRunTest, seeks_what_is_a_part_of_the_row_that_it_stands_on) {
  ingest({{"a", "xz"}, {"b", "1"}});
  ingest({{"x", "b"}, {"xza", "2"}});
  ASSERT_EQ(run()->table_count(), 2u);
  LevelsIterator rows = iterate({.fill_block_cache = false});
  rows.seek("a");
  rows.seek(rows.value());
  EXPECT_EQ(rows.key(), "xza");
  rows.seek(rows.key().substr(2));
  EXPECT_EQ(rows.key(), "a");
  rows.seek_for_previous("x");
  rows.seek_for_previous(rows.value());
  EXPECT_EQ(rows.key(), "b");
}

TEST_F(SortedRunTest, agrees_with_a_map_within_any_bounds) {
  make_run();
  std::mt19937 random(7);
  const auto key = [&] {
    const std::string digits = std::to_string(random() % (kRows + 100));
    return "key" + std::string(6 - digits.size(), '0') + digits + (random() % 2 == 0 ? "" : "!");
  };
  for (int round = 0; round < 300; ++round) {
    std::string lower = key();
    std::string upper = key();
    if (upper < lower) std::swap(lower, upper);
    LevelsRange range;
    if (random() % 4 != 0) range.lower_bound = lower;
    if (random() % 4 != 0) range.upper_bound = upper;
    const auto begin = range.lower_bound ? kept.lower_bound(lower) : kept.begin();
    const auto end = range.upper_bound ? kept.lower_bound(upper) : kept.end();
    const std::map<std::string, std::string> inside(begin, end);
    LevelsIterator rows = iterate(range);
    const auto shown = [&] { return rows.valid() ? std::string(rows.key()) : ""; };

    rows.seek_to_first();
    ASSERT_EQ(shown(), inside.empty() ? "" : inside.begin()->first);
    rows.seek_to_last();
    ASSERT_EQ(shown(), inside.empty() ? "" : inside.rbegin()->first);
    for (int seek = 0; seek < 5; ++seek) {
      const std::string target = key();
      const auto next = inside.lower_bound(target);
      rows.seek(target);
      ASSERT_EQ(shown(), next == inside.end() ? "" : next->first);
      if (rows.valid()) {
        rows.previous();
        ASSERT_EQ(shown(), next == inside.begin() ? "" : std::prev(next)->first);
      }
      const auto after = inside.upper_bound(target);
      rows.seek_for_previous(target);
      ASSERT_EQ(shown(), after == inside.begin() ? "" : std::prev(after)->first);
      if (rows.valid()) {
        rows.next();
        ASSERT_EQ(shown(), after == inside.end() ? "" : after->first);
      }
    }
  }
}

TEST_F(SortedRunTest,
       tables_are_walked_to_the_end_although_they_were_replaced_or_the_keyspace_dropped) {
  levels->create_keyspace(1, "orders").value();
  make_run(1);
  LevelsIterator replaced = iterate({}, 1);
  ingest(numbered_rows(kRows), {}, 1);
  compact(1);
  LevelsIterator dropped = iterate({}, 1);
  levels->drop_keyspace(1).value();
  levels.reset();
  EXPECT_EQ(forward(std::move(replaced)), kept_text());
  std::size_t count = 0;
  for (dropped.seek_to_first(); dropped.valid(); dropped.next()) ++count;
  EXPECT_EQ(count, static_cast<std::size_t>(kRows));
}

TEST_F(SortedRunTest, does_not_keep_the_files_of_replaced_tables) {
  make_run();
  EXPECT_EQ(scan(), kept_text());
  const auto replaced = run_files();
  ingest(numbered_rows(kRows));
  compact();
  // RocksDB may remove them on a thread of its own.
  for (const auto& file : replaced) {
    while (std::filesystem::exists(file)) std::this_thread::yield();
  }
  EXPECT_GT(run_files().size(), 3u);
}

TEST_F(SortedRunTest, damage_is_told_and_kept) {
  make_run();
  const auto damaged = run()->table_count() / 2;
  const std::string first(run()->smallest_key(damaged));
  levels.reset();
  for (const auto& file : run_files()) flip_bit(file, 3000);
  open();
  ASSERT_NE(run(), nullptr);
  LevelsIterator rows = iterate();
  rows.seek(first);
  EXPECT_FALSE(rows.valid());
  ASSERT_TRUE(rows.error());
  EXPECT_EQ(rows.error()->code(), Errc::corruption);
  EXPECT_THAT(rows.error()->message(), testing::HasSubstr(".sst"));
  rows.seek_to_last();
  EXPECT_FALSE(rows.valid());
  EXPECT_TRUE(rows.error());
}

TEST_F(SortedRunTest, a_table_whose_file_is_gone_is_told_by_name) {
  make_run();
  for (const auto& file : run_files()) std::filesystem::remove(file);
  LevelsIterator rows = iterate();
  rows.seek_to_first();
  EXPECT_FALSE(rows.valid());
  ASSERT_TRUE(rows.error());
  EXPECT_EQ(rows.error()->code(), Errc::corruption);
  EXPECT_THAT(rows.error()->message(), testing::HasSubstr(".sst"));
}

// Every ingest rewrites all rows with its number, in two tables, which compaction merges beside it:
// whatever a scan walks, it must find one number in all rows.
TEST_F(SortedRunTest, scans_beside_ingests_and_compactions_see_one_state) {
  constexpr int kIngests = 60;
  const auto rows_of = [](int number) {
    Rows rows = numbered_rows(200);
    for (auto& [key, value] : rows) value = std::to_string(number);
    return rows;
  };
  ingest(rows_of(0));
  std::atomic<bool> done = false;
  std::atomic<int> scans = 0;
  std::thread scanner([&] {
    while (!done || scans == 0) {
      LevelsIterator rows = iterate();
      rows.seek_to_first();
      ASSERT_TRUE(rows.valid());
      const std::string number(rows.value());
      int count = 0;
      for (; rows.valid(); rows.next(), ++count) ASSERT_EQ(rows.value(), number);
      ASSERT_EQ(rows.error(), std::nullopt);
      ASSERT_EQ(count, 200);
      ++scans;
    }
  });
  std::thread compacter([&] {
    while (!done) compact();
  });
  for (int number = 1; number <= kIngests; ++number) ingest(rows_of(number));
  done = true;
  scanner.join();
  compacter.join();
}

}  // namespace
}  // namespace quartz::storage
