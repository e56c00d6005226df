#include "storage/levels.hpp"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/levels_fixture.hpp"

namespace quartz::storage {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> names(const Levels& levels) {
  std::vector<std::string> all;
  for (const LevelsKeyspace& keyspace : levels.keyspaces()) {
    all.push_back(std::to_string(keyspace.id) + ":" + keyspace.name);
  }
  return all;
}

TEST_F(LevelsTest, a_new_directory_gets_the_default_keyspace_and_no_rows) {
  open();
  EXPECT_THAT(names(*levels), ElementsAre("0:default"));
  EXPECT_EQ(levels->applied_sequence(), 0u);
  EXPECT_EQ(get("a"), "(none)");
  EXPECT_EQ(scan(), "");
}

TEST_F(LevelsTest, a_missing_database_is_not_found_when_it_must_exist) {
  options.create_if_missing = false;
  EXPECT_THAT(Levels::open(options), FailsWith(Errc::not_found, HasSubstr("levels")));
  EXPECT_FALSE(std::filesystem::exists(directory()));
}

TEST_F(LevelsTest, a_database_that_is_open_already_is_busy) {
  open();
  EXPECT_THAT(Levels::open(options), FailsWith(Errc::busy, HasSubstr("LOCK")));
}

TEST_F(LevelsTest, an_ingested_row_is_read_back) {
  open();
  ingest({{"a", "1"}, {"b", "2"}});
  EXPECT_EQ(get("a"), "1");
  EXPECT_EQ(get("b"), "2");
  EXPECT_EQ(get("c"), "(none)");
}

TEST_F(LevelsTest, get_into_reuses_the_string_and_says_whether_the_key_exists) {
  open();
  ingest({{"a", "1"}});
  std::string value = "before";
  EXPECT_TRUE(levels->get_into(0, "a", *levels->snapshot(), value).value());
  EXPECT_EQ(value, "1");
  EXPECT_FALSE(levels->get_into(0, "b", *levels->snapshot(), value).value());
  EXPECT_FALSE(levels->get_into(7, "a", *levels->snapshot(), value).value());
}

TEST_F(LevelsTest, multi_get_answers_in_the_order_asked_for) {
  open();
  ingest({{"a", "1"}, {"b", "2"}, {"c", "3"}});
  ingest({{"b", std::nullopt}});
  const std::vector<std::string_view> keys{"c", "x", "a", "b", "c"};
  const auto answers = levels->multi_get(0, keys, *levels->snapshot()).value();
  ASSERT_EQ(answers.size(), 5u);
  EXPECT_EQ(answers[0]->view(), "3");
  EXPECT_FALSE(answers[1]);
  EXPECT_EQ(answers[2]->view(), "1");
  EXPECT_FALSE(answers[3]);
  EXPECT_EQ(answers[4]->view(), "3");
  EXPECT_TRUE(levels->multi_get(0, {}, *levels->snapshot())->empty());
}

TEST_F(LevelsTest, multi_get_agrees_with_get_on_every_row_and_gap) {
  open();
  const Rows rows = numbered_rows(3000);
  ingest(rows);
  ingest({{"key000005x", "between"}}, {{"key000100", "key000200"}});
  std::vector<std::string> keys;
  for (const auto& [key, value] : rows) keys.insert(keys.end(), {key, key + "x"});
  const std::vector<std::string_view> views(keys.rbegin(), keys.rend());
  const auto at = levels->snapshot();
  const auto answers = levels->multi_get(0, views, *at).value();
  for (std::size_t i = 0; i < views.size(); ++i) {
    ASSERT_EQ(answers[i] ? answers[i]->view() : "(none)", get_at(*at, views[i])) << views[i];
  }
}

TEST_F(LevelsTest, the_newer_ingest_wins) {
  open();
  ingest({{"a", "old"}, {"b", "old"}});
  ingest({{"a", "new"}});
  EXPECT_EQ(scan(), "a=new b=old ");
}

TEST_F(LevelsTest, a_tombstone_hides_older_rows) {
  open();
  ingest({{"a", "1"}, {"b", "2"}});
  ingest({{"a", std::nullopt}});
  EXPECT_EQ(get("a"), "(none)");
  EXPECT_EQ(scan(), "b=2 ");
}

TEST_F(LevelsTest, a_range_tombstone_removes_older_rows_and_spares_those_of_its_file) {
  open();
  ingest({{"a", "1"}, {"b", "1"}, {"c", "1"}, {"d", "1"}});
  ingest({{"b", "2"}}, {{"a", "d"}});
  EXPECT_EQ(get("a"), "(none)");
  EXPECT_EQ(get("b"), "2");
  EXPECT_EQ(get("c"), "(none)");
  EXPECT_EQ(scan(), "b=2 d=1 ");
  levels->compact_range(0, {}, {}).value();
  EXPECT_EQ(scan(), "b=2 d=1 ");
}

TEST_F(LevelsTest, a_file_of_range_tombstones_alone_is_ingested) {
  open();
  ingest({{"a", "1"}, {"b", "1"}});
  ingest({}, {{"", "b"}});
  EXPECT_EQ(scan(), "b=1 ");
  reopen();
  EXPECT_EQ(scan(), "b=1 ");
}

TEST_F(LevelsTest, rows_written_after_a_range_tombstone_live) {
  open();
  ingest({{"a", "1"}});
  ingest({}, {{"a", "z"}});
  ingest({{"a", "3"}, {"c", "3"}});
  EXPECT_EQ(scan(), "a=3 c=3 ");
}

TEST_F(LevelsTest, the_applied_sequence_survives_a_reopen) {
  open();
  const std::vector<TableFile> files{table(0, {{"a", "1"}})};
  levels->ingest(files, 1234567890123).value();
  EXPECT_EQ(levels->applied_sequence(), 1234567890123u);
  reopen();
  EXPECT_EQ(levels->applied_sequence(), 1234567890123u);
  EXPECT_EQ(get("a"), "1");
}

TEST_F(LevelsTest, an_ingest_without_files_moves_the_applied_sequence_alone) {
  open();
  ingest({{"a", "1"}});
  levels->ingest({}, 77).value();
  reopen();
  EXPECT_EQ(levels->applied_sequence(), 77u);
  EXPECT_EQ(scan(), "a=1 ");
}

TEST_F(LevelsTest, the_applied_sequence_survives_many_ingests) {
  open();
  // Each adds a table, and they are merged now and then.
  for (Sequence sequence = 1; sequence <= 60; ++sequence) levels->ingest({}, sequence).value();
  reopen();
  EXPECT_EQ(levels->applied_sequence(), 60u);
  EXPECT_LE(table_files().size(), 20u);
}

TEST_F(LevelsTest, an_ingest_takes_its_files_over_and_leaves_nothing_behind) {
  open();
  const TableFile file = table(0, {{"a", "1"}});
  levels->ingest({&file, 1}, 1).value();
  EXPECT_TRUE(std::filesystem::is_empty(ingest_directory()));
}

TEST_F(LevelsTest, files_of_several_keyspaces_become_visible_together) {
  open();
  levels->create_keyspace(1, "orders").value();
  const auto before = levels->snapshot();
  const std::vector<TableFile> files{table(0, {{"a", "0"}}), table(1, {{"a", "1"}})};
  levels->ingest(files, 2).value();
  EXPECT_EQ(get("a", 0), "0");
  EXPECT_EQ(get("a", 1), "1");
  EXPECT_EQ(get_at(*before, "a", 0), "(none)");
  EXPECT_EQ(get_at(*before, "a", 1), "(none)");
}

TEST_F(LevelsTest, several_files_of_one_keyspace_are_ingested_at_once) {
  open();
  const std::vector<TableFile> files{table(0, {{"a", "1"}, {"b", "1"}}), table(0, {{"c", "1"}})};
  levels->ingest(files, 3).value();
  EXPECT_EQ(scan(), "a=1 b=1 c=1 ");
}

TEST_F(LevelsTest, a_missing_file_fails_the_whole_ingest_and_changes_nothing) {
  open();
  levels->create_keyspace(1, "orders").value();
  ingest({{"a", "old"}});
  TableFile gone = table(1, {{"a", "1"}});
  std::filesystem::remove(gone.path);
  const TableFile good = table(0, {{"a", "new"}});
  const std::vector<TableFile> files{good, gone};
  EXPECT_THAT(levels->ingest(files, 9), FailsWith(Errc::not_found, HasSubstr(gone.path.string())));
  EXPECT_EQ(levels->applied_sequence(), 1u);
  EXPECT_EQ(get("a"), "old");
  EXPECT_TRUE(std::filesystem::exists(good.path));
  // Nothing was spoilt: the same file goes in afterwards.
  levels->ingest({&good, 1}, 10).value();
  EXPECT_EQ(get("a"), "new");
}

TEST_F(LevelsTest, a_damaged_file_fails_the_whole_ingest_and_changes_nothing) {
  open();
  levels->create_keyspace(1, "orders").value();
  const TableFile good = table(0, {{"a", "new"}});
  const TableFile bad = table(1, numbered_rows(100));
  flip_bit(bad.path, 1000);
  const std::vector<TableFile> files{good, bad};
  EXPECT_THAT(levels->ingest(files, 9),
              FailsWith(Errc::corruption, HasSubstr(bad.path.filename().string())));
  EXPECT_EQ(levels->applied_sequence(), 0u);
  EXPECT_EQ(scan(), "");
  EXPECT_EQ(scan({}, 1), "");
  EXPECT_TRUE(std::filesystem::exists(good.path));
}

TEST_F(LevelsTest, a_file_of_an_unknown_keyspace_is_refused) {
  open();
  const TableFile file = table(9, {{"a", "1"}});
  EXPECT_THAT(levels->ingest({&file, 1}, 1), FailsWith(Errc::not_found, HasSubstr("9")));
  EXPECT_EQ(levels->applied_sequence(), 0u);
}

TEST_F(LevelsTest, a_snapshot_does_not_see_later_ingests_nor_notice_compaction) {
  open();
  ingest({{"a", "1"}, {"b", "1"}, {"c", "1"}});
  const auto before = levels->snapshot();
  ingest({{"a", "2"}, {"b", std::nullopt}}, {{"c", "d"}});
  ingest({{"d", "3"}});
  levels->compact_range(0, {}, {}).value();
  EXPECT_EQ(scan(), "a=2 d=3 ");
  EXPECT_EQ(forward(levels->iterate(0, before, {}).value()), "a=1 b=1 c=1 ");
  EXPECT_EQ(backward(levels->iterate(0, before, {}).value()), "c=1 b=1 a=1 ");
  EXPECT_EQ(get_at(*before, "b"), "1");
  EXPECT_EQ(get_at(*before, "d"), "(none)");
}

TEST_F(LevelsTest, a_snapshot_of_an_empty_database_stays_empty) {
  open();
  const auto before = levels->snapshot();
  ingest({{"a", "1"}});
  ingest({{"a", "2"}});
  levels->compact_range(0, {}, {}).value();
  EXPECT_EQ(get_at(*before, "a"), "(none)");
  EXPECT_EQ(forward(levels->iterate(0, before, {}).value()), "");
}

TEST_F(LevelsTest, created_keyspaces_are_separate_and_survive_a_reopen) {
  open();
  levels->create_keyspace(3, "orders").value();
  levels->create_keyspace(1, "a.b_c-D9").value();
  ingest({{"a", "default"}});
  ingest({{"a", "orders"}}, {}, 3);
  EXPECT_THAT(names(*levels), ElementsAre("0:default", "1:a.b_c-D9", "3:orders"));
  reopen();
  EXPECT_THAT(names(*levels), ElementsAre("0:default", "1:a.b_c-D9", "3:orders"));
  EXPECT_EQ(get("a"), "default");
  EXPECT_EQ(get("a", 3), "orders");
  EXPECT_EQ(get("a", 1), "(none)");
}

TEST_F(LevelsTest, a_keyspace_whose_id_or_name_is_taken_is_refused) {
  open();
  levels->create_keyspace(3, "orders").value();
  EXPECT_THAT(levels->create_keyspace(4, "orders"), FailsWith(Errc::already_exists));
  EXPECT_THAT(levels->create_keyspace(3, "other"), FailsWith(Errc::already_exists));
  EXPECT_THAT(levels->create_keyspace(4, "default"), FailsWith(Errc::already_exists));
}

TEST_F(LevelsTest, a_dropped_keyspace_is_gone_also_after_a_reopen) {
  open();
  levels->create_keyspace(3, "orders").value();
  ingest({{"a", "1"}}, {}, 3);
  levels->drop_keyspace(3).value();
  EXPECT_EQ(get("a", 3), "(none)");
  EXPECT_THAT(levels->drop_keyspace(3), FailsWith(Errc::not_found));
  reopen();
  EXPECT_THAT(names(*levels), ElementsAre("0:default"));
}

TEST_F(LevelsTest, a_name_can_be_used_again_after_a_drop) {
  open();
  levels->create_keyspace(3, "orders").value();
  ingest({{"a", "1"}}, {}, 3);
  levels->drop_keyspace(3).value();
  levels->create_keyspace(4, "orders").value();
  EXPECT_EQ(get("a", 4), "(none)");
  reopen();
  EXPECT_EQ(get("a", 4), "(none)");
}

TEST_F(LevelsTest, the_default_keyspace_cannot_be_dropped) {
  open();
  EXPECT_THAT(levels->drop_keyspace(0), FailsWith(Errc::invalid_argument));
  EXPECT_EQ(get("a"), "(none)");
}

TEST_F(LevelsTest, a_snapshot_still_reads_a_keyspace_that_was_dropped) {
  open();
  levels->create_keyspace(3, "orders").value();
  ingest({{"a", "1"}}, {}, 3);
  const auto before = levels->snapshot();
  levels->drop_keyspace(3).value();
  EXPECT_EQ(get_at(*before, "a", 3), "1");
  EXPECT_EQ(forward(levels->iterate(3, before, {}).value()), "a=1 ");
}

TEST_F(LevelsTest, an_older_snapshot_finds_a_newer_keyspace_empty) {
  open();
  const auto before = levels->snapshot();
  levels->create_keyspace(3, "orders").value();
  ingest({{"a", "1"}}, {}, 3);
  EXPECT_EQ(get_at(*before, "a", 3), "(none)");
  EXPECT_EQ(forward(levels->iterate(3, before, {}).value()), "");
}

TEST_F(LevelsTest, pins_snapshots_and_iterators_outlive_the_levels) {
  open();
  const Rows rows = numbered_rows(1000);
  ingest(rows);
  auto at = levels->snapshot();
  PinnedValue pinned = levels->get(0, "key000500", *at).value().value();
  LevelsIterator iterator = levels->iterate(0, at, {}).value();
  iterator.seek_to_first();
  at.reset();
  levels.reset();
  EXPECT_THAT(Levels::open(options), FailsWith(Errc::busy));
  EXPECT_EQ(pinned.view(), *rows.at("key000500"));
  std::size_t count = 0;
  for (; iterator.valid(); iterator.next()) ++count;
  EXPECT_EQ(count, rows.size());
  pinned.reset();
  {
    const LevelsIterator last = std::move(iterator);
  }
  open();
  EXPECT_EQ(get("key000500"), *rows.at("key000500"));
}

TEST_F(LevelsTest, keys_and_values_of_any_bytes_come_back) {
  open();
  using std::string_literals::operator""s;
  const Rows rows{{"", "empty key"},
                  {"\0"s, "zero"},
                  {"\0\0"s, ""},
                  {"a\0b"s, "\0\xff\0"s},
                  {"\xff\xff"s, "high"}};
  ingest(rows);
  for (const auto& [key, value] : rows) EXPECT_EQ(get(key), *value);
  reopen();
  auto iterator = iterate();
  iterator.seek_to_first();
  for (const auto& [key, value] : rows) {
    ASSERT_TRUE(iterator.valid());
    EXPECT_EQ(iterator.key(), key);
    EXPECT_EQ(iterator.value(), *value);
    iterator.next();
  }
  EXPECT_FALSE(iterator.valid());
  ingest({{"", std::nullopt}});
  EXPECT_EQ(get(""), "(none)");
}

TEST_F(LevelsTest, an_empty_view_without_an_address_is_the_empty_key) {
  open();
  const std::string_view nowhere;
  TableBuilder builder = TableBuilder::create(ingest_directory() / "empty.sst", 0).value();
  builder.remove_range(nowhere, "b").value();
  builder.put(nowhere, nowhere).value();
  const TableFile file = builder.finish().value();
  levels->ingest({&file, 1}, 1).value();
  EXPECT_EQ(get(nowhere), "");
  EXPECT_EQ(levels->multi_get(0, {&nowhere, 1}, *levels->snapshot()).value()[0]->view(), "");
  LevelsIterator rows = iterate({.lower_bound = nowhere});
  rows.seek(nowhere);
  EXPECT_TRUE(rows.valid());
  rows.seek_for_previous(nowhere);
  EXPECT_TRUE(rows.valid());
  EXPECT_FALSE(iterate({.upper_bound = nowhere}).valid());
  levels->compact_range(0, nowhere, nowhere).value();
}

TEST_F(LevelsTest, long_keys_and_large_values_come_back) {
  open();
  const std::string key(64 * 1024, 'k');
  std::string value(1 << 20, 'v');
  value[77] = '\0';
  ingest({{key, value}, {key.substr(1), "shorter"}});
  EXPECT_EQ(get(key), value);
  levels->compact_range(0, {}, {}).value();
  EXPECT_EQ(get(key), value);
  EXPECT_EQ(get(key.substr(1)), "shorter");
}

TEST_F(LevelsTest, readers_see_whole_ingests_while_they_run) {
  open();
  levels->create_keyspace(1, "other").value();
  std::atomic<bool> done{false};
  std::thread reader([&] {
    while (!done.load(std::memory_order_acquire)) {
      const auto at = levels->snapshot();
      const std::string first = get_at(*at, "a", 0);
      EXPECT_EQ(get_at(*at, "a", 1), first);
      EXPECT_EQ(get_at(*at, "a", 0), first);
    }
  });
  for (int i = 1; i <= 20; ++i) {
    const std::string value = std::to_string(i);
    const std::vector<TableFile> files{table(0, {{"a", value}}), table(1, {{"a", value}})};
    levels->ingest(files, static_cast<Sequence>(i)).value();
  }
  done.store(true, std::memory_order_release);
  reader.join();
  EXPECT_EQ(get("a", 1), "20");
}

TEST_F(LevelsTest, statistics_tell_keyspaces_levels_and_keys) {
  open();
  levels->create_keyspace(1, "orders").value();
  ingest(numbered_rows(100));
  const auto statistics = levels->statistics();
  ASSERT_EQ(statistics.size(), 2u);
  EXPECT_EQ(statistics[0].name, "default");
  EXPECT_EQ(statistics[0].estimated_keys, 100u);
  ASSERT_EQ(statistics[0].levels.size(), 1u);
  EXPECT_EQ(statistics[0].levels[0].file_count, 1u);
  EXPECT_GT(statistics[0].levels[0].bytes, 1000u);
  EXPECT_EQ(statistics[1].name, "orders");
  EXPECT_TRUE(statistics[1].levels.empty());
}

TEST_F(LevelsTest, blocks_that_were_read_are_counted_as_cached) {
  open();
  ingest(numbered_rows(1000));
  const std::uint64_t before = levels->block_cache_bytes();
  EXPECT_NE(get("key000001"), "(none)");
  EXPECT_GT(levels->block_cache_bytes(), before);
}

}  // namespace
}  // namespace quartz::storage
