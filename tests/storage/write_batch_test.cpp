#include "quartz/storage/write_batch.hpp"

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
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class WriteBatchToEngine : public ::testing::Test {
 protected:
  ScratchDirectory scratch_;
  StorageEngine engine_ = open_small(scratch_ / "db");
};

TEST(WriteBatch, counts_its_operations_and_bytes) {
  WriteBatch batch;
  EXPECT_TRUE(batch.empty());
  EXPECT_EQ(batch.bytes(), 0u);
  batch.put("key", "value").remove("key").remove_range("a", "b");
  EXPECT_EQ(batch.operation_count(), 3u);
  EXPECT_EQ(batch.bytes(), 3 * 16u + 8u + 3u + 2u + 1u);
  EXPECT_FALSE(batch.error().has_value());
}

TEST(WriteBatch, is_empty_again_after_clear) {
  WriteBatch batch;
  batch.put(std::string(kKeyBytesMax + 1, 'k'), "value");
  EXPECT_TRUE(batch.error().has_value());
  batch.clear();
  EXPECT_TRUE(batch.empty());
  EXPECT_FALSE(batch.error().has_value());
  EXPECT_THAT(batch.keyspaces(), IsEmpty());
  EXPECT_EQ(batch.bytes(), 0u);
}

TEST(WriteBatch, ignores_a_range_that_is_empty_or_turned_around) {
  WriteBatch batch;
  batch.remove_range("b", "a").remove_range("a", "a");
  EXPECT_TRUE(batch.empty());
  EXPECT_FALSE(batch.error().has_value());
}

TEST_F(WriteBatchToEngine, applies_all_operations_in_their_order) {
  ASSERT_THAT(engine_.put("gone", "1"), Succeeds());
  WriteBatch batch;
  batch.put("a", "first").put("a", "second").put("b", "1").remove("b").remove("gone");
  batch.put("r1", "in range").remove_range("r", "s").put("r2", "after the range");
  ASSERT_THAT(engine_.write(batch), Succeeds());
  for (int pass = 0; pass < 2; ++pass) {
    EXPECT_THAT(rows_of(engine_),
                ElementsAre(std::pair("a", "second"), std::pair("r2", "after the range")));
    EXPECT_EQ(read(engine_, "r1"), "(none)");
    EXPECT_EQ(read(engine_, "r2"), "after the range");
    ASSERT_THAT(engine_.flush(), Succeeds());
  }
}

TEST_F(WriteBatchToEngine, reaches_several_keyspaces_at_once) {
  const Keyspace names = engine_.create_keyspace("names").value();
  const Keyspace ages = engine_.create_keyspace("ages").value();
  WriteBatch batch;
  batch.put("id", "7").put(names, "7", "Ada").put(ages, "7", "36").put(names, "8", "Bob");
  EXPECT_EQ(batch.keyspaces().size(), 2u);
  ASSERT_THAT(engine_.write(batch), Succeeds());
  for (int pass = 0; pass < 2; ++pass) {
    EXPECT_EQ(read(engine_, "id"), "7");
    EXPECT_EQ(read(engine_, names, "7"), "Ada");
    EXPECT_EQ(read(engine_, names, "8"), "Bob");
    EXPECT_EQ(read(engine_, ages, "7"), "36");
    EXPECT_EQ(read(engine_, "7"), "(none)");
    ASSERT_THAT(engine_.flush(), Succeeds());
  }
}

TEST_F(WriteBatchToEngine, takes_one_sequence_per_operation_and_is_one_record) {
  const Statistics before = engine_.statistics();
  ASSERT_THAT(engine_.write(WriteBatch().put("a", "1").put("b", "2").remove("c")), Succeeds());
  const Statistics after = engine_.statistics();
  EXPECT_EQ(after.visible_sequence, before.visible_sequence + 3);
  EXPECT_EQ(after.batches, before.batches + 1);
  EXPECT_EQ(after.puts, before.puts + 2);
  EXPECT_EQ(after.removes, before.removes + 1);
}

