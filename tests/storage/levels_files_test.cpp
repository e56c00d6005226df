#include "storage/levels_files.hpp"

#include <memory>
#include <string>

#include <gtest/gtest.h>
#include <rocksdb/env.h>
#include <rocksdb/listener.h>
#include <rocksdb/options.h>

#include "storage/levels_listener.hpp"
#include "support/faulty_file_system.hpp"
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

TEST(LevelsListener, lets_rocksdb_recover_from_no_error_by_itself) {
  LevelsListener listener({}, std::make_shared<SortedRuns>(rocksdb::Options()));
  bool auto_recovery = true;
  listener.OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason::kCompaction,
                                rocksdb::Status::NoSpace(), &auto_recovery);
  EXPECT_FALSE(auto_recovery);
}

}  // namespace
}  // namespace quartz::storage
