// A MANIFEST that lost its end is an older one to RocksDB, and knows nothing of the keyspaces that
// were made since. The log still has their rows.

#include <cstdint>
#include <filesystem>
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

namespace quartz {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

class EngineLostKeyspace : public ::testing::Test {
 protected:
  // Rows of a keyspace in the log alone, the second of two writes, and a MANIFEST cut to what it
  // was before the keyspace was made.
  void lose_a_keyspace() {
    const auto written = scratch_ / "written";
    std::uint64_t bytes_before = 0;
    {
      StorageEngine engine = open_small(written);
      bytes_before = std::filesystem::file_size(manifest_in(written / "levels"));
      const Keyspace orders = engine.create_keyspace("orders").value();
      ASSERT_THAT(engine.put("key", "value"), Succeeds());
      ASSERT_THAT(engine.put(orders, "order", "lost"), Succeeds());
      copy_database(written, database_);
    }
    truncate_file(manifest_in(database_ / "levels"), bytes_before);
  }

  ScratchDirectory scratch_;
  const std::filesystem::path database_ = scratch_ / "db";
};

TEST_F(EngineLostKeyspace, with_rows_in_the_log_is_corruption_and_the_way_out_is_named) {
  lose_a_keyspace();
  // Behind the header, the record of "key" (32 + 16 + 3 + 6, padded) and its own record's header.
  EXPECT_THAT(StorageEngine::open(database_, small_config()),
              FailsWith(Errc::corruption, AllOf(HasSubstr("000001.log: the record at offset 128 "),
                                                HasSubstr("keyspace 1,"), HasSubstr("salvage"))));
}

TEST_F(EngineLostKeyspace, is_found_by_verify) {
  lose_a_keyspace();
  EXPECT_THAT(verify(database_).value().damage,
              ElementsAre(AllOf(Field(&Damage::file, "log/000001.log"), Field(&Damage::offset, 128),
                                Field(&Damage::what, HasSubstr("keyspace 1")))));
}

TEST_F(EngineLostKeyspace, is_salvaged_under_a_name_made_of_its_number) {
  lose_a_keyspace();
  ASSERT_THAT(salvage(database_, scratch_ / "saved"), Succeeds());
  const StorageEngine saved = open_small(scratch_ / "saved");
  EXPECT_EQ(read(saved, "key"), "value");
  const auto orders = saved.keyspace("salvaged-1");
  ASSERT_THAT(orders, Succeeds());
  EXPECT_THAT(rows_of(saved, {.keyspace = &*orders}), ElementsAre(Pair("order", "lost")));
}

// Its rows may outlive it in segments that nobody has removed yet.
TEST_F(EngineLostKeyspace, is_none_that_was_dropped_before_a_crash) {
  const auto written = scratch_ / "written";
  {
    StorageEngine engine = open_small(written);
    const Keyspace orders = engine.create_keyspace("orders").value();
    ASSERT_THAT(engine.put(orders, "order", "dropped"), Succeeds());
    const auto segment = written / "log" / "000001.log";
    const std::string before = file_contents(segment);
    ASSERT_THAT(engine.drop_keyspace(orders), Succeeds());
    ASSERT_THAT(engine.put("key", "value"), Succeeds());
    copy_database(written, database_);
    // A crash may undo the removal of the file.
    overwrite_file(database_ / "log" / "000001.log", before);
  }
  EXPECT_THAT(verify(database_).value().damage, IsEmpty());
  const auto engine = StorageEngine::open(database_, small_config());
  ASSERT_THAT(engine, Succeeds());
  EXPECT_EQ(read(*engine, "key"), "value");
}

}  // namespace
}  // namespace quartz
