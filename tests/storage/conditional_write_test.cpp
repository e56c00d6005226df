// Writes on condition that what was read is unchanged.
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "quartz/storage/read_set.hpp"
#include "quartz/storage/storage_engine.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"
#include "support/small_engine.hpp"

namespace quartz {
namespace {

using ::testing::HasSubstr;

class ConditionalWrite : public ::testing::Test {
 protected:
  // As of now.
  ReadSet reads_of(std::string_view key) {
    ReadSet reads(engine_.sequence());
    reads.add(key);
    return reads;
  }
  Result<void> put_if(const ReadSet& reads) {
    return engine_.put("written", "yes", {.unchanged = &reads});
  }
  void expect_conflict(const ReadSet& reads) {
    const std::uint64_t before = engine_.sequence();
    EXPECT_THAT(put_if(reads), FailsWith(Errc::conflict, HasSubstr("retry")));
    EXPECT_EQ(read(engine_, "written"), "(none)");
    EXPECT_EQ(engine_.sequence(), before);
  }
  void expect_written(const ReadSet& reads) {
    EXPECT_THAT(put_if(reads), Succeeds());
    EXPECT_EQ(read(engine_, "written"), "yes");
  }
  void put(std::string_view key) { ASSERT_THAT(engine_.put(key, "value"), Succeeds()); }
  void roll() { fill_active_memtable(engine_, engine_.default_keyspace()); }

