#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "quartz/storage/event_listener.hpp"
#include "quartz/storage/storage_engine.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"
#include "support/small_engine.hpp"

namespace quartz {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::size_t files_in(const std::filesystem::path& directory) {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(directory)) {
    ++count;
  }
  return count;
}

// Each way to write the log.
class EngineRecovery : public ::testing::TestWithParam<LogMedium> {
 protected:
  StorageConfig config() const {
    StorageConfig config = small_config();
    config.log_medium = GetParam();
    // Nothing is flushed or compacted, and copied half, before a test asks for it.
    config.start_compaction = false;
    config.segment_bytes = std::size_t{1} << 20;
    config.memtable_bytes = std::size_t{8} << 20;
    return config;
  }
  void reopen() {
    engine_.reset();
    engine_.emplace(open_small(scratch_ / "db", config()));
  }
  // Another engine over a copy of what a process killed now would leave.
  StorageEngine open_as_if_killed(StorageConfig config) {
    const auto copy = scratch_ / ("killed" + std::to_string(++copies_));
    copy_database(scratch_ / "db", copy);
    return open_small(copy, std::move(config));
  }
  StorageEngine open_as_if_killed() { return open_as_if_killed(config()); }

  ScratchDirectory scratch_;
  int copies_ = 0;
  std::optional<StorageEngine> engine_{open_small(scratch_ / "db", config())};
};

INSTANTIATE_TEST_SUITE_P(Log, EngineRecovery, ::testing::Values(LogMedium::mapped, LogMedium::file),
                         [](const auto& medium) {
                           return medium.param == LogMedium::mapped ? "mapped" : "file";
                         });

TEST_P(EngineRecovery, brings_back_what_was_never_flushed) {
  ASSERT_THAT(engine_->put("a", "1"), Succeeds());
  ASSERT_THAT(engine_->put("b", "2"), Succeeds());
  ASSERT_THAT(engine_->remove("a"), Succeeds());
  reopen();
  EXPECT_THAT(rows_of(*engine_), ElementsAre(std::pair("b", "2")));
  const RecoveryStatistics recovery = engine_->statistics().recovery;
  EXPECT_EQ(recovery.record_count, 3u);
  EXPECT_EQ(recovery.operation_count, 3u);
  EXPECT_EQ(recovery.dropped_bytes, 0u);
  EXPECT_EQ(engine_->statistics().visible_sequence, 3u);
}

TEST_P(EngineRecovery, after_a_kill_finds_every_acknowledged_write) {
  for (std::uint64_t i = 0; i < 2000; ++i) {
    ASSERT_THAT(engine_->put(numbered_key(i), std::string(100, 'v')), Succeeds());
  }
  EXPECT_EQ(keys_of(open_as_if_killed()).size(), 2000u);
  ASSERT_THAT(engine_->flush(), Succeeds());
  EXPECT_EQ(keys_of(open_as_if_killed()).size(), 2000u);
}

TEST_P(EngineRecovery, after_a_kill_goes_on_with_the_next_sequence) {
  ASSERT_THAT(engine_->write(WriteBatch().put("a", "1").put("b", "2")), Succeeds());
  StorageEngine killed = open_as_if_killed();
  ASSERT_THAT(killed.put("c", "3"), Succeeds());
  EXPECT_EQ(killed.statistics().visible_sequence, 3u);
  EXPECT_THAT(keys_of(killed), ElementsAre("a", "b", "c"));
}

TEST_P(EngineRecovery, skips_what_the_levels_hold_already) {
  ASSERT_THAT(engine_->put("key", "old"), Succeeds());
  ASSERT_THAT(engine_->flush(), Succeeds());
  ASSERT_THAT(engine_->put("key", "new"), Succeeds());
  ASSERT_EQ(engine_->statistics().applied_sequence, 1u);
  StorageEngine killed = open_as_if_killed();
  EXPECT_EQ(read(killed, "key"), "new");
  EXPECT_EQ(killed.statistics().recovery.operation_count, 1u);
}

TEST_P(EngineRecovery, does_not_apply_an_older_version_over_a_newer_one) {
  for (int round = 0; round < 5; ++round) {
    ASSERT_THAT(engine_->put("key", std::to_string(round)), Succeeds());
    ASSERT_THAT(engine_->flush(), Succeeds());
    EXPECT_EQ(read(open_as_if_killed(), "key"), std::to_string(round));
  }
}

