#include "storage/levels_inspect.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/levels_fixture.hpp"
#include "support/manifest_file.hpp"

namespace quartz::storage {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class LevelsInspectTest : public LevelsTest {
 protected:
  // Reads everything; `told` holds the last value of each key, by keyspace.
  LevelsInspection inspect() {
    told.clear();
    LevelsVisitor visitor;
    visitor.log_begin = log_begin;
    visitor.keyspace = [&](const LevelsKeyspace& keyspace) {
      told[keyspace.name];
      return Result<void>();
    };
    visitor.row = [&](const LevelsKeyspace& keyspace, std::string_view key,
                      std::string_view value) {
      told[keyspace.name][std::string(key)] = std::string(value);
      return Result<void>();
    };
    return inspect_levels(directory(), visitor).value();
  }

  // Sizes and times of all files.
  std::string state_of_directory() const {
    std::vector<std::string> lines;
    for (const auto& entry : std::filesystem::directory_iterator(directory())) {
      lines.push_back(entry.path().filename().string() + " " + std::to_string(entry.file_size()) +
                      " " + std::to_string(entry.last_write_time().time_since_epoch().count()) +
                      "\n");
    }
    std::sort(lines.begin(), lines.end());
    std::string all;
    for (const std::string& line : lines) all += line;
    return all;
  }

  void remove_files(std::string_view prefix) {
    for (const auto& entry : std::filesystem::directory_iterator(directory())) {
      if (entry.path().filename().string().starts_with(prefix)) {
        std::filesystem::remove(entry.path());
      }
    }
  }

  // Two tables, of which the second removes a row of the first: whoever reads them one by one
  // brings it back.
  void ingest_a_row_and_its_removal() {
    ingest({{"a", "1"}, {"removed", "1"}});
    ingest({{"removed", std::nullopt}});
  }

