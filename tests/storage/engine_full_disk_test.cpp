#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "quartz/storage/storage_engine.hpp"
#include "storage/engine.hpp"
#include "storage/space_guard.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"
#include "support/small_disk.hpp"
#include "support/small_engine.hpp"
#include "support/tmpfs_mount.hpp"
#include "support/waiting_threads.hpp"

namespace quartz {
namespace {

// A real file system, and a small one.
class EngineFullDisk : public ::testing::Test {
 protected:
  static constexpr std::uint64_t kDiskBytes = std::uint64_t{160} << 20;

  // Puts stop while there is room to write all of the database once more, as a compaction may.
  static StorageConfig config() {
    StorageConfig config = small_config();
    config.segment_bytes = std::size_t{1} << 20;
    config.memtable_bytes = std::size_t{8} << 20;
    config.table_file_bytes = std::size_t{1} << 20;
    config.free_space_min_bytes = std::size_t{80} << 20;
    return config;
  }

  void SetUp() override {
    if (!alone_in_process()) GTEST_SKIP() << "needs a process of its own, as ctest gives it";
    disk_ = TmpfsMount::create(kDiskBytes);
    if (!disk_) GTEST_SKIP() << "this process may not mount a file system";
  }
  std::filesystem::path db() const { return disk_->path() / "db"; }
  // Puts rows until the disk refuses one; how many were acknowledged.
  static std::uint64_t fill(StorageEngine& engine, std::uint64_t from = 0) {
    for (std::uint64_t i = from;; ++i) {
      const auto put = engine.put(numbered_key(i), value_of(i));
      if (put) continue;
      EXPECT_EQ(put.error().code(), Errc::no_space) << put.error().to_string();
      return i;
    }
  }
  // Random enough that no table can be compressed.
  static std::string value_of(std::uint64_t number) {
    std::string value(16 << 10, '\0');
    Random random(number);
    for (std::size_t at = 0; at < value.size(); at += 8) {
      const std::uint64_t word = random.next();
      std::memcpy(value.data() + at, &word, sizeof word);
    }
    return value;
  }
  static void expect_rows(const StorageEngine& engine, std::uint64_t first, std::uint64_t last) {
    for (std::uint64_t i = first; i < last; ++i) {
      ASSERT_EQ(read(engine, numbered_key(i)) == value_of(i), true) << "row " << i;
    }
  }

