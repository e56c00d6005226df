#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "quartz/storage/storage_engine.hpp"
#include "storage/log_format.hpp"
#include "support/corrupt_file.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"
#include "support/small_engine.hpp"

namespace quartz {
namespace {

using ::testing::HasSubstr;

// What a killed process leaves of a few records, and copies of it to damage. The log's own tests
// judge every bit; these see the verdict arrive at whoever opens the engine.
class EngineLogDamage : public ::testing::Test {
 protected:
  static constexpr std::uint64_t kRecords = 5;
  static constexpr std::size_t kValueBytes = 20;
  static constexpr std::size_t kRecordBytes = 32 + 16 + 9 + kValueBytes + 3;  // Padding included.

  void write_records(Durability durability) {
    static_assert(kRecordBytes == storage::record_bytes(16 + 9 + kValueBytes));
    StorageEngine engine = open_small(scratch_ / "db");
    for (std::uint64_t i = 0; i < kRecords; ++i) {
      ASSERT_THAT(
          engine.put(numbered_key(i), std::string(kValueBytes, 'v'), {.durability = durability}),
          Succeeds());
    }
    copy_database(scratch_ / "db", scratch_ / "killed");
    // The image holds the segment with the records, and prepared ones that nobody used.
    for (const auto& entry : std::filesystem::directory_iterator(scratch_ / "killed" / "log")) {
      if (file_contents(entry.path()).find("key000000") != std::string::npos) {
        segment_ = entry.path().filename();
      }
    }
    ASSERT_FALSE(segment_.empty());
  }
  static std::size_t offset_of(std::uint64_t record) {
    return storage::kSegmentHeaderBytes + record * kRecordBytes;
  }
  // A fresh copy of the image; its segment.
  std::filesystem::path damaged_copy() {
    std::filesystem::remove_all(scratch_ / "copy");
    copy_database(scratch_ / "killed", scratch_ / "copy");
    return scratch_ / "copy" / "log" / segment_;
  }
  Result<std::vector<std::string>> open_copy() {
    auto engine = StorageEngine::open(scratch_ / "copy", small_config());
    if (!engine) return std::move(engine).error();
    return keys_of(*engine);
  }
  static std::vector<std::string> first_keys(std::uint64_t count) {
    std::vector<std::string> keys;
    for (std::uint64_t i = 0; i < count; ++i) keys.push_back(numbered_key(i));
    return keys;
  }