  std::optional<Sequence> log_begin;
  std::map<std::string, std::map<std::string, std::string>> told;
};

TEST_F(LevelsInspectTest, whole_levels_tell_all_rows_and_are_not_touched) {
  open();
  levels->create_keyspace(1, "orders").value();
  ingest({{"a", "1"}, {"b", "1"}, {"c", "1"}});
  ingest({{"b", std::nullopt}}, {{"c", "d"}});
  ingest({{"o", "1"}}, {}, 1);
  levels.reset();
  const std::string before = state_of_directory();
  const LevelsInspection found = inspect();
  EXPECT_EQ(state_of_directory(), before);
  EXPECT_THAT(found.damage, IsEmpty());
  EXPECT_TRUE(found.catalogue_readable);
  EXPECT_EQ(found.applied_sequence, 3u);
  EXPECT_EQ(found.keyspaces.size(), 2u);
  EXPECT_EQ(found.rows, 2u);
  EXPECT_EQ(found.entries, 6u);
  EXPECT_GE(found.files_checked, 5u);
  EXPECT_EQ(told["default"], (std::map<std::string, std::string>{{"a", "1"}}));
  EXPECT_EQ(told["orders"], (std::map<std::string, std::string>{{"o", "1"}}));
}

TEST_F(LevelsInspectTest, without_a_row_visitor_only_checks) {
  open();
  ingest({{"a", "1"}});
  levels.reset();
  std::uint64_t last = 0;
  LevelsVisitor visitor;
  visitor.progress = [&](std::uint64_t done, std::uint64_t total) {
    EXPECT_LE(done, total);
    last = done;
  };
  const LevelsInspection found = inspect_levels(directory(), visitor).value();
  EXPECT_EQ(found.rows, 0u);
  EXPECT_EQ(found.entries, 1u);
  EXPECT_EQ(last, found.files_checked);
}

TEST_F(LevelsInspectTest, a_missing_directory_is_not_found) {
  EXPECT_THAT(inspect_levels(scratch / "nowhere"), FailsWith(Errc::not_found));
}

TEST_F(LevelsInspectTest, an_error_of_the_visitor_ends_it) {
  open();
  ingest({{"a", "1"}});
  levels.reset();
  LevelsVisitor visitor;
  visitor.row = [](const LevelsKeyspace&, std::string_view, std::string_view) {
    return Result<void>(Error(Errc::cancelled, "enough"));
  };
  EXPECT_THAT(inspect_levels(directory(), visitor), FailsWith(Errc::cancelled, "enough"));
}

TEST_F(LevelsInspectTest, a_damaged_block_costs_its_rows_and_no_others) {
  open();
  const Rows rows = numbered_rows(5000);
  ingest(rows);
  levels.reset();
  const auto file = table_files().back();
  flip_bit(file, std::filesystem::file_size(file) / 2);
  const LevelsInspection found = inspect();
  ASSERT_THAT(found.damage, SizeIs(1));
  EXPECT_EQ(found.damage[0].file, "levels/" + file.filename().string());
  // The block's begin, so it lies a little before the flipped bit.
  EXPECT_GT(found.damage[0].offset, std::filesystem::file_size(file) / 2 - 40'000);
  EXPECT_LE(found.damage[0].offset, std::filesystem::file_size(file) / 2);
  // A block holds some hundred rows.
  EXPECT_GT(told["default"].size(), 4500u);
  EXPECT_LT(told["default"].size(), 5000u);
  EXPECT_TRUE(told["default"].contains("key000000"));
  EXPECT_TRUE(told["default"].contains("key004999"));
  for (const auto& [key, value] : told["default"]) ASSERT_EQ(value, *rows.at(key));
}

TEST_F(LevelsInspectTest, rows_of_other_tables_survive_next_to_damage) {
  open();
  const Rows older = numbered_rows(5000);
  Rows newer;
  for (int i = 0; i < 5000; ++i) newer[numbered_rows(1).begin()->first + std::to_string(i)] = "new";
  ingest(older);
  ingest(newer);  // All of its keys lie between two of the older ones.
  levels.reset();
  const auto older_file = table_files().back();
  flip_bit(older_file, 100);
  inspect();
  std::size_t fresh = 0;
  for (const auto& [key, value] : told["default"]) fresh += value == "new" ? 1u : 0u;
  EXPECT_EQ(fresh, newer.size());
  EXPECT_GT(told["default"].size(), newer.size() + 4500);
}

TEST_F(LevelsInspectTest, a_table_without_its_end_is_damage_and_the_others_are_read) {
  open();
  ingest(numbered_rows(3000));
  ingest({{"a", "1"}, {"z", "1"}});
  levels.reset();
  const auto file = table_files().back();
  truncate_file(file, std::filesystem::file_size(file) / 2);
  const LevelsInspection found = inspect();
  ASSERT_THAT(found.damage, testing::Not(IsEmpty()));
  EXPECT_EQ(found.damage[0].file, "levels/" + file.filename().string());
  EXPECT_EQ(told["default"], (std::map<std::string, std::string>{{"a", "1"}, {"z", "1"}}));
}

TEST_F(LevelsInspectTest, a_missing_table_is_damage_and_the_others_are_read) {
  open();
  ingest(numbered_rows(3000));
  ingest({{"a", "1"}, {"z", "1"}});
  levels.reset();
  std::filesystem::remove(table_files().back());
  const LevelsInspection found = inspect();
  EXPECT_THAT(found.damage, testing::Not(IsEmpty()));
  EXPECT_EQ(told["default"], (std::map<std::string, std::string>{{"a", "1"}, {"z", "1"}}));
}

TEST_F(LevelsInspectTest,
       a_missing_table_does_not_bring_back_what_was_removed_from_other_keyspaces) {
  open();
  levels->create_keyspace(1, "orders").value();
  ingest_a_row_and_its_removal();
  ingest(numbered_rows(3000), {}, 1);
  levels.reset();
  std::filesystem::remove(table_files().back());
  const LevelsInspection found = inspect();
  EXPECT_TRUE(found.catalogue_readable);
  EXPECT_THAT(found.damage, testing::Not(IsEmpty()));
  EXPECT_EQ(told["default"], (std::map<std::string, std::string>{{"a", "1"}}));
}

// What a crash in the middle of a compaction leaves has a number below those of later tables.
TEST_F(LevelsInspectTest, a_missing_table_does_not_make_another_count_that_nobody_names) {
  open();
  ingest({{"a", "1"}, {"removed", "1"}});
  const auto older = table_files().back();
  ingest(numbered_rows(3000));
  levels->compact_range(0, {}, {}).value();
  ingest({{"removed", std::nullopt}});
  levels.reset();
  std::filesystem::remove(table_files().back());
  ASSERT_FALSE(std::filesystem::exists(older));
  TableBuilder leftover = TableBuilder::create(older, 0).value();
  leftover.put("removed", "1").value();
  leftover.finish().value();
  const LevelsInspection found = inspect();
  EXPECT_TRUE(found.catalogue_readable);
  EXPECT_THAT(told["default"], IsEmpty());
}

TEST_F(LevelsInspectTest, a_lost_beginning_of_the_log_does_not_bring_back_what_was_removed) {
  open();
  ingest_a_row_and_its_removal();
  log_begin = levels->applied_sequence() + 10;
  levels.reset();
  const LevelsInspection found = inspect();
  EXPECT_TRUE(found.catalogue_readable);
  EXPECT_EQ(told["default"], (std::map<std::string, std::string>{{"a", "1"}}));
}

TEST_F(LevelsInspectTest, a_manifest_that_the_log_has_outrun_is_not_believed) {
  open();
  ingest({{"a", "1"}});
  const auto bytes = std::filesystem::file_size(manifest_in(directory()));
  ingest({{"b", "1"}});
  log_begin = levels->applied_sequence() + 1;
  levels.reset();
  truncate_file(manifest_in(directory()), bytes);
  const LevelsInspection found = inspect();
  EXPECT_FALSE(found.catalogue_readable);
  EXPECT_EQ(found.applied_sequence, 2u);
  EXPECT_EQ(told["default"], (std::map<std::string, std::string>{{"a", "1"}, {"b", "1"}}));
}

TEST_F(LevelsInspectTest, a_manifest_from_before_a_compaction_is_not_believed) {
  open();
  ingest({{"a", "1"}, {"c", "1"}});
  ingest({{"b", "1"}, {"c", "2"}});
  const auto bytes = std::filesystem::file_size(manifest_in(directory()));
  levels->compact_range(0, {}, {}).value();
  log_begin = levels->applied_sequence() + 1;
  levels.reset();
  truncate_file(manifest_in(directory()), bytes);
  const LevelsInspection found = inspect();
  EXPECT_FALSE(found.catalogue_readable);
  EXPECT_EQ(told["default"],
            (std::map<std::string, std::string>{{"a", "1"}, {"b", "1"}, {"c", "2"}}));
}

TEST_F(LevelsInspectTest, without_a_manifest_every_table_is_read_and_the_newer_wins) {
  open();
  levels->create_keyspace(1, "orders").value();
  ingest({{"a", "1"}, {"b", "1"}});
  ingest({{"a", "2"}});
  ingest({{"o", "1"}}, {}, 1);
  levels.reset();
  remove_files("MANIFEST");
  const LevelsInspection found = inspect();
  EXPECT_FALSE(found.catalogue_readable);
  EXPECT_THAT(found.damage, SizeIs(1));
  EXPECT_EQ(found.applied_sequence, 3u);
  EXPECT_EQ(told["default"], (std::map<std::string, std::string>{{"a", "2"}, {"b", "1"}}));
  EXPECT_EQ(told["orders"], (std::map<std::string, std::string>{{"o", "1"}}));
}

TEST_F(LevelsInspectTest, without_catalogue_and_options_keyspaces_keep_at_least_their_ids) {
  open();
  levels->create_keyspace(1, "orders").value();
  levels->create_keyspace(2, "compacted").value();
  ingest({{"a", "1"}});
  ingest({{"o", "1"}}, {}, 1);
  ingest({{"c", "1"}}, {}, 2);
  levels->compact_range(2, {}, {}).value();
  levels.reset();
  remove_files("CURRENT");
  remove_files("OPTIONS");
  inspect();
  EXPECT_EQ(told["default"].size(), 1u);
  EXPECT_EQ(told["keyspace-1"], (std::map<std::string, std::string>{{"o", "1"}}));
  // A table that a compaction wrote knows its keyspace's name.
  EXPECT_EQ(told["compacted"], (std::map<std::string, std::string>{{"c", "1"}}));
}

TEST_F(LevelsInspectTest, damage_without_a_manifest_costs_one_block) {
  open();
  const Rows rows = numbered_rows(5000);
  ingest(rows);
  levels.reset();
  flip_bit(table_files().back(), 200'000);
  remove_files("MANIFEST");
  inspect();
  EXPECT_GT(told["default"].size(), 4500u);
  EXPECT_LT(told["default"].size(), 5000u);
  for (const auto& [key, value] : told["default"]) ASSERT_EQ(value, *rows.at(key));
}

}  // namespace
}  // namespace quartz::storage