  ScratchDirectory scratch_;
  StorageEngine engine_ = open_small(scratch_ / "db");
};

TEST_F(ConditionalWrite, is_done_if_nothing_was_written_since) {
  put("key");
  expect_written(reads_of("key"));
}

TEST_F(ConditionalWrite, is_done_if_only_other_keys_were_written_since) {
  put("key");
  const ReadSet reads = reads_of("key");
  put("other");
  ASSERT_THAT(engine_.remove("another"), Succeeds());
  ASSERT_THAT(engine_.remove_range("l", "z"), Succeeds());
  expect_written(reads);
}

TEST_F(ConditionalWrite, conflicts_with_a_put_since) {
  put("key");
  const ReadSet reads = reads_of("key");
  put("key");
  put("other");
  expect_conflict(reads);
}

TEST_F(ConditionalWrite, conflicts_with_the_creation_of_a_key_that_was_read_as_absent) {
  const ReadSet reads = reads_of("absent");
  put("absent");
  expect_conflict(reads);
}

TEST_F(ConditionalWrite, conflicts_with_a_remove_since) {
  put("key");
  const ReadSet reads = reads_of("key");
  ASSERT_THAT(engine_.remove("key"), Succeeds());
  expect_conflict(reads);
}

TEST_F(ConditionalWrite, conflicts_with_the_removal_of_a_range_around_the_key_since) {
  put("key");
  const ReadSet reads = reads_of("key");
  ASSERT_THAT(engine_.remove_range("k", "l"), Succeeds());
  expect_conflict(reads);
}

TEST_F(ConditionalWrite, conflicts_with_one_operation_in_a_batch_since) {
  const ReadSet reads = reads_of("key");
  ASSERT_THAT(engine_.write(WriteBatch().put("a", "1").put("key", "2").put("z", "3")), Succeeds());
  expect_conflict(reads);
}

TEST_F(ConditionalWrite, conflicts_with_the_same_set_s_own_write_before) {
  const ReadSet reads = reads_of("written");
  expect_written(reads);
  EXPECT_THAT(put_if(reads), FailsWith(Errc::conflict));
}

TEST_F(ConditionalWrite, one_changed_key_of_many_is_a_conflict_wherever_it_stands) {
  constexpr std::uint64_t kKeys = 100;
  for (const std::uint64_t changed : {std::uint64_t{0}, kKeys / 2, kKeys - 1}) {
    ReadSet reads(engine_.sequence());
    for (std::uint64_t i = 0; i < kKeys; ++i) reads.add(numbered_key(i));
    put(numbered_key(kKeys));
    EXPECT_THAT(engine_.write({}, {.unchanged = &reads}), Succeeds());
    put(numbered_key(changed));
    expect_conflict(reads);
  }
}

TEST_F(ConditionalWrite, without_keys_is_done_always) {
  const ReadSet reads(engine_.sequence());
  put("key");
  expect_written(reads);
}

TEST_F(ConditionalWrite, an_equal_key_of_another_keyspace_is_another_key) {
  const Keyspace names = engine_.create_keyspace("names").value();
  ReadSet reads = reads_of("key");
  ASSERT_THAT(engine_.put(names, "key", "value"), Succeeds());
  EXPECT_THAT(engine_.write({}, {.unchanged = &reads}), Succeeds());
  reads.restart(engine_.sequence());
  reads.add(names, "key");
  put("key");
  EXPECT_THAT(engine_.write({}, {.unchanged = &reads}), Succeeds());
  ASSERT_THAT(engine_.put(names, "key", "value"), Succeeds());
  expect_conflict(reads);
}

TEST_F(ConditionalWrite, every_form_of_a_write_takes_a_condition) {
  const Keyspace names = engine_.create_keyspace("names").value();
  ASSERT_THAT(engine_.put("a", "1"), Succeeds());
  ASSERT_THAT(engine_.put(names, "a", "1"), Succeeds());
  const ReadSet reads = reads_of("key");
  const WriteOptions options{.unchanged = &reads};
  const auto write_all = [&](const auto& matcher) {
    EXPECT_THAT(engine_.put(names, "b", "2", options), matcher);
    EXPECT_THAT(engine_.remove("a", options), matcher);
    EXPECT_THAT(engine_.remove(names, "a", options), matcher);
    EXPECT_THAT(engine_.remove_range("a", "b", options), matcher);
    EXPECT_THAT(engine_.remove_range(names, "a", "b", options), matcher);
    EXPECT_THAT(engine_.remove_range("b", "b", options), matcher) << "an empty range";
    EXPECT_THAT(engine_.write(WriteBatch().put("c", "3").remove(names, "a"), options), matcher);
    EXPECT_THAT(engine_.write({}, options), matcher) << "an empty batch";
  };
  put("key");
  const std::uint64_t before = engine_.sequence();
  write_all(FailsWith(Errc::conflict));
  EXPECT_EQ(engine_.sequence(), before);
  EXPECT_EQ(rows_of(engine_), (Rows{{"a", "1"}, {"key", "value"}}));
  const ReadSet fresh = reads_of("key");
  const WriteOptions now{.unchanged = &fresh};
  EXPECT_THAT(engine_.write(WriteBatch().put("c", "3").remove(names, "a"), now), Succeeds());
  EXPECT_THAT(engine_.remove_range("a", "b", now), Succeeds());
  EXPECT_EQ(rows_of(engine_), (Rows{{"c", "3"}, {"key", "value"}}));
  EXPECT_EQ(rows_of(engine_, {.keyspace = &names}), Rows());
}

TEST_F(ConditionalWrite, an_empty_batch_only_looks) {
  const ReadSet reads = reads_of("key");
  put("other");
  const std::uint64_t before = engine_.sequence();
  EXPECT_THAT(engine_.write({}, {.unchanged = &reads}), Succeeds());
  EXPECT_EQ(engine_.sequence(), before);
}

TEST_F(ConditionalWrite, holds_under_every_durability) {
  for (const Durability durability : {Durability::memory, Durability::process, Durability::disk}) {
    const ReadSet reads = reads_of("key");
    const WriteOptions options{.durability = durability, .unchanged = &reads};
    EXPECT_THAT(engine_.put("other", "1", options), Succeeds());
    put("key");
    EXPECT_THAT(engine_.put("other", "2", options), FailsWith(Errc::conflict));
    EXPECT_THAT(engine_.write(WriteBatch().put("other", "2"), options), FailsWith(Errc::conflict));
    EXPECT_THAT(engine_.write({}, options), FailsWith(Errc::conflict));
    EXPECT_EQ(read(engine_, "other"), "1");
  }
}

TEST_F(ConditionalWrite, reads_at_a_snapshot_are_as_of_its_sequence) {
  put("key");
  const Snapshot snapshot = engine_.snapshot();
  ReadSet reads(snapshot.sequence());
  reads.add("key");
  EXPECT_EQ(snapshot.sequence(), engine_.sequence());
  EXPECT_THAT(engine_.write({}, {.unchanged = &reads}), Succeeds());
  put("key");
  EXPECT_LT(snapshot.sequence(), engine_.sequence());
  expect_conflict(reads);
}

TEST_F(ConditionalWrite, sees_past_a_roll_of_the_memtable) {
  const ReadSet changed = reads_of("key");
  put("key");
  const ReadSet unchanged = reads_of("key");
  roll();
  roll();
  expect_conflict(changed);
  expect_written(unchanged);
}

TEST_F(ConditionalWrite, sees_past_a_flush_whose_memtable_is_kept) {
  const ReadSet changed = reads_of("key");
  put("key");
  const ReadSet unchanged = reads_of("key");
  put("other");
  ASSERT_THAT(engine_.flush(), Succeeds());
  ASSERT_GT(engine_.statistics().memtables, 1u) << "it was to be kept";
  put("another");
  expect_conflict(changed);
  expect_written(unchanged);
}

TEST_F(ConditionalWrite, conflicts_when_writes_after_its_sequence_have_left_memory) {
  const ReadSet old = reads_of("key");
  ReadSet kept = old;
  // More than `memtable_bytes`, flushed as it comes.
  std::uint64_t retries = 0;
  for (int i = 0; i < 40; ++i) {
    roll();
    ASSERT_THAT(engine_.flush(), Succeeds());
    if (engine_.write({}, {.unchanged = &kept})) continue;
    ++retries;
    kept.restart(engine_.sequence());
    kept.add("key");
    EXPECT_THAT(engine_.write({}, {.unchanged = &kept}), Succeeds());
  }
  EXPECT_GT(retries, 0u);
  EXPECT_LT(retries, 20u) << "a set of a moment ago is no conflict";
  EXPECT_THAT(put_if(old), FailsWith(Errc::conflict, HasSubstr("left memory")));
  EXPECT_EQ(read(engine_, "written"), "(none)");
}

TEST_F(ConditionalWrite, conflicts_with_a_set_of_before_the_reopening) {
  put("first");
  const ReadSet old = reads_of("key");
  put("second");
  ASSERT_THAT(engine_.close(), Succeeds());
  engine_ = open_small(scratch_ / "db");
  expect_conflict(old);
  expect_written(reads_of("key"));
}

TEST_F(ConditionalWrite, refuses_a_set_of_a_sequence_that_is_yet_to_come) {
  ReadSet reads(engine_.sequence() + 1);
  reads.add("key");
  EXPECT_THAT(put_if(reads), FailsWith(Errc::invalid_argument, HasSubstr("has not come to")));
  EXPECT_EQ(read(engine_, "written"), "(none)");
}

TEST_F(ConditionalWrite, refuses_keys_of_a_dropped_keyspace_and_of_another_engine) {
  const Keyspace dropped = engine_.create_keyspace("dropped").value();
  ReadSet reads = reads_of("key");
  reads.add(dropped, "key");
  ASSERT_THAT(engine_.drop_keyspace(dropped), Succeeds());
  EXPECT_THAT(put_if(reads), FailsWith(Errc::closed, HasSubstr("dropped")));
  StorageEngine other = open_small(scratch_ / "other");
  reads.restart(engine_.sequence());
  reads.add(other.create_keyspace("elsewhere").value(), "key");
  EXPECT_THAT(put_if(reads), FailsWith(Errc::invalid_argument, HasSubstr("another engine")));
  EXPECT_EQ(read(engine_, "written"), "(none)");
}

TEST_F(ConditionalWrite, answers_closed_after_close) {
  const ReadSet reads = reads_of("key");
  ASSERT_THAT(engine_.close(), Succeeds());
  EXPECT_THAT(put_if(reads), FailsWith(Errc::closed));
  EXPECT_THAT(engine_.write({}, {.unchanged = &reads}), FailsWith(Errc::closed));
}

TEST_F(ConditionalWrite, works_without_a_log) {
  StorageConfig config = small_config();
  config.enable_wal = false;
  engine_ = open_small(scratch_ / "unlogged", config);
  const ReadSet reads = reads_of("key");
  put("other");
  EXPECT_THAT(engine_.write({}, {.unchanged = &reads}), Succeeds());
  put("key");
  expect_conflict(reads);
  expect_written(reads_of("key"));
}

// The counter's reads, additions and writes overlap as they like, beside flushes and rolls.
void count_in_threads(StorageEngine& engine, const WriteOptions& options, int increments) {
  constexpr int kThreads = 4;
  const auto increment = [&] {
    ReadSet reads;
    WriteOptions conditional = options;
    conditional.unchanged = &reads;
    for (int done = 0; done < increments && !::testing::Test::HasFailure();) {
      reads.restart(engine.sequence());
      reads.add("counter");
      const auto value = engine.get("counter");
      ASSERT_THAT(value, Succeeds());
      std::string next = std::to_string(std::stoi(value->value_or("0")) + 1);
      next.resize(200, ' ');
      const auto written = done % 2 == 0
                               ? engine.put("counter", next, conditional)
                               : engine.write(WriteBatch().put("counter", next), conditional);
      if (written) {
        ++done;
      } else {
        ASSERT_THAT(written, FailsWith(Errc::conflict));
      }
    }
  };
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int i = 0; i < kThreads; ++i) threads.emplace_back(increment);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(std::stoi(engine.get("counter").value().value_or("0")), kThreads * increments);
}

TEST_F(ConditionalWrite, threads_that_count_lose_nothing) { count_in_threads(engine_, {}, 2000); }

TEST_F(ConditionalWrite, threads_that_count_to_disk_lose_nothing) {
  count_in_threads(engine_, {.durability = Durability::disk}, 50);
}

TEST_F(ConditionalWrite, threads_that_count_while_memory_forgets_lose_nothing) {
  StorageConfig config = small_config();
  config.memtable_bytes = config.segment_bytes * 3;
  engine_ = open_small(scratch_ / "forgetful", config);
  count_in_threads(engine_, {}, 2000);
  EXPECT_GT(engine_.statistics().flushes, 0u);
}

}  // namespace
}  // namespace quartz