  ScratchDirectory scratch_;
  std::filesystem::path segment_;
};

TEST_F(EngineLogDamage, a_log_cut_anywhere_in_its_last_records_opens_with_the_records_before) {
  write_records(Durability::process);
  for (std::size_t bytes = offset_of(kRecords - 2); bytes < offset_of(kRecords); bytes += 3) {
    truncate_file(damaged_copy(), bytes);
    // The last bytes of a record may be padding, which nothing depends on.
    const std::uint64_t whole = (bytes + 3 - offset_of(0)) / kRecordBytes;
    const auto keys = open_copy();
    ASSERT_THAT(keys, Succeeds()) << "cut to " << bytes << " bytes";
    EXPECT_EQ(*keys, first_keys(whole)) << "cut to " << bytes << " bytes";
  }
}

TEST_F(EngineLogDamage, a_flipped_bit_in_the_last_unsynced_record_drops_it_and_says_so) {
  write_records(Durability::process);
  flip_bit(damaged_copy(), offset_of(kRecords - 1) + 50, 3);
  StorageConfig config = small_config();
  std::vector<std::string> warnings;
  config.logger = [&](LogLevel level, std::string_view line) {
    if (level == LogLevel::warning) warnings.emplace_back(line);
  };
  StorageEngine engine = open_small(scratch_ / "copy", config);
  EXPECT_EQ(keys_of(engine), first_keys(kRecords - 1));
  const RecoveryStatistics recovery = engine.statistics().recovery;
  EXPECT_GT(recovery.dropped_bytes, 0u);
  EXPECT_THAT(recovery.dropped_reason, HasSubstr(segment_.string()));
  EXPECT_THAT(warnings, ::testing::Contains(HasSubstr(segment_.string())));
}

TEST_F(EngineLogDamage, a_flipped_bit_below_the_synced_position_refuses_to_open) {
  write_records(Durability::disk);
  for (const std::size_t at : {0u, 5u, 9u, 20u, 31u, 40u, 52u, 70u}) {
    flip_bit(damaged_copy(), offset_of(1) + at, 2);
    EXPECT_THAT(open_copy(), FailsWith(Errc::corruption, HasSubstr(segment_.string())))
        << "byte " << at;
  }
}

TEST_F(EngineLogDamage, a_refused_log_is_left_as_it_was) {
  write_records(Durability::disk);
  const auto segment = damaged_copy();
  flip_bit(segment, offset_of(1) + 50);
  const std::string before = file_contents(segment);
  EXPECT_THAT(open_copy(), FailsWith(Errc::corruption));
  EXPECT_EQ(file_contents(segment), before);
  EXPECT_THAT(open_copy(), FailsWith(Errc::corruption));
  flip_bit(segment, offset_of(1) + 50);
  EXPECT_EQ(open_copy().value(), first_keys(kRecords));
}

TEST_F(EngineLogDamage, dropped_records_never_come_back) {
  write_records(Durability::process);
  // The middle record is damaged; those behind it are whole and must go with it, for good.
  flip_bit(damaged_copy(), offset_of(2) + 50);
  std::vector<std::string> wanted = first_keys(2);
  for (int round = 0; round < 4; ++round) {
    {
      StorageEngine engine = open_small(scratch_ / "copy");
      ASSERT_EQ(keys_of(engine), wanted);
      wanted.push_back("later" + std::to_string(round));
      ASSERT_THAT(engine.put(wanted.back(), std::string(kValueBytes, 'v')), Succeeds());
      if (round == 2) {
        ASSERT_THAT(engine.flush(), Succeeds());
      }
    }
    std::filesystem::remove_all(scratch_ / "again");
    copy_database(scratch_ / "copy", scratch_ / "again");
    EXPECT_EQ(keys_of(open_small(scratch_ / "again")), wanted);
  }
}

TEST_F(EngineLogDamage, an_empty_or_short_segment_file_without_records_does_not_stop_an_open) {
  write_records(Durability::disk);
  for (const std::size_t bytes : {0u, 1u, 63u}) {
    const auto segment = damaged_copy();
    overwrite_file(segment.parent_path() / "009999.log", std::string(bytes, '\0'));
    EXPECT_EQ(open_copy().value(), first_keys(kRecords)) << bytes << " bytes";
  }
}

TEST_F(EngineLogDamage, a_missing_segment_that_was_synced_is_corruption) {
  const auto held = std::make_shared<HeldFlushes>();
  StorageConfig config = small_config();
  config.event_listener = held;
  {
    StorageEngine engine = open_small(scratch_ / "db", config);
    const ReleaseAtEnd release(*held);
    // Nothing more is flushed before the image is taken, so that every segment is needed.
    held->hold();
    fill_active_memtable(engine, engine.default_keyspace());
    held->wait_until_held();
    for (std::uint64_t i = 0; i < 6; ++i) {
      ASSERT_THAT(engine.put(numbered_key(i), std::string(std::size_t{40} << 10, 'v')), Succeeds());
    }
    ASSERT_THAT(engine.sync(), Succeeds());
    // This record knows what was synced.
    ASSERT_THAT(engine.put("after", "1"), Succeeds());
    copy_database(scratch_ / "db", scratch_ / "copy");
  }
  std::size_t removed = 0;
  for (const auto& entry : std::filesystem::directory_iterator(scratch_ / "copy" / "log")) {
    if (file_contents(entry.path()).find(numbered_key(3)) == std::string::npos) continue;
    std::filesystem::remove(entry.path());
    ++removed;
  }
  ASSERT_EQ(removed, 1u);
  EXPECT_THAT(open_copy(), FailsWith(Errc::corruption, HasSubstr("log")));
}

}  // namespace
}  // namespace quartz
