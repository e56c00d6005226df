#include "quartz/storage/storage_engine.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"
#include "support/small_engine.hpp"

namespace quartz {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Optional;

using Values = std::vector<std::optional<std::string>>;

std::string every_byte() {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes.push_back(static_cast<char>(byte));
  return bytes;
}

class StorageEngineRows : public ::testing::Test {
 protected:
  ScratchDirectory scratch_;
  StorageEngine engine_ = open_small(scratch_ / "db");
};

TEST_F(StorageEngineRows, a_value_may_be_read_into_what_holds_the_key) {
  ASSERT_THAT(engine_.put("key", std::string(300, 'v')), Succeeds());
  ASSERT_THAT(engine_.flush(), Succeeds());
  StorageConfig config = small_config();
  config.cache_size = 100;
  engine_.close().value();
  engine_ = open_small(scratch_ / "db", config);  // The row is in the levels alone.
  for (int read = 0; read < 3; ++read) {
    std::string text = "key";
    ASSERT_TRUE(engine_.get_into(text, text).value());
    EXPECT_EQ(text, std::string(300, 'v'));
  }
}

TEST_F(StorageEngineRows, a_put_value_is_read_back) {
  ASSERT_THAT(engine_.put("key", "value"), Succeeds());
  EXPECT_EQ(read(engine_, "key"), "value");
}

TEST_F(StorageEngineRows, a_key_that_was_never_written_is_not_there) {
  EXPECT_EQ(read(engine_, "key"), "(none)");
  ASSERT_THAT(engine_.flush(), Succeeds());
  EXPECT_EQ(read(engine_, "key"), "(none)");
}

TEST_F(StorageEngineRows, a_second_put_replaces_the_first) {
  ASSERT_THAT(engine_.put("key", "old"), Succeeds());
  ASSERT_THAT(engine_.put("key", "a longer new value"), Succeeds());
  EXPECT_EQ(read(engine_, "key"), "a longer new value");
}

TEST_F(StorageEngineRows, a_second_put_replaces_a_flushed_and_cached_first) {
  ASSERT_THAT(engine_.put("key", "old"), Succeeds());
  ASSERT_THAT(engine_.compact_range(), Succeeds());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(read(engine_, "key"), "old");
  ASSERT_THAT(engine_.put("key", "new"), Succeeds());
  EXPECT_EQ(read(engine_, "key"), "new");
  ASSERT_THAT(engine_.flush(), Succeeds());
  EXPECT_EQ(read(engine_, "key"), "new");
}

TEST_F(StorageEngineRows, every_byte_value_round_trips_in_keys_and_values) {
  const std::string bytes = every_byte();
  for (const char byte : bytes) {
    ASSERT_THAT(engine_.put(std::string_view(&byte, 1), std::string(2, byte)), Succeeds());
  }
  ASSERT_THAT(engine_.put(bytes, bytes), Succeeds());
  for (int pass = 0; pass < 2; ++pass) {
    EXPECT_EQ(read(engine_, bytes), bytes);
    for (const char byte : bytes) {
      EXPECT_EQ(read(engine_, std::string_view(&byte, 1)), std::string(2, byte));
    }
    ASSERT_THAT(engine_.flush(), Succeeds());
  }
}

TEST_F(StorageEngineRows, zero_bytes_neither_end_nor_equal_a_key) {
  using namespace std::string_literals;
  const std::vector<std::string> keys = {""s, "\0"s, "\0\0"s, "a"s, "a\0"s, "a\0b"s, "ab"s};
  for (const std::string& key : keys) ASSERT_THAT(engine_.put(key, "is " + key), Succeeds());
  for (int pass = 0; pass < 2; ++pass) {
    for (const std::string& key : keys) EXPECT_EQ(read(engine_, key), "is " + key);
    EXPECT_EQ(keys_of(engine_), keys);
    ASSERT_THAT(engine_.compact_range(), Succeeds());
  }
}

TEST_F(StorageEngineRows, an_empty_key_is_a_key) {
  ASSERT_THAT(engine_.put("", "value"), Succeeds());
  EXPECT_EQ(read(engine_, ""), "value");
  ASSERT_THAT(engine_.flush(), Succeeds());
  EXPECT_EQ(read(engine_, ""), "value");
  ASSERT_THAT(engine_.remove(""), Succeeds());
  EXPECT_EQ(read(engine_, ""), "(none)");
}

TEST_F(StorageEngineRows, an_empty_value_is_not_an_absent_one) {
  ASSERT_THAT(engine_.put("key", ""), Succeeds());
  for (int pass = 0; pass < 2; ++pass) {
    EXPECT_THAT(engine_.get("key").value(), Optional(std::string()));
    EXPECT_TRUE(engine_.contains("key").value());
    ASSERT_THAT(engine_.flush(), Succeeds());
  }
}

TEST_F(StorageEngineRows, a_removed_key_is_gone_and_stays_gone_through_flush_and_compaction) {
  ASSERT_THAT(engine_.put("key", "value"), Succeeds());
  ASSERT_THAT(engine_.flush(), Succeeds());
  ASSERT_THAT(engine_.remove("key"), Succeeds());
  EXPECT_EQ(read(engine_, "key"), "(none)");
  ASSERT_THAT(engine_.flush(), Succeeds());
  EXPECT_EQ(read(engine_, "key"), "(none)");
  ASSERT_THAT(engine_.compact_range(), Succeeds());
  EXPECT_EQ(read(engine_, "key"), "(none)");
  EXPECT_THAT(rows_of(engine_), IsEmpty());
}

TEST_F(StorageEngineRows, removing_an_absent_key_succeeds) {
  EXPECT_THAT(engine_.remove("key"), Succeeds());
  EXPECT_EQ(read(engine_, "key"), "(none)");
}

TEST_F(StorageEngineRows, a_key_can_be_put_again_after_its_removal) {
  ASSERT_THAT(engine_.put("key", "first"), Succeeds());
  ASSERT_THAT(engine_.flush(), Succeeds());
  ASSERT_THAT(engine_.remove("key"), Succeeds());
  ASSERT_THAT(engine_.put("key", "second"), Succeeds());
  EXPECT_EQ(read(engine_, "key"), "second");
  ASSERT_THAT(engine_.compact_range(), Succeeds());
  EXPECT_EQ(read(engine_, "key"), "second");
}

TEST_F(StorageEngineRows, contains_tells_present_from_absent_wherever_the_row_is) {
  ASSERT_THAT(engine_.put("flushed", "1"), Succeeds());
  ASSERT_THAT(engine_.compact_range(), Succeeds());
  ASSERT_THAT(engine_.put("fresh", "2"), Succeeds());
  EXPECT_THAT(engine_.contains("flushed").value(), true);
  EXPECT_THAT(engine_.contains("fresh").value(), true);
  EXPECT_THAT(engine_.contains("absent").value(), false);
}

TEST_F(StorageEngineRows, get_into_replaces_what_the_buffer_held) {
  ASSERT_THAT(engine_.put("short", "s"), Succeeds());
  ASSERT_THAT(engine_.put("long", std::string(1000, 'l')), Succeeds());
  std::string value = "something that was there before";
  for (int pass = 0; pass < 2; ++pass) {
    EXPECT_THAT(engine_.get_into("long", value).value(), true);
    EXPECT_EQ(value, std::string(1000, 'l'));
    EXPECT_THAT(engine_.get_into("short", value).value(), true);
    EXPECT_EQ(value, "s");
    EXPECT_THAT(engine_.get_into("absent", value).value(), false);
    ASSERT_THAT(engine_.compact_range(), Succeeds());
  }
}

TEST_F(StorageEngineRows, a_pinned_value_outlives_newer_writes_flushes_and_removal) {
  const std::string old_value(500, 'o');
  ASSERT_THAT(engine_.put("key", old_value), Succeeds());
  auto pinned = engine_.get_pinned("key").value();
  ASSERT_TRUE(pinned.has_value());
  const Keyspace filler = engine_.create_keyspace("filler").value();
  for (int round = 0; round < 5; ++round) {
    ASSERT_THAT(engine_.put("key", "new"), Succeeds());
    fill_active_memtable(engine_, filler);
    ASSERT_THAT(engine_.flush(), Succeeds());
  }
  ASSERT_THAT(engine_.remove("key"), Succeeds());
  EXPECT_EQ(pinned->view(), old_value);
}

TEST_F(StorageEngineRows, a_value_pinned_in_the_levels_outlives_compaction) {
  const std::string old_value(500, 'o');
  ASSERT_THAT(engine_.put("key", old_value), Succeeds());
  ASSERT_THAT(engine_.compact_range(), Succeeds());
  auto pinned = engine_.get_pinned("key", {.fill_cache = false}).value();
  ASSERT_TRUE(pinned.has_value());
  ASSERT_THAT(engine_.put("key", "new"), Succeeds());
  ASSERT_THAT(engine_.compact_range(), Succeeds());
  EXPECT_EQ(pinned->view(), old_value);
  EXPECT_EQ(read(engine_, "key"), "new");
}

TEST_F(StorageEngineRows, a_value_pinned_in_the_row_cache_outlives_its_row) {
  const std::string old_value(500, 'o');
  ASSERT_THAT(engine_.put("key", old_value), Succeeds());
  ASSERT_THAT(engine_.compact_range(), Succeeds());
  std::vector<PinnedValue> pinned;
  for (int i = 0; i < 4; ++i) pinned.push_back(*std::move(engine_.get_pinned("key").value()));
  ASSERT_THAT(engine_.put("key", "new"), Succeeds());
  for (const PinnedValue& value : pinned) EXPECT_EQ(value.view(), old_value);
}

TEST_F(StorageEngineRows, get_pinned_answers_nothing_for_an_absent_key) {
  EXPECT_FALSE(engine_.get_pinned("key").value().has_value());
  ASSERT_THAT(engine_.put("key", "1"), Succeeds());
  ASSERT_THAT(engine_.remove("key"), Succeeds());
  EXPECT_FALSE(engine_.get_pinned("key").value().has_value());
  ASSERT_THAT(engine_.compact_range(), Succeeds());
  EXPECT_FALSE(engine_.get_pinned("key").value().has_value());
}

TEST_F(StorageEngineRows, multi_get_answers_in_the_order_asked_wherever_the_rows_are) {
  ASSERT_THAT(engine_.put("a", "levels"), Succeeds());
  ASSERT_THAT(engine_.put("b", "old"), Succeeds());
  ASSERT_THAT(engine_.put("c", "removed"), Succeeds());
  ASSERT_THAT(engine_.compact_range(), Succeeds());
  ASSERT_THAT(engine_.put("b", "fresh"), Succeeds());
  ASSERT_THAT(engine_.remove("c"), Succeeds());
  const std::vector<std::string_view> keys = {"c", "b", "absent", "a", "b"};
  for (int pass = 0; pass < 3; ++pass) {
    EXPECT_THAT(engine_.multi_get(keys).value(),
                ElementsAre(std::nullopt, "fresh", std::nullopt, "levels", "fresh"));
  }
}

TEST_F(StorageEngineRows, multi_get_of_nothing_answers_nothing) {
  EXPECT_THAT(engine_.multi_get({}).value(), IsEmpty());
}

TEST_F(StorageEngineRows, reading_without_filling_the_cache_answers_the_same) {
  ASSERT_THAT(engine_.put("key", "value"), Succeeds());
  ASSERT_THAT(engine_.compact_range(), Succeeds());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(read(engine_, "key", {.fill_cache = false}), "value");
  EXPECT_EQ(engine_.statistics().cache_rows, 0u);
}

TEST_F(StorageEngineRows, an_absent_key_that_was_cached_as_absent_appears_when_it_is_put) {
  ASSERT_THAT(engine_.flush(), Succeeds());
  for (int i = 0; i < 4; ++i) EXPECT_EQ(read(engine_, "key"), "(none)");
  ASSERT_THAT(engine_.put("key", "value"), Succeeds());
  EXPECT_EQ(read(engine_, "key"), "value");
}

TEST_F(StorageEngineRows, a_value_larger_than_a_segment_round_trips) {
  const std::string large(std::size_t{1} << 20, 'x');
  ASSERT_THAT(engine_.put("small before", "1"), Succeeds());
  ASSERT_THAT(engine_.put("large", large), Succeeds());
  ASSERT_THAT(engine_.put("small after", "2"), Succeeds());
  EXPECT_EQ(read(engine_, "large"), large);
  ASSERT_THAT(engine_.compact_range(), Succeeds());
  EXPECT_EQ(read(engine_, "large"), large);
  EXPECT_EQ(read(engine_, "small before"), "1");
  EXPECT_EQ(read(engine_, "small after"), "2");
}

TEST_F(StorageEngineRows, a_key_of_the_largest_size_passes_and_one_byte_more_names_the_limit) {
  const std::string key(kKeyBytesMax, 'k');
  ASSERT_THAT(engine_.put(key, "value"), Succeeds());
  EXPECT_EQ(read(engine_, key), "value");
  ASSERT_THAT(engine_.flush(), Succeeds());
  EXPECT_EQ(read(engine_, key), "value");
  EXPECT_THAT(engine_.put(key + "k", "value"),
              FailsWith(Errc::too_large, HasSubstr("kKeyBytesMax")));
  EXPECT_THAT(engine_.remove(key + "k"), FailsWith(Errc::too_large, HasSubstr("kKeyBytesMax")));
  EXPECT_THAT(engine_.remove_range("a", key + "k"),
              FailsWith(Errc::too_large, HasSubstr("kKeyBytesMax")));
}

TEST_F(StorageEngineRows, reading_a_key_that_is_longer_than_the_limit_finds_nothing) {
  const std::string key(kKeyBytesMax + 1, 'k');
  EXPECT_EQ(read(engine_, key), "(none)");
  ASSERT_THAT(engine_.put("k", "value"), Succeeds());
  ASSERT_THAT(engine_.compact_range(), Succeeds());
  EXPECT_EQ(read(engine_, key), "(none)");
}

TEST_F(StorageEngineRows, thousands_of_rows_survive_flushes_and_compaction) {
  for (std::uint64_t i = 0; i < 5000; ++i) {
    ASSERT_THAT(engine_.put(numbered_key(i * 7919 % 5000), "value" + std::to_string(i)),
                Succeeds());
  }
  ASSERT_THAT(engine_.compact_range(), Succeeds());
  EXPECT_EQ(rows_of(engine_).size(), 5000u);
  for (std::uint64_t i = 0; i < 5000; i += 97) {
    EXPECT_EQ(read(engine_, numbered_key(i * 7919 % 5000)), "value" + std::to_string(i));
  }
}

TEST_F(StorageEngineRows, each_durability_can_be_asked_for_per_write) {
  for (const Durability durability : {Durability::memory, Durability::process, Durability::disk}) {
    const std::string key = "key" + std::to_string(static_cast<int>(durability));
    EXPECT_THAT(engine_.put(key, "value", {.durability = durability}), Succeeds());
    EXPECT_EQ(read(engine_, key), "value");
    EXPECT_THAT(engine_.remove(key, {.durability = durability}), Succeeds());
    EXPECT_EQ(read(engine_, key), "(none)");
  }
}

TEST_F(StorageEngineRows, only_a_disk_durable_write_waits_for_a_sync) {
  const auto before = engine_.statistics().log_synced_writes;
  ASSERT_THAT(engine_.put("key", "1", {.durability = Durability::process}), Succeeds());
  EXPECT_EQ(engine_.statistics().log_synced_writes, before);
  ASSERT_THAT(engine_.put("key", "2", {.durability = Durability::disk}), Succeeds());
  EXPECT_EQ(engine_.statistics().log_synced_writes, before + 1);
}

TEST(StorageEngineWithoutLog, refuses_a_promise_that_it_cannot_keep) {
  const ScratchDirectory scratch;
  StorageConfig config = small_config();
  config.enable_wal = false;
  StorageEngine engine = open_small(scratch / "db", config);
  for (const Durability durability : {Durability::process, Durability::disk}) {
    EXPECT_THAT(engine.put("key", "value", {.durability = durability}),
                FailsWith(Errc::invalid_argument, HasSubstr("enable_wal")));
    EXPECT_THAT(engine.write(WriteBatch().put("key", "value"), {.durability = durability}),
                FailsWith(Errc::invalid_argument, HasSubstr("enable_wal")));
  }
  EXPECT_EQ(read(engine, "key"), "(none)");
  EXPECT_THAT(engine.put("key", "value", {.durability = Durability::memory}), Succeeds());
  EXPECT_THAT(engine.put("other", "value"), Succeeds());
  EXPECT_EQ(read(engine, "key"), "value");
}

TEST(StorageEngineWithoutCache, reads_the_same_rows) {
  const ScratchDirectory scratch;
  StorageConfig config = small_config();
  config.cache_size = 0;
  StorageEngine engine = open_small(scratch / "db", config);
  ASSERT_THAT(engine.put("key", "value"), Succeeds());
  ASSERT_THAT(engine.compact_range(), Succeeds());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(read(engine, "key"), "value");
  EXPECT_EQ(engine.statistics().gets_from_cache, 0u);
}

TEST(StorageEngineHandle, can_be_moved_and_goes_on_working) {
  const ScratchDirectory scratch;
  StorageEngine first = open_small(scratch / "first");
  ASSERT_THAT(first.put("key", "1"), Succeeds());
  StorageEngine moved = std::move(first);
  EXPECT_EQ(read(moved, "key"), "1");
  StorageEngine second = open_small(scratch / "second");
  ASSERT_THAT(second.put("key", "2"), Succeeds());
  moved = std::move(second);
  EXPECT_EQ(read(moved, "key"), "2");
  EXPECT_EQ(moved.directory(), scratch / "second");
  // The one that was assigned over closed its directory.
  EXPECT_EQ(read(open_small(scratch / "first"), "key"), "1");
}

}  // namespace
}  // namespace quartz