TEST_F(WriteBatchToEngine, with_a_bad_operation_applies_nothing_and_says_what_is_wrong) {
  WriteBatch batch;
  batch.put("good", "1").put(std::string(kKeyBytesMax + 1, 'k'), "bad").put("fine", "2");
  EXPECT_THAT(engine_.write(batch), FailsWith(Errc::too_large, HasSubstr("kKeyBytesMax")));
  EXPECT_THAT(rows_of(engine_), IsEmpty());
  EXPECT_EQ(engine_.statistics().visible_sequence, 0u);
}

TEST_F(WriteBatchToEngine, that_is_empty_succeeds_and_writes_nothing) {
  const Statistics before = engine_.statistics();
  EXPECT_THAT(engine_.write(WriteBatch()), Succeeds());
  EXPECT_THAT(engine_.write(WriteBatch(), {.durability = Durability::disk}), Succeeds());
  const Statistics after = engine_.statistics();
  EXPECT_EQ(after.visible_sequence, before.visible_sequence);
  EXPECT_EQ(after.log_bytes_written, before.log_bytes_written);
}

TEST_F(WriteBatchToEngine, can_be_written_twice_and_reused_after_clear) {
  WriteBatch batch;
  batch.put("a", "1");
  ASSERT_THAT(engine_.write(batch), Succeeds());
  ASSERT_THAT(engine_.remove("a"), Succeeds());
  ASSERT_THAT(engine_.write(batch), Succeeds());
  batch.clear();
  batch.put("b", "2");
  ASSERT_THAT(engine_.write(batch), Succeeds());
  EXPECT_THAT(keys_of(engine_), ElementsAre("a", "b"));
}

TEST_F(WriteBatchToEngine, naming_a_keyspace_of_another_engine_is_refused_whole) {
  StorageEngine other = open_small(scratch_ / "other");
  const Keyspace theirs = other.create_keyspace("theirs").value();
  WriteBatch batch;
  batch.put("mine", "1").put(theirs, "key", "2");
  EXPECT_THAT(engine_.write(batch), FailsWith(Errc::invalid_argument, HasSubstr("theirs")));
  EXPECT_EQ(read(engine_, "mine"), "(none)");
}

TEST_F(WriteBatchToEngine, naming_a_dropped_keyspace_is_refused_whole) {
  const Keyspace names = engine_.create_keyspace("names").value();
  WriteBatch batch;
  batch.put("mine", "1").put(names, "key", "2");
  ASSERT_THAT(engine_.drop_keyspace(names), Succeeds());
  EXPECT_THAT(engine_.write(batch), FailsWith(Errc::closed, HasSubstr("names")));
  EXPECT_EQ(read(engine_, "mine"), "(none)");
}

TEST_F(WriteBatchToEngine, larger_than_a_segment_is_written_whole_and_recovered_whole) {
  WriteBatch batch;
  const std::string value(1000, 'v');
  for (std::uint64_t i = 0; i < 500; ++i) batch.put(numbered_key(i), value);
  ASSERT_GT(batch.bytes(), small_config().segment_bytes);
  ASSERT_THAT(engine_.write(batch), Succeeds());
  EXPECT_EQ(keys_of(engine_).size(), 500u);
  ASSERT_THAT(engine_.close(), Succeeds());
  StorageEngine reopened = open_small(scratch_ / "db");
  EXPECT_EQ(keys_of(reopened).size(), 500u);
  EXPECT_EQ(read(reopened, numbered_key(499)), value);
}

TEST_F(WriteBatchToEngine, copies_its_bytes_when_they_are_added) {
  WriteBatch batch;
  std::string key = "key";
  std::string value = "value";
  batch.put(key, value);
  key = "xxx";
  value = "yyyyy";
  ASSERT_THAT(engine_.write(batch), Succeeds());
  EXPECT_THAT(rows_of(engine_), ElementsAre(std::pair("key", "value")));
}

}  // namespace
}  // namespace quartz
