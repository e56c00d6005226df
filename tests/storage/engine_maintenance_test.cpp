#include <atomic>
#include <filesystem>
#include <fstream>
#include <future>
#include <latch>
#include <memory>
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

using ::testing::HasSubstr;

class EngineMaintenance : public ::testing::Test {
 protected:
  void put_rows(std::uint64_t count, const std::string& value = std::string(100, 'v')) {
    for (std::uint64_t i = 0; i < count; ++i) {
      ASSERT_THAT(engine_.put(numbered_key(i), value), Succeeds());
    }
  }
  std::uint64_t level0_files() const { return engine_.statistics().level0_files_max; }

  ScratchDirectory scratch_;
  StorageEngine engine_ = open_small(scratch_ / "db");
};

TEST_F(EngineMaintenance, flush_puts_everything_acknowledged_into_the_levels) {
  put_rows(500);
  ASSERT_THAT(engine_.flush(), Succeeds());
  const Statistics now = engine_.statistics();
  EXPECT_EQ(now.applied_sequence, now.visible_sequence);
  EXPECT_EQ(now.memtables_waiting, 0u);
  EXPECT_GE(now.flushes, 1u);
}

TEST_F(EngineMaintenance, flush_of_nothing_does_nothing) {
  ASSERT_THAT(engine_.flush(), Succeeds());
  put_rows(1);
  ASSERT_THAT(engine_.flush(), Succeeds());
  const auto flushes = engine_.statistics().flushes;
  ASSERT_THAT(engine_.flush(), Succeeds());
  EXPECT_EQ(engine_.statistics().flushes, flushes);
}

TEST_F(EngineMaintenance, sync_makes_all_durable_without_a_flush) {
  put_rows(3);
  const auto syncs = engine_.statistics().log_syncs;
  ASSERT_THAT(engine_.sync(), Succeeds());
  EXPECT_GT(engine_.statistics().log_syncs, syncs);
  EXPECT_EQ(engine_.statistics().applied_sequence, 0u);
}

TEST_F(EngineMaintenance, compact_range_leaves_one_sorted_run_below_level_0) {
  for (int round = 0; round < 3; ++round) {
    put_rows(300, "round " + std::to_string(round));
    ASSERT_THAT(engine_.flush(), Succeeds());
  }
  ASSERT_THAT(engine_.compact_range(), Succeeds());
  EXPECT_EQ(level0_files(), 0u);
  EXPECT_EQ(rows_of(engine_).size(), 300u);
  EXPECT_EQ(read(engine_, numbered_key(7)), "round 2");
}

TEST_F(EngineMaintenance, compact_range_can_be_narrowed_and_told_a_keyspace) {
  const Keyspace other = engine_.create_keyspace("other").value();
  put_rows(100);
  ASSERT_THAT(engine_.put(other, "key", "value"), Succeeds());
  EXPECT_THAT(engine_.compact_range("key000010", "key000020"), Succeeds());
  EXPECT_THAT(engine_.compact_range("a", {}, &other), Succeeds());
  EXPECT_THAT(engine_.compact_range({}, "z", &other), Succeeds());
  EXPECT_EQ(keys_of(engine_).size(), 100u);
  EXPECT_EQ(read(engine_, other, "key"), "value");
}

TEST(EngineCompaction, drops_what_was_removed_even_while_the_flush_of_it_is_still_ending) {
  const auto held = std::make_shared<HeldFlushes>();
  StorageConfig config = small_config();
  config.event_listener = held;
  const ScratchDirectory scratch;
  StorageEngine engine = open_small(scratch / "db", config);
  const ReleaseAtEnd release(*held);
  for (std::uint64_t i = 0; i < 500; ++i) {
    ASSERT_THAT(engine.put(numbered_key(i), std::string(100, 'v')), Succeeds());
  }
  ASSERT_THAT(engine.flush(), Succeeds());
  // From the view before, the rows are still visible.
  ASSERT_THAT(engine.remove_range(numbered_key(0), numbered_key(490)), Succeeds());
  held->hold();
  auto flushed = std::async(std::launch::async, [&engine] { return engine.flush(); });
  held->wait_until_held();
  ASSERT_THAT(engine.compact_range(), Succeeds());
  EXPECT_EQ(engine.statistics().keyspaces.at(0).estimated_keys, 10u);
  held->release();
  EXPECT_THAT(flushed.get(), Succeeds());
  EXPECT_EQ(keys_of(engine).size(), 10u);
}

TEST_F(EngineMaintenance, compact_range_keeps_what_a_snapshot_of_before_sees) {
  put_rows(500);
  const Snapshot before = engine_.snapshot();
  ASSERT_THAT(engine_.remove_range(numbered_key(0), numbered_key(490)), Succeeds());
  ASSERT_THAT(engine_.compact_range(), Succeeds());
  EXPECT_EQ(keys_of(engine_).size(), 10u);
  EXPECT_EQ(keys_of(engine_, {.snapshot = &before}).size(), 500u);
}

