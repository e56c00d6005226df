#include "storage/applied_file.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "quartz/storage/storage_engine.hpp"
#include "quartz/storage/verify.hpp"
#include "support/corrupt_file.hpp"
#include "support/manifest_file.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"
#include "support/small_engine.hpp"

namespace quartz::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class AppliedFile : public testing::Test {
 protected:
  static StorageConfig without_log() {
    StorageConfig config = small_config();
    config.enable_wal = false;
    config.start_compaction =
        false;  // It would remove tables, and so give away that some are lost.
    return config;
  }
  std::optional<Sequence> said() const {
    return read_applied_file(io::posix_file_system(), database_);
  }
  // Two rows in two tables, and a MANIFEST that knows of the first.
  void lose_the_end_of_the_manifest() {
    {
      StorageEngine engine = open_small(database_, without_log());
      ASSERT_THAT(engine.put("a", "1"), Succeeds());
      ASSERT_THAT(engine.flush(), Succeeds());
      length_ = std::filesystem::file_size(manifest_in(database_ / "levels"));
      ASSERT_THAT(engine.put("b", "1"), Succeeds());
      ASSERT_THAT(engine.flush(), Succeeds());
    }
    truncate_file(manifest_in(database_ / "levels"), length_);
  }

  ScratchDirectory scratch_;
  const std::filesystem::path database_ = scratch_ / "db";
  std::uint64_t length_ = 0;
};

TEST_F(AppliedFile, says_what_was_written_last) {
  std::filesystem::create_directory(database_);
  EXPECT_EQ(said(), std::nullopt);
  for (const Sequence applied : {Sequence{1}, Sequence{1} << 40, Sequence{7}}) {
    ASSERT_THAT(write_applied_file(io::posix_file_system(), database_, applied), Succeeds());
    EXPECT_EQ(said(), applied);
  }
}

TEST_F(AppliedFile, says_nothing_when_a_bit_is_flipped_or_bytes_are_missing) {
  std::filesystem::create_directory(database_);
  ASSERT_THAT(write_applied_file(io::posix_file_system(), database_, 300), Succeeds());
  for (std::uint64_t byte = 0; byte < 16; ++byte) {
    flip_bit(database_ / kAppliedFileName, byte, 3);
    EXPECT_EQ(said(), std::nullopt) << byte;
    flip_bit(database_ / kAppliedFileName, byte, 3);
  }
  EXPECT_EQ(said(), 300u);
  truncate_file(database_ / kAppliedFileName, 15);
  EXPECT_EQ(said(), std::nullopt);
}

TEST_F(AppliedFile, follows_the_flushes_of_a_database_without_a_log_and_of_no_other) {
  {
    StorageEngine engine = open_small(database_);
    ASSERT_THAT(engine.put("a", "1"), Succeeds());
    ASSERT_THAT(engine.flush(), Succeeds());
  }
  EXPECT_EQ(said(), std::nullopt);
  StorageEngine engine = open_small(database_, without_log());
  EXPECT_EQ(said(), 1u);
  ASSERT_THAT(engine.put("b", "1"), Succeeds());
  EXPECT_EQ(said(), 1u);
  ASSERT_THAT(engine.flush(), Succeeds());
  EXPECT_EQ(said(), 2u);
}

TEST_F(AppliedFile, tells_that_a_manifest_lost_its_end) {
  lose_the_end_of_the_manifest();
  for (const StorageConfig& config : {without_log(), small_config()}) {
    EXPECT_THAT(StorageEngine::open(database_, config),
                FailsWith(Errc::corruption, HasSubstr("APPLIED")));
  }
  EXPECT_THAT(verify(database_).value().damage,
              ElementsAre(Field(&Damage::what, HasSubstr("APPLIED"))));
}

TEST_F(AppliedFile, lets_salvage_take_the_tables_that_the_manifest_does_not_name) {
  lose_the_end_of_the_manifest();
  ASSERT_THAT(salvage(database_, scratch_ / "saved"), Succeeds());
  EXPECT_THAT(keys_of(open_small(scratch_ / "saved")), ElementsAre("a", "b"));
}

TEST_F(AppliedFile, may_be_missing_or_behind) {
  {
    StorageEngine engine = open_small(database_, without_log());
    ASSERT_THAT(engine.put("a", "1"), Succeeds());
  }
  std::filesystem::remove(database_ / kAppliedFileName);
  EXPECT_THAT(verify(database_).value().damage, IsEmpty());
  EXPECT_THAT(keys_of(open_small(database_, without_log())), ElementsAre("a"));
  open_small(database_).put("b", "1").value();
  EXPECT_THAT(keys_of(open_small(database_)), ElementsAre("a", "b"));
  EXPECT_THAT(verify(database_).value().damage, IsEmpty());
}

}  // namespace
}  // namespace quartz::storage