TEST_P(EngineRecovery, of_several_keyspaces_puts_every_row_where_it_was) {
  const Keyspace a = engine_->create_keyspace("a").value();
  const Keyspace b = engine_->create_keyspace("b").value();
  ASSERT_THAT(engine_->write(WriteBatch().put("key", "0").put(a, "key", "1").put(b, "key", "2")),
              Succeeds());
  ASSERT_THAT(engine_->remove(a, "key"), Succeeds());
  StorageEngine killed = open_as_if_killed();
  EXPECT_EQ(read(killed, "key"), "0");
  EXPECT_EQ(read(killed, killed.keyspace("a").value(), "key"), "(none)");
  EXPECT_EQ(read(killed, killed.keyspace("b").value(), "key"), "2");
}

TEST_P(EngineRecovery, of_a_log_with_records_of_a_dropped_keyspace_ignores_them) {
  const Keyspace dropped = engine_->create_keyspace("dropped").value();
  ASSERT_THAT(engine_->put(dropped, "key", "1"), Succeeds());
  ASSERT_THAT(engine_->put("kept", "2"), Succeeds());
  ASSERT_THAT(engine_->drop_keyspace(dropped), Succeeds());
  StorageEngine killed = open_as_if_killed();
  EXPECT_THAT(keys_of(killed), ElementsAre("kept"));
  EXPECT_EQ(killed.keyspaces().size(), 1u);
}

TEST_P(EngineRecovery, answers_scans_and_writes_at_once_over_many_replayed_segments) {
  const auto held = std::make_shared<HeldFlushes>();
  StorageConfig small = config();
  small.segment_bytes = small_config().segment_bytes;
  StorageConfig holding = small;
  holding.event_listener = held;
  StorageEngine engine = open_small(scratch_ / "segments", holding);
  const ReleaseAtEnd release(*held);
  held->hold();
  fill_active_memtable(engine, engine.create_keyspace("filler").value());
  held->wait_until_held();
  for (std::uint64_t i = 0; i < 3000; ++i) {
    ASSERT_THAT(engine.put(numbered_key(i % 1000), std::to_string(i)), Succeeds());
  }
  ASSERT_GE(engine.statistics().memtables_waiting, 3u);
  copy_database(scratch_ / "segments", scratch_ / "killed");
  StorageEngine killed = open_small(scratch_ / "killed", small);
  for (std::uint64_t i = 0; i < 1000; ++i) {
    EXPECT_EQ(read(killed, numbered_key(i)), std::to_string(2000 + i));
  }
  ASSERT_THAT(killed.put("more", "1"), Succeeds());
  EXPECT_EQ(keys_of(killed).size(), 1001u);
}

TEST_P(EngineRecovery, many_cycles_without_flush_keep_all_rows_and_few_segments) {
  std::size_t most = 0;
  for (int cycle = 0; cycle < 25; ++cycle) {
    ASSERT_THAT(engine_->put("key" + std::to_string(cycle), "value"), Succeeds());
    reopen();
    most = std::max(most, files_in(scratch_ / "db" / "log"));
  }
  EXPECT_EQ(keys_of(*engine_).size(), 25u);
  EXPECT_LE(most, 12u);
}

TEST_P(EngineRecovery, works_with_another_segment_size_than_the_log_was_written_with) {
  for (std::uint64_t i = 0; i < 1000; ++i) {
    ASSERT_THAT(engine_->put(numbered_key(i), std::string(100, 'v')), Succeeds());
  }
  StorageConfig larger = config();
  larger.segment_bytes = std::size_t{2} << 20;
  larger.log_medium = GetParam() == LogMedium::mapped ? LogMedium::file : LogMedium::mapped;
  EXPECT_EQ(keys_of(open_as_if_killed(larger)).size(), 1000u);
}