TEST_F(EngineMaintenance, stopped_compaction_lets_level_0_grow_and_started_works_it_off) {
  ASSERT_THAT(engine_.stop_compaction(), Succeeds());
  for (int i = 0; i < 25; ++i) {
    ASSERT_THAT(engine_.put("key", std::to_string(i)), Succeeds());
    ASSERT_THAT(engine_.flush(), Succeeds());
  }
  // Beyond the limit at which writers would wait if compaction could help them.
  EXPECT_GT(level0_files(), small_config().level0_files_max);
  ASSERT_THAT(engine_.start_compaction(), Succeeds());
  ASSERT_THAT(engine_.compact_range(), Succeeds());
  EXPECT_EQ(level0_files(), 0u);
  EXPECT_EQ(read(engine_, "key"), "24");
}

TEST_F(EngineMaintenance, a_sustained_load_keeps_level_0_and_memory_within_their_bounds) {
  const std::string value(1000, 'v');
  std::uint64_t level0_most = 0;
  std::uint64_t memory_most = 0;
  for (std::uint64_t i = 0; i < 6000; ++i) {
    ASSERT_THAT(engine_.put(numbered_key(i * 7919 % 3000), value), Succeeds());
    if (i % 50 != 0) continue;
    const Statistics now = engine_.statistics();
    level0_most = std::max(level0_most, now.level0_files_max);
    memory_most = std::max(memory_most, now.memtable_bytes);
  }
  EXPECT_LE(level0_most, small_config().level0_files_max);
  // The index of a memtable grows by whole chunks, which is known only when it has grown.
  EXPECT_LE(memory_most, small_config().memtable_bytes + small_config().memtable_bytes / 2);
  EXPECT_EQ(keys_of(engine_).size(), 3000u);
}

TEST(EngineFlushInterval, flushes_what_is_old_without_being_asked) {
  class Seen : public EventListener {
   public:
    void on_flush(const FlushEvent& event) override {
      if (event.entry_count > 0 && !flushed_.exchange(true)) done_.count_down();
    }
    void wait() { done_.wait(); }

   private:
    std::atomic<bool> flushed_{false};
    std::latch done_{1};
  };
  const ScratchDirectory scratch;
  const auto seen = std::make_shared<Seen>();
  StorageConfig config = small_config();
  config.flush_interval = std::chrono::milliseconds(1);
  config.event_listener = seen;
  StorageEngine engine = open_small(scratch / "db", config);
  ASSERT_THAT(engine.put("key", "value"), Succeeds());
  seen->wait();
  EXPECT_EQ(read(engine, "key"), "value");
}

TEST_F(EngineMaintenance, a_checkpoint_opens_and_holds_the_state_of_its_moment) {
  const Keyspace names = engine_.create_keyspace("names").value();
  put_rows(200);
  ASSERT_THAT(engine_.put(names, "key", "old"), Succeeds());
  ASSERT_THAT(engine_.flush(), Succeeds());
  ASSERT_THAT(engine_.put("unflushed", "1"), Succeeds());
  ASSERT_THAT(engine_.checkpoint(scratch_ / "copy"), Succeeds());
  ASSERT_THAT(engine_.put("later", "1"), Succeeds());
  ASSERT_THAT(engine_.put(names, "key", "new"), Succeeds());
  StorageEngine copy = open_small(scratch_ / "copy");
  EXPECT_EQ(keys_of(copy).size(), 201u);
  EXPECT_EQ(read(copy, "unflushed"), "1");
  EXPECT_EQ(read(copy, "later"), "(none)");
  EXPECT_EQ(read(copy, copy.keyspace("names").value(), "key"), "old");
}

TEST_F(EngineMaintenance, a_checkpoint_and_its_original_do_not_know_each_other) {
  put_rows(200);
  ASSERT_THAT(engine_.checkpoint(scratch_ / "copy"), Succeeds());
  StorageEngine copy = open_small(scratch_ / "copy");
  ASSERT_THAT(copy.put(numbered_key(1), "of the copy"), Succeeds());
  ASSERT_THAT(copy.remove_range(numbered_key(100), "z"), Succeeds());
  ASSERT_THAT(copy.compact_range(), Succeeds());
  ASSERT_THAT(engine_.put(numbered_key(2), "of the original"), Succeeds());
  ASSERT_THAT(engine_.compact_range(), Succeeds());
  EXPECT_EQ(keys_of(engine_).size(), 200u);
  EXPECT_EQ(keys_of(copy).size(), 100u);
  EXPECT_EQ(read(copy, numbered_key(1)), "of the copy");
  EXPECT_NE(read(copy, numbered_key(2)), "of the original");
  EXPECT_NE(read(engine_, numbered_key(1)), "of the copy");
}