  std::unique_ptr<TmpfsMount> disk_;
};

TEST_F(EngineFullDisk, refuses_puts_and_goes_on_reading) {
  StorageEngine engine = open_small(db(), config());
  const std::uint64_t rows = fill(engine);
  EXPECT_GT(rows, 1000u);
  EXPECT_THAT(engine.put("more", value_of(0)), FailsWith(Errc::no_space));
  expect_rows(engine, 0, rows);
  EXPECT_EQ(keys_of(engine).size(), rows);
  EXPECT_FALSE(engine.statistics().writes_stopped);
}

TEST_F(EngineFullDisk, loses_nothing_acknowledged_at_a_reopen) {
  std::uint64_t rows = 0;
  {
    StorageEngine engine = open_small(db(), config());
    rows = fill(engine);
  }
  StorageEngine engine = open_small(db(), config());
  expect_rows(engine, 0, rows);
  EXPECT_EQ(keys_of(engine).size(), rows);
}

TEST_F(EngineFullDisk, accepts_removes_and_takes_puts_again_after_they_were_compacted_away) {
  StorageEngine engine = open_small(db(), config());
  const std::uint64_t rows = fill(engine);
  for (std::uint64_t i = 0; i < rows / 2; ++i) {
    ASSERT_THAT(engine.remove(numbered_key(i)), Succeeds()) << "row " << i;
  }
  ASSERT_THAT(engine.remove_range(numbered_key(rows / 2), numbered_key(rows - 10)), Succeeds());
  ASSERT_THAT(engine.compact_range(), Succeeds());
  // That there is room is noticed at the latest when the guard may ask the file system again.
  for (;;) {
    const auto again = engine.put("again", "value");
    if (again) break;
    ASSERT_EQ(again.error().code(), Errc::no_space);
  }
  EXPECT_EQ(keys_of(engine).size(), 11u);
  expect_rows(engine, rows - 10, rows);
}

TEST_F(EngineFullDisk, takes_puts_again_after_somebody_freed_space) {
  StorageEngine engine = open_small(db(), config());
  const auto ballast = disk_->path() / "ballast";
  {
    std::ofstream file(ballast, std::ios::binary);
    const std::string block(1 << 20, 'b');
    for (int i = 0; i < 20; ++i) file << block;
  }
  const std::uint64_t rows = fill(engine);
  std::filesystem::remove(ballast);
  for (;;) {
    const auto again = engine.put(numbered_key(rows), value_of(rows));
    if (again) break;
    ASSERT_EQ(again.error().code(), Errc::no_space);
  }
  const std::uint64_t more = fill(engine, rows + 1);
  EXPECT_GT(more, rows + 100);
  expect_rows(engine, 0, more);
}

TEST_F(EngineFullDisk,
       that_somebody_else_filled_is_an_error_at_open_and_not_the_end_of_the_process) {
  ASSERT_THAT(open_small(db(), config()).put("key", "value"), Succeeds());
  std::filesystem::remove(db() / "HEADROOM");
  {
    std::ofstream file(disk_->path() / "ballast", std::ios::binary);
    const std::string block(1 << 16, 'b');
    while (file.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) continue;
  }
  EXPECT_THAT(StorageEngine::open(db(), config()), FailsWith(Errc::no_space));
  std::filesystem::remove(disk_->path() / "ballast");
  EXPECT_EQ(read(open_small(db(), config()), "key"), "value");
}

TEST_F(EngineFullDisk, opens_by_giving_its_headroom_up) {
  ASSERT_THAT(open_small(db(), config()).put("key", "value"), Succeeds());
  {
    std::ofstream file(disk_->path() / "ballast", std::ios::binary);
    const std::string block(1 << 16, 'b');
    while (file.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) continue;
  }
  StorageEngine engine = open_small(db(), config());
  EXPECT_EQ(read(engine, "key"), "value");
  EXPECT_THAT(engine.put("more", "value"), FailsWith(Errc::no_space));
  EXPECT_THAT(engine.remove("key"), Succeeds());
  EXPECT_EQ(read(engine, "key"), "(none)");
}

TEST_F(EngineFullDisk, without_a_low_water_mark_may_stop_all_writing_and_still_loses_nothing) {
  StorageConfig to_the_brim = config();
  to_the_brim.free_space_min_bytes = 0;
  std::uint64_t rows = 0;
  {
    StorageEngine engine = open_small(db(), to_the_brim);
    Result<void> put;
    while ((put = engine.put(numbered_key(rows), value_of(rows)))) ++rows;
    // The second one if a compaction met the full disk before a writer did.
    EXPECT_TRUE(put.error().code() == Errc::no_space || put.error().code() == Errc::reopen_required)
        << put.error().to_string();
    expect_rows(engine, 0, rows);
  }
  StorageEngine engine = open_small(db(), to_the_brim);
  EXPECT_EQ(keys_of(engine).size(), rows);
  expect_rows(engine, 0, rows);
}

TEST(EngineLowOnSpace, has_the_tables_removed_that_belong_to_no_level) {
  const ScratchDirectory scratch;
  const std::uint64_t plenty = 10 * storage::SpaceGuard::kHeadroomBytes;
  io::SmallDisk disk(scratch / "db" / "HEADROOM", storage::SpaceGuard::kHeadroomBytes, plenty);
  StorageConfig config = small_config();
  config.free_space_min_bytes = std::size_t{1} << 20;
  StorageEngine engine(storage::Engine::open(scratch / "db", config, disk).value());
  ASSERT_THAT(engine.put("key", "value"), Succeeds());
  disk.set_free(0);
  ASSERT_THAT(engine.flush(), Succeeds());  // A moment later it is noticed.
  while (engine.put("key", "value")) continue;
  wait_until_others_are_waiting();
  // As a compaction leaves one that is being read when it ends; the number is another file's.
  const auto obsolete = scratch / "db" / "levels" / "000004.sst";
  std::ofstream(obsolete) << "table";
  while (std::filesystem::exists(obsolete)) {
    ASSERT_THAT(engine.put("key", "value"), FailsWith(Errc::no_space));
  }
  EXPECT_EQ(read(engine, "key"), "value");
  EXPECT_EQ(engine.statistics().background_error, "");
}

}  // namespace
}  // namespace quartz
