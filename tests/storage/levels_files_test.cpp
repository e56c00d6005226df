#include "storage/levels_files.hpp"

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>

#include <gtest/gtest.h>
#include <rocksdb/env.h>
#include <rocksdb/listener.h>
#include <rocksdb/options.h>

#include "storage/levels_fixture.hpp"
#include "storage/levels_listener.hpp"
#include "support/faulty_file_system.hpp"
#include "support/manifest_file.hpp"
#include "support/rocksdb_files.hpp"
#include "support/simulated_disk.hpp"

namespace quartz::storage {
namespace {

TEST(LevelsFiles, lose_messages_that_cannot_be_written_and_go_on) {
  io::SimulatedDisk disk;
  io::FaultyFileSystem faulty(disk);
  const auto below = rocksdb_env_over(faulty);
  LevelsFiles files(below->GetFileSystem());
  std::shared_ptr<rocksdb::Logger> log;
  ASSERT_TRUE(files.NewLogger("/LOG", {}, &log, nullptr).ok());
  log->SetInfoLogLevel(rocksdb::InfoLogLevel::WARN_LEVEL);
  faulty.fail(io::Operation::write, 1, Errc::no_space, io::FaultLength::for_ever);
  const std::string line(400, 'x');
  for (int i = 0; i < 4000; ++i) rocksdb::Warn(log, "%s", line.c_str());  // More than is buffered.
  log->Flush();
  EXPECT_GT(faulty.faults(), 1u);
  EXPECT_TRUE(log->Close().ok());
}

TEST(LevelsFiles, keep_tables_whose_removal_is_held_and_no_other_files) {
  io::SimulatedDisk disk;
  const auto below = rocksdb_env_over(disk);
  LevelsFiles files(below->GetFileSystem());
  const auto make = [&](const std::string& name) {
    std::unique_ptr<rocksdb::FSWritableFile> file;
    ASSERT_TRUE(files.NewWritableFile(name, {}, &file, nullptr).ok());
    ASSERT_TRUE(file->Close({}, nullptr).ok());
  };
  const auto exists = [&](const std::string& name) {
    return files.FileExists(name, {}, nullptr).ok();
  };
  for (const char* name : {"/1.sst", "/2.sst", "/3.sst", "/MANIFEST-4"}) make(name);
  files.hold_removals();
  EXPECT_TRUE(files.DeleteFile("/1.sst", {}, nullptr).ok());
  EXPECT_TRUE(files.DeleteFile("/2.sst", {}, nullptr).ok());
  EXPECT_TRUE(files.DeleteFile("/MANIFEST-4", {}, nullptr).ok());
  EXPECT_TRUE(exists("/1.sst"));
  EXPECT_TRUE(exists("/2.sst"));
  EXPECT_FALSE(exists("/MANIFEST-4"));
  files.let_removals_happen();
  EXPECT_FALSE(exists("/1.sst"));
  EXPECT_FALSE(exists("/2.sst"));
  EXPECT_TRUE(exists("/3.sst"));
  EXPECT_TRUE(files.DeleteFile("/3.sst", {}, nullptr).ok());
  EXPECT_FALSE(exists("/3.sst"));
}

// Counts the compactions that are given to threads.
class CountingEnvironment final : public rocksdb::EnvWrapper {
 public:
  CountingEnvironment() : EnvWrapper(rocksdb::Env::Default()) {}
  const char* Name() const override { return "CountingEnvironment"; }
  void Schedule(void (*work)(void*), void* argument, Priority priority, void* tag,
                void (*given_up)(void*)) override {
    if (priority == Priority::LOW) ++compactions;
    EnvWrapper::Schedule(work, argument, priority, tag, given_up);
  }

  std::atomic<int> compactions{0};
};

class HeldLevels : public LevelsTest {
 protected:
  ~HeldLevels() override { levels.reset(); }  // Before its environment.

  // As many tables in level 0 as compaction waits for (the first goes to the last level at once);
  // opened again with everything held.
  void reopen_with_a_compaction_due() {
    open();
    for (std::uint32_t i = 0; i < options.compaction_threshold + 1; ++i) {
      ingest({{"a", std::to_string(i)}, {"b", std::to_string(i)}});
    }
    options.env = &environment;
    options.start_compaction = true;
    options.hold_removals = true;
    reopen();
  }

  CountingEnvironment environment;
};

TEST_F(HeldLevels, keep_the_tables_that_an_older_manifest_does_not_name) {
  open();
  ingest({{"a", "1"}});
  const auto bytes = std::filesystem::file_size(manifest_in(directory()));
  ingest({{"b", "1"}});
  levels.reset();
  truncate_file(manifest_in(directory()), bytes);
  const std::size_t tables = table_files().size();
  options.hold_removals = true;
  open();
  EXPECT_EQ(get("b"), "(none)");
  levels.reset();  // Waits for what RocksDB removes in the background.
  EXPECT_EQ(table_files().size(), tables);
  open();
  levels->let_removals_happen();
  levels.reset();
  EXPECT_EQ(table_files().size(), tables - 2);  // Of the row and of the applied sequence.
}

TEST_F(HeldLevels, compact_nothing_until_removals_may_happen) {
  reopen_with_a_compaction_due();
  EXPECT_EQ(environment.compactions, 0);
  EXPECT_EQ(files_at(0), options.compaction_threshold);
  levels->let_removals_happen();
  EXPECT_GE(environment.compactions, 1);
  levels->compact_range(0, {}, {}).value();  // Waits for the one that runs.
  EXPECT_EQ(files_at(0), 0u);
}

TEST_F(HeldLevels, can_be_closed_with_a_compaction_due) {
  reopen_with_a_compaction_due();
  reopen();
  EXPECT_EQ(environment.compactions, 0);
  EXPECT_EQ(get("a"), std::to_string(options.compaction_threshold));
}

TEST_F(HeldLevels, that_were_opened_without_compaction_have_none_afterwards) {
  options.hold_removals = true;
  options.env = &environment;
  open();
  levels->let_removals_happen();
  for (std::uint32_t i = 0; i < options.compaction_threshold + 1; ++i) ingest({{"a", "1"}});
  EXPECT_EQ(environment.compactions, 0);
}

TEST(LevelsListener, lets_rocksdb_recover_from_no_error_by_itself) {
  LevelsListener listener({}, std::make_shared<SortedRuns>(rocksdb::Options()));
  bool auto_recovery = true;
  listener.OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason::kCompaction,
                                rocksdb::Status::NoSpace(), &auto_recovery);
  EXPECT_FALSE(auto_recovery);
}

}  // namespace
}  // namespace quartz::storage