TEST_F(EngineMaintenance, a_checkpoint_of_a_checkpoint_works) {
  put_rows(10);
  ASSERT_THAT(engine_.checkpoint(scratch_ / "copy"), Succeeds());
  StorageEngine copy = open_small(scratch_ / "copy");
  ASSERT_THAT(copy.put("more", "1"), Succeeds());
  ASSERT_THAT(copy.checkpoint(scratch_ / "second"), Succeeds());
  EXPECT_EQ(keys_of(open_small(scratch_ / "second")).size(), 11u);
}

// It has no rows in its log, whose beginning still tells how far its tables go.
TEST_F(EngineMaintenance, a_checkpoint_whose_manifest_lost_its_end_is_corruption) {
  // A compaction would add to the MANIFEST whenever it likes.
  ASSERT_THAT(engine_.stop_compaction(), Succeeds());
  std::vector<std::uint64_t> bytes;  // Of the MANIFEST after each flush.
  for (std::uint64_t i = 0; i < 3; ++i) {
    ASSERT_THAT(engine_.put(numbered_key(i), "value"), Succeeds());
    ASSERT_THAT(engine_.flush(), Succeeds());
    bytes.push_back(std::filesystem::file_size(manifest_in(scratch_ / "db" / "levels")));
  }
  ASSERT_THAT(engine_.checkpoint(scratch_ / "copy"), Succeeds());
  ASSERT_GE(std::filesystem::file_size(manifest_in(scratch_ / "copy" / "levels")), bytes.back());
  for (const std::uint64_t length : {bytes[0], bytes[1], bytes[2] - 1}) {
    SCOPED_TRACE(length);
    std::filesystem::remove_all(scratch_ / "damaged");
    copy_database(scratch_ / "copy", scratch_ / "damaged");
    truncate_file(manifest_in(scratch_ / "damaged" / "levels"), length);
    EXPECT_FALSE(verify(scratch_ / "damaged").value().damage.empty());
    EXPECT_THAT(StorageEngine::open(scratch_ / "damaged", small_config()),
                FailsWith(Errc::corruption, HasSubstr((scratch_ / "damaged").string())));
    std::filesystem::remove_all(scratch_ / "saved");
    ASSERT_THAT(salvage(scratch_ / "damaged", scratch_ / "saved"), Succeeds());
    EXPECT_EQ(keys_of(open_small(scratch_ / "saved")).size(), 3u);
  }
}

TEST_F(EngineMaintenance, a_checkpoint_of_an_empty_database_opens) {
  ASSERT_THAT(engine_.checkpoint(scratch_ / "copy"), Succeeds());
  EXPECT_TRUE(rows_of(open_small(scratch_ / "copy")).empty());
}

TEST_F(EngineMaintenance, a_checkpoint_over_something_that_exists_is_refused) {
  std::filesystem::create_directory(scratch_ / "copy");
  EXPECT_THAT(engine_.checkpoint(scratch_ / "copy"),
              FailsWith(Errc::already_exists, HasSubstr("copy")));
  EXPECT_THAT(engine_.checkpoint(scratch_ / "db"), FailsWith(Errc::already_exists));
  EXPECT_TRUE(std::filesystem::is_empty(scratch_ / "copy"));
}

TEST_F(EngineMaintenance, a_checkpoint_into_a_missing_parent_leaves_nothing_behind) {
  put_rows(5);
  std::ofstream(scratch_ / "file") << "in the way";
  EXPECT_FALSE(engine_.checkpoint(scratch_ / "file" / "copy").has_value());
  EXPECT_EQ(read(engine_, numbered_key(1)), std::string(100, 'v'));
  EXPECT_THAT(engine_.put("key", "value"), Succeeds());
}

TEST_F(EngineMaintenance,
       a_checkpoint_by_a_relative_path_into_a_directory_that_is_gone_is_an_error) {
  const auto before = std::filesystem::current_path();
  std::filesystem::create_directory(scratch_ / "gone");
  std::filesystem::current_path(scratch_ / "gone");
  std::filesystem::remove(scratch_ / "gone");
  const auto made = engine_.checkpoint("copy");
  std::filesystem::current_path(before);
  EXPECT_THAT(made, FailsWith(Errc::io_error, HasSubstr("copy")));
}

TEST_F(EngineMaintenance, a_checkpoint_by_a_relative_path_lands_in_the_working_directory) {
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(scratch_.path());
  put_rows(3);
  EXPECT_THAT(engine_.checkpoint("copy"), Succeeds());
  EXPECT_EQ(keys_of(open_small("copy")).size(), 3u);
  std::filesystem::current_path(before);
}

}  // namespace
}  // namespace quartz
