// What the levels say when their files are not what they were.

#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/levels.hpp"
#include "storage/levels_fixture.hpp"

namespace quartz::storage {
namespace {

using testing::HasSubstr;

class LevelsDamageTest : public LevelsTest {
 protected:
  LevelsDamageTest() {
    open();
    ingest(rows);
    levels.reset();
    table_file = table_files().back();
  }

  std::string name() const { return table_file.filename().string(); }

  const Rows rows = numbered_rows(2000);
  std::filesystem::path table_file;
};

TEST_F(LevelsDamageTest, a_flipped_bit_in_a_row_is_corruption_that_names_the_file) {
  flip_bit(table_file, 100, 3);
  open();
  const auto at = levels->snapshot();
  EXPECT_THAT(levels->get(0, "key000000", *at), FailsWith(Errc::corruption, HasSubstr(name())));
  std::string value;
  EXPECT_THAT(levels->get_into(0, "key000000", *at, value),
              FailsWith(Errc::corruption, HasSubstr(name())));
  const std::vector<std::string_view> keys{"key000000", "key001999"};
  EXPECT_THAT(levels->multi_get(0, keys, *at), FailsWith(Errc::corruption, HasSubstr(name())));
  EXPECT_THAT(scan(), HasSubstr("corruption"));
  EXPECT_THAT(levels->verify_checksums(), FailsWith(Errc::corruption, HasSubstr(name())));
  // The rest of the file is as it was.
  EXPECT_EQ(get("key001999"), *rows.at("key001999"));
}

TEST_F(LevelsDamageTest, whole_levels_verify) {
  open();
  EXPECT_THAT(levels->verify_checksums(), Succeeds());
}

TEST_F(LevelsDamageTest, no_flipped_bit_yields_a_wrong_value) {
  const std::uint64_t size = std::filesystem::file_size(table_file);
  const std::string whole = file_contents(table_file);
  for (std::uint64_t offset = 7; offset < size; offset += size / 60) {
    flip_bit(table_file, offset, static_cast<unsigned>(offset % 8));
    auto opened = Levels::open(options);
    if (opened) {
      levels = *std::move(opened);
      const auto at = levels->snapshot();
      for (const auto& [key, value] : rows) {
        const auto answer = levels->get(0, key, *at);
        if (answer) {
          // A key can hide behind a damaged filter only if that damage goes unnoticed.
          ASSERT_TRUE(answer->has_value()) << key << ", bit flipped at " << offset;
          ASSERT_EQ((*answer)->view(), *value) << "bit flipped at " << offset;
        } else {
          ASSERT_EQ(answer.error().code(), Errc::corruption);
        }
      }
      levels.reset();
    } else {
      ASSERT_EQ(opened.error().code(), Errc::corruption) << opened.error().to_string();
    }
    overwrite_file(table_file, whole);
  }
}

TEST_F(LevelsDamageTest, a_missing_table_is_noticed_at_open) {
  std::filesystem::remove(table_file);
  EXPECT_THAT(Levels::open(options), FailsWith(Errc::corruption, HasSubstr(name())));
}

TEST_F(LevelsDamageTest, a_truncated_table_is_noticed_at_open) {
  truncate_file(table_file, std::filesystem::file_size(table_file) - 1);
  EXPECT_THAT(Levels::open(options), FailsWith(Errc::corruption, HasSubstr(name())));
}

TEST_F(LevelsDamageTest, a_table_with_something_behind_it_is_noticed_at_open) {
  append_to_file(table_file, "x");
  EXPECT_THAT(Levels::open(options), FailsWith(Errc::corruption, HasSubstr(name())));
}

TEST_F(LevelsDamageTest, a_missing_current_file_never_starts_an_empty_database) {
  std::filesystem::remove(directory() / "CURRENT");
  EXPECT_THAT(Levels::open(options), FailsWith(Errc::corruption, HasSubstr("CURRENT")));
  EXPECT_TRUE(std::filesystem::exists(table_file));
}

TEST_F(LevelsDamageTest, a_damaged_manifest_is_corruption) {
  for (const auto& entry : std::filesystem::directory_iterator(directory())) {
    if (entry.path().filename().string().starts_with("MANIFEST")) flip_bit(entry.path(), 60);
  }
  EXPECT_THAT(Levels::open(options), FailsWith(Errc::corruption));
}

TEST_F(LevelsDamageTest, a_creation_that_stopped_half_way_is_completed) {
  // What a crash leaves before the file CURRENT exists.
  const auto fresh = scratch / "fresh";
  std::filesystem::create_directories(fresh);
  overwrite_file(fresh / "MANIFEST-000001", "half");
  options.directory = fresh;
  open();
  ingest({{"a", "1"}});
  reopen();
  EXPECT_EQ(get("a"), "1");
}

TEST_F(LevelsDamageTest, foreign_files_do_no_harm) {
  overwrite_file(directory() / "README.txt", "hands off");
  overwrite_file(directory() / "000001.sst.bak", "old");
  open();
  EXPECT_EQ(get("key000000"), *rows.at("key000000"));
  EXPECT_EQ(file_contents(directory() / "README.txt"), "hands off");
}

TEST_F(LevelsDamageTest, a_directory_that_cannot_be_written_is_refused) {
  options.directory = "/proc/levels";
  options.ingest_directory = ingest_directory();
  EXPECT_THAT(Levels::open(options), testing::Not(Succeeds()));
}

}  // namespace
}  // namespace quartz::storage
