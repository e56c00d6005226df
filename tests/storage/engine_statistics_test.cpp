#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "quartz/storage/statistics.hpp"
#include "quartz/storage/storage_engine.hpp"
#include "support/corrupt_file.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"
#include "support/small_engine.hpp"

namespace quartz {
namespace {

using ::testing::HasSubstr;

class EngineStatistics : public ::testing::Test {
 protected:
  ScratchDirectory scratch_;
  StorageEngine engine_ = open_small(scratch_ / "db");
};

TEST_F(EngineStatistics, begin_at_zero) {
  const Statistics now = engine_.statistics();
  EXPECT_EQ(now.puts + now.removes + now.range_removes + now.batches + now.gets + now.scans, 0u);
  EXPECT_EQ(now.visible_sequence, 0u);
  EXPECT_EQ(now.memtables, 1u);
  EXPECT_EQ(now.memtables_waiting, 0u);
  EXPECT_EQ(now.snapshots_open + now.cursors_open, 0u);
  EXPECT_FALSE(now.writes_stopped);
  EXPECT_EQ(now.background_error, "");
  EXPECT_EQ(now.recovery.record_count, 0u);
  ASSERT_EQ(now.keyspaces.size(), 1u);
  EXPECT_EQ(now.keyspaces[0].name, "default");
}

TEST_F(EngineStatistics, count_each_kind_of_write) {
  ASSERT_THAT(engine_.put("abc", "12345"), Succeeds());
  ASSERT_THAT(engine_.remove("abc"), Succeeds());
  ASSERT_THAT(engine_.remove_range("a", "b"), Succeeds());
  ASSERT_THAT(engine_.write(WriteBatch().put("k", "v").remove("k")), Succeeds());
  const Statistics now = engine_.statistics();
  EXPECT_EQ(now.puts, 2u);
  EXPECT_EQ(now.removes, 2u);
  EXPECT_EQ(now.range_removes, 1u);
  EXPECT_EQ(now.batches, 4u);
  EXPECT_EQ(now.user_bytes_written, 8u + 3u + 2u + 2u + 1u);
  EXPECT_EQ(now.visible_sequence, 5u);
  EXPECT_EQ(now.memtable_entries, 5u);
  EXPECT_GT(now.log_bytes_written, now.user_bytes_written);
}

TEST_F(EngineStatistics, do_not_count_writes_that_were_refused) {
  EXPECT_FALSE(engine_.put(std::string(kKeyBytesMax + 1, 'k'), "value").has_value());
  EXPECT_EQ(engine_.statistics().puts, 0u);
  EXPECT_EQ(engine_.statistics().visible_sequence, 0u);
}

TEST_F(EngineStatistics, tell_where_reads_were_answered) {
  ASSERT_THAT(engine_.put("key", "value"), Succeeds());
  EXPECT_EQ(read(engine_, "key"), "value");
  EXPECT_EQ(engine_.statistics().gets_from_memtable, 1u);
  EXPECT_EQ(read(engine_, "absent"), "(none)");
  EXPECT_EQ(engine_.statistics().gets_absent, 1u);
  ASSERT_THAT(engine_.close(), Succeeds());
  StorageEngine reopened = open_small(scratch_ / "db");
  ASSERT_THAT(reopened.flush(), Succeeds());
  ASSERT_THAT(reopened.close(), Succeeds());
  StorageEngine cold = open_small(scratch_ / "db");
  for (int i = 0; i < 5; ++i) EXPECT_EQ(read(cold, "key"), "value");
  const Statistics now = cold.statistics();
  EXPECT_GE(now.gets_from_levels, 1u);
  EXPECT_GE(now.gets_from_cache, 1u);
  EXPECT_EQ(now.gets_from_levels + now.gets_from_cache, 5u);
  EXPECT_EQ(now.gets, 5u);
  EXPECT_EQ(now.cache_rows, 1u);
  EXPECT_GT(now.cache_bytes, 0u);
}

TEST_F(EngineStatistics, count_every_key_of_a_multi_get) {
  ASSERT_THAT(engine_.put("a", "1"), Succeeds());
  const std::vector<std::string_view> keys = {"a", "b", "c"};
  ASSERT_THAT(engine_.multi_get(keys), Succeeds());
  const Statistics now = engine_.statistics();
  EXPECT_EQ(now.gets, 3u);
  EXPECT_EQ(now.gets_from_memtable, 1u);
  EXPECT_EQ(now.gets_absent, 2u);
}

TEST_F(EngineStatistics, show_open_cursors_and_snapshots) {
  {
    Cursor cursor = engine_.cursor();
    const Snapshot snapshot = engine_.snapshot();
    EXPECT_EQ(engine_.statistics().cursors_open, 1u);
    EXPECT_EQ(engine_.statistics().snapshots_open, 1u);
    EXPECT_EQ(engine_.statistics().scans, 1u);
  }
  EXPECT_EQ(engine_.statistics().cursors_open, 0u);
  EXPECT_EQ(engine_.statistics().snapshots_open, 0u);
}

TEST_F(EngineStatistics, follow_rows_from_memtable_to_levels) {
  for (std::uint64_t i = 0; i < 100; ++i) {
    ASSERT_THAT(engine_.put(numbered_key(i), "value"), Succeeds());
  }
  ASSERT_THAT(engine_.flush(), Succeeds());
  Statistics now = engine_.statistics();
  EXPECT_EQ(now.applied_sequence, 100u);
  EXPECT_EQ(now.flushes, 1u);
  EXPECT_GT(now.flush_bytes, 0u);
  EXPECT_EQ(now.memtables_waiting, 0u);
  EXPECT_EQ(now.flush_latency.count, 1u);
  ASSERT_EQ(now.keyspaces.size(), 1u);
  EXPECT_EQ(now.keyspaces[0].estimated_keys, 100u);
  ASSERT_THAT(engine_.compact_range(), Succeeds());
  now = engine_.statistics();
  EXPECT_EQ(now.level0_files_max, 0u);
  std::uint64_t files = 0;
  for (const LevelStatistics& level : now.keyspaces[0].levels) files += level.file_count;
  EXPECT_GE(files, 1u);
}

TEST_F(EngineStatistics, count_syncs_and_what_they_acknowledged) {
  for (int i = 0; i < 3; ++i) {
    ASSERT_THAT(engine_.put("key", "value", {.durability = Durability::disk}), Succeeds());
  }
  const Statistics now = engine_.statistics();
  EXPECT_GE(now.log_syncs, 1u);
  EXPECT_EQ(now.log_synced_writes, 3u);
  EXPECT_GE(now.sync_latency.count, 1u);
  EXPECT_GT(now.sync_latency.max_ns, 0u);
}

TEST_F(EngineStatistics, remember_what_recovery_found) {
  ASSERT_THAT(engine_.write(WriteBatch().put("a", "1").put("b", "2")), Succeeds());
  ASSERT_THAT(engine_.close(), Succeeds());
  const RecoveryStatistics recovery = open_small(scratch_ / "db").statistics().recovery;
  EXPECT_EQ(recovery.record_count, 1u);
  EXPECT_EQ(recovery.operation_count, 2u);
  EXPECT_GT(recovery.bytes, 0u);
  EXPECT_EQ(recovery.dropped_bytes, 0u);
  EXPECT_EQ(recovery.dropped_reason, "");
  EXPECT_GT(recovery.duration_ns, 0u);
}

TEST_F(EngineStatistics, list_every_keyspace) {
  ASSERT_THAT(engine_.create_keyspace("names"), Succeeds());
  std::vector<std::string> names;
  for (const KeyspaceStatistics& one : engine_.statistics().keyspaces) names.push_back(one.name);
  EXPECT_THAT(names, ::testing::UnorderedElementsAre("default", "names"));
}

TEST_F(EngineStatistics, quantiles_of_a_latency_are_in_order) {
  for (std::uint64_t i = 0; i < 2000; ++i) {
    ASSERT_THAT(engine_.put(numbered_key(i), "value"), Succeeds());
    ASSERT_EQ(read(engine_, numbered_key(i)), "value");
  }
  const Statistics now = engine_.statistics();
  for (const LatencySummary& latency : {now.write_latency, now.get_latency}) {
    EXPECT_GE(latency.count, 2000u / 64);
    EXPECT_LE(latency.p50_ns, latency.p90_ns);
    EXPECT_LE(latency.p90_ns, latency.p99_ns);
    EXPECT_LE(latency.p99_ns, latency.p999_ns);
    EXPECT_LE(latency.p999_ns, latency.max_ns);
    EXPECT_GT(latency.mean_ns, 0u);
  }
}

TEST_F(EngineStatistics, keep_their_counters_after_a_close) {
  ASSERT_THAT(engine_.put("key", "value"), Succeeds());
  ASSERT_THAT(engine_.close(), Succeeds());
  EXPECT_EQ(engine_.statistics().puts, 1u);
  EXPECT_EQ(engine_.statistics().visible_sequence, 1u);
}

TEST_F(EngineStatistics, show_level_0_while_nothing_compacts_it) {
  ASSERT_THAT(engine_.stop_compaction(), Succeeds());
  // The first of tables that overlap sinks to the bottom, the others stay above it.
  for (int i = 0; i < 3; ++i) {
    ASSERT_THAT(engine_.put("key", "value"), Succeeds());
    ASSERT_THAT(engine_.flush(), Succeeds());
  }
  EXPECT_GE(engine_.statistics().level0_files_max, 2u);
}

TEST(EngineDamagedLevels, count_read_errors_and_log_them) {
  const ScratchDirectory scratch;
  {
    StorageEngine engine = open_small(scratch / "db");
    // Values that cannot be compressed, so that a table is more than its last few blocks.
    Random random(1);
    for (std::uint64_t i = 0; i < 500; ++i) {
      std::string value(100, 0);
      for (char& byte : value) byte = static_cast<char>(random.next());
      ASSERT_THAT(engine.put(numbered_key(i), value), Succeeds());
    }
    ASSERT_THAT(engine.compact_range(), Succeeds());
  }
  // The first data block of the largest table; opening looks at the ends of tables only.
  std::filesystem::path largest;
  for (const auto& entry : std::filesystem::directory_iterator(scratch / "db" / "levels")) {
    if (entry.path().extension() != ".sst") continue;
    if (largest.empty() || entry.file_size() > std::filesystem::file_size(largest)) {
      largest = entry.path();
    }
  }
  for (std::uint64_t at = 10; at < 200; at += 10) flip_bit(largest, at);
  std::vector<std::string> lines;
  StorageConfig config = small_config();
  config.logger = [&](LogLevel level, std::string_view line) {
    if (level == LogLevel::error) lines.emplace_back(line);
  };
  StorageEngine engine = open_small(scratch / "db", config);
  EXPECT_THAT(engine.get(numbered_key(0)), FailsWith(Errc::corruption, HasSubstr(".sst")));
  Scan scan = engine.scan();
  for ([[maybe_unused]] const auto& row : scan) continue;
  ASSERT_TRUE(scan.error().has_value());
  EXPECT_EQ(scan.error()->code(), Errc::corruption);
  EXPECT_EQ(engine.statistics().read_errors, 2u);
  EXPECT_EQ(lines.size(), 2u);
}

}  // namespace
}  // namespace quartz
