#include <algorithm>
#include <filesystem>
#include <future>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "quartz/storage/storage_engine.hpp"
#include "storage/engine.hpp"
#include "support/corrupt_file.hpp"
#include "support/held_syncs.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"
#include "support/small_engine.hpp"
#include "support/waiting_threads.hpp"

namespace quartz {
namespace {

// An engine whose log syncs when a test lets it. The levels reach the disk past it.
class EngineFlush : public ::testing::TestWithParam<LogMedium> {
 protected:
  static constexpr std::uint64_t kRows = 100;
  static constexpr const char* kSegment = "000001.log";
  static constexpr const char* kNextSegment = "000002.log";

  // Ends before the engine does, also when a test ends early.
  struct ReleasedAtEnd {
    io::HeldSyncs& syncs;
    ~ReleasedAtEnd() { syncs.release(); }
  };

  StorageConfig config() const {
    StorageConfig config = small_config();
    config.log_medium = GetParam();
    return config;
  }
  // Begins a flush of some rows whose log is not on disk yet; it is held in the sync of their
  // segment.
  std::future<Result<void>> begin_flush() {
    for (std::uint64_t i = 0; i < kRows; ++i) engine_.put(numbered_key(i), "value").value();
    syncs_.hold(kSegment);
    auto flush = std::async(std::launch::async, [this] { return engine_.flush(); });
    syncs_.wait_until_held();
    return flush;
  }
  // Whether the flush has a finished table: one that ends with RocksDB's magic number.
  bool has_staged_table() const {
    const std::filesystem::directory_iterator staged(scratch_ / "db" / "ingest");
    return std::any_of(begin(staged), end(staged), [](const auto& entry) {
      return file_contents(entry.path()).ends_with("\xf7\xcf\xf4\x85\xb7\x41\xe2\x88");
    });
  }
  void expect_nothing_ingested() const {
    wait_until_others_are_waiting();
    EXPECT_TRUE(has_staged_table());
    EXPECT_EQ(engine_.statistics().applied_sequence, 0u);
    EXPECT_EQ(engine_.statistics().flushes, 0u);
  }

  ScratchDirectory scratch_;
  io::HeldSyncs syncs_{io::posix_file_system()};
  StorageEngine engine_{storage::Engine::open(scratch_ / "db", config(), syncs_).value()};
};

INSTANTIATE_TEST_SUITE_P(Log, EngineFlush, ::testing::Values(LogMedium::mapped, LogMedium::file),
                         [](const auto& medium) {
                           return medium.param == LogMedium::mapped ? "mapped" : "file";
                         });

TEST_P(EngineFlush, writes_its_tables_while_the_log_is_synced_and_ingests_them_afterwards) {
  auto flush = begin_flush();
  const ReleasedAtEnd release{syncs_};
  expect_nothing_ingested();
  syncs_.release();
  ASSERT_THAT(flush.get(), Succeeds());
  EXPECT_EQ(engine_.statistics().applied_sequence, kRows);
  EXPECT_FALSE(has_staged_table());
  EXPECT_EQ(keys_of(engine_).size(), kRows);
}

TEST_P(EngineFlush, ingests_nothing_before_the_header_of_the_next_segment_is_synced_too) {
  auto flush = begin_flush();
  const ReleasedAtEnd release{syncs_};
  syncs_.hold(kNextSegment);
  syncs_.wait_until_held();
  expect_nothing_ingested();
  syncs_.release();
  ASSERT_THAT(flush.get(), Succeeds());
  EXPECT_EQ(engine_.statistics().applied_sequence, kRows);
}

}  // namespace
}  // namespace quartz