// The smallest memory that is allowed: what was replayed must not keep writers out for ever.
TEST_P(EngineRecovery, with_the_smallest_memory_lets_writers_go_on) {
  StorageConfig smallest = config();
  smallest.segment_bytes = small_config().segment_bytes;
  smallest.memtable_bytes = smallest.segment_bytes * 3;
  for (int cycle = 0; cycle < 8; ++cycle) {
    StorageEngine engine = open_small(scratch_ / "smallest", smallest);
    for (std::uint64_t i = 0; i < 40; ++i) {
      ASSERT_THAT(engine.put(numbered_key(i), std::string(500, 'v')), Succeeds());
    }
    EXPECT_EQ(keys_of(engine).size(), 40u);
  }
}

TEST_P(EngineRecovery, reports_its_progress_to_the_listener) {
  class Progress : public EventListener {
   public:
    void on_recovery_progress(const RecoveryEvent& event) override { events.push_back(event); }
    std::vector<RecoveryEvent> events;
  };
  for (std::uint64_t i = 0; i < 500; ++i) {
    ASSERT_THAT(engine_->put(numbered_key(i), std::string(100, 'v')), Succeeds());
  }
  const auto progress = std::make_shared<Progress>();
  StorageConfig listening = config();
  listening.event_listener = progress;
  StorageEngine killed = open_as_if_killed(listening);
  ASSERT_FALSE(progress->events.empty());
  EXPECT_EQ(progress->events.back().bytes_done, progress->events.back().bytes_total);
}

TEST_P(EngineRecovery, of_tables_that_were_written_but_not_ingested_removes_them) {
  ASSERT_THAT(engine_->put("key", "value"), Succeeds());
  engine_.reset();
  // Not a number that a flush of the reopened engine would take for a table of its own.
  const auto leftover = scratch_ / "db" / "ingest" / "900000.sst";
  std::filesystem::copy(scratch_ / "db" / "FORMAT", leftover);
  reopen();
  EXPECT_FALSE(std::filesystem::exists(leftover));
  EXPECT_EQ(read(*engine_, "key"), "value");
}

TEST(EngineRecoveryWithoutLog, keeps_what_was_flushed_and_loses_the_rest_at_a_kill) {
  const ScratchDirectory scratch;
  StorageConfig config = small_config();
  config.enable_wal = false;
  StorageEngine engine = open_small(scratch / "db", config);
  ASSERT_THAT(engine.put("flushed", "1"), Succeeds());
  ASSERT_THAT(engine.sync(), Succeeds());
  ASSERT_THAT(engine.put("fresh", "2"), Succeeds());
  EXPECT_EQ(files_in(scratch / "db" / "log"), 0u);
  copy_database(scratch / "db", scratch / "killed");
  StorageEngine killed = open_small(scratch / "killed", config);
  EXPECT_THAT(keys_of(killed), ElementsAre("flushed"));
  ASSERT_THAT(engine.close(), Succeeds());
  EXPECT_THAT(keys_of(open_small(scratch / "db", config)), ElementsAre("flushed", "fresh"));
}

TEST(EngineRecoveryWithoutLog, still_replays_a_log_that_was_written_before) {
  const ScratchDirectory scratch;
  ASSERT_THAT(open_small(scratch / "db").put("logged", "1"), Succeeds());
  StorageConfig config = small_config();
  config.enable_wal = false;
  {
    StorageEngine engine = open_small(scratch / "db", config);
    EXPECT_EQ(read(engine, "logged"), "1");
    ASSERT_THAT(engine.put("unlogged", "2"), Succeeds());
  }
  EXPECT_THAT(keys_of(open_small(scratch / "db")), ElementsAre("logged", "unlogged"));
}

TEST(EngineRecoveryOfCreation, that_was_cut_short_before_its_end_starts_anew) {
  const ScratchDirectory scratch;
  {
    StorageEngine engine = open_small(scratch / "db");
  }
  // FORMAT is written before the first segment: without both, nothing was acknowledged.
  std::filesystem::remove(scratch / "db" / "FORMAT");
  for (const auto& entry : std::filesystem::directory_iterator(scratch / "db" / "log")) {
    std::filesystem::remove(entry.path());
  }
  StorageEngine engine = open_small(scratch / "db");
  EXPECT_THAT(rows_of(engine), IsEmpty());
  EXPECT_THAT(engine.put("key", "value"), Succeeds());
}

}  // namespace
}  // namespace quartz
