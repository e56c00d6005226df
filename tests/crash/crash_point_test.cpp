// Processes that end themselves by SIGKILL at chosen points of Quartz and of RocksDB, while they
// write, flush, compact, create and drop keyspaces, and make checkpoints.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <limits>
#include <span>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "crash/ledger.hpp"
#include "crash/victim.hpp"
#include "crash/writer.hpp"
#include "quartz/storage/verify.hpp"
#include "support/number_from_environment.hpp"
#include "support/result_matchers.hpp"
#include "support/rocksdb_sync_points.hpp"
#include "support/scratch_directory.hpp"
#include "support/small_engine.hpp"

namespace quartz {
namespace {

// What happens once in the life of a database, or in its first process.
constexpr const char* kPointsOfCreation[] = {
    "create_directories /log",
    "lock_directory /db",
    "open /CLOCK",
    "rename /CLOCK",
    "rename /FORMAT",
    "sync_directory /db",
    "rocksdb SetCurrentFile:BeforeRename",
    "rocksdb SetCurrentFile:AfterRename",
    "rocksdb VersionSet::ProcessManifestWrites:BeforeNewManifest",
    "rocksdb BuildTable:BeforeSyncTable",
    "rocksdb BuildTable:BeforeCloseTableFile",
    "rocksdb FlushJob::WriteLevel0Table",
    "rocksdb FlushJob::InstallResults",
    "rocksdb DBImpl::Open:Opened",
};

constexpr const char* kOfWrittenLogs = "write /log/";  // Others are mapped.

constexpr const char* kPointsOfQuartz[] = {
    "open /log/",           // A segment is made,
    "allocate /log/",       // gets its space,
    "map /log/",            // is seen in memory,
    kOfWrittenLogs,         // and filled, where it is not mapped;
    "sync_data /log/",      // a write is made durable,
    "sync_directory /log",  // or the name of a segment.
    "rename /log/",         // One that is not needed any more gets another name,
    "remove /log/",         // or goes.
    "write /CLOCK",         // Time passes.
    "create_directories /checkpoint",
    "rename /checkpoint",
    "sync_directory /checkpoint",
};

// Passed at an open, and not again.
constexpr const char* kPointsOfOpening[] = {
    "exists /db",  // Is there a database,
    "list /log",   // what is in its log,
    "read /log/",  // and each record of it.
    "rocksdb DBImpl::Open:Opened",
};

constexpr const char* kPointsOfRocksDb[] = {
    // A table is taken into the levels,
    "rocksdb DBImpl::AddFile:Start",
    "rocksdb ExternalSstFileIngestionJob::Prepare:FileAdded",
    "rocksdb ExternalSstFileIngestionJob::BeforeSyncIngestedFile",
    "rocksdb ExternalSstFileIngestionJob::AfterSyncIngestedFile",
    "rocksdb ExternalSstFileIngestionJob::BeforeSyncDir",
    "rocksdb ExternalSstFileIngestionJob::AfterSyncDir",
    "rocksdb DBImpl::AddFile:MutexLock",
    "rocksdb ExternalSstFileIngestionJob::Run",
    "rocksdb DBImpl::IngestExternalFiles:InstallSVForFirstCF:0",
    "rocksdb DBImpl::AddFile:MutexUnlock",
    // which the MANIFEST says, in one record or several that belong together.
    "rocksdb VersionSet::LogAndApply:WriteManifestStart",
    "rocksdb VersionSet::LogAndApply:WriteManifest",
    "rocksdb VersionSet::ProcessManifestWrites:BeforeWriteLastVersionEdit:0",
    "rocksdb VersionSet::ProcessManifestWrites:AfterSyncManifest",
    "rocksdb VersionSet::LogAndApply:WriteManifestDone",
    // Tables become others,
    "rocksdb DBImpl::BackgroundCompaction:Start",
    "rocksdb CompactionJob::OpenCompactionOutputFile",
    "rocksdb CompactionJob::Run():Inprogress",
    "rocksdb CompactionJob::FinishCompactionOutputFile1",
    "rocksdb CompactionJob::Run():End",
    "rocksdb DBImpl::BackgroundCompaction:NonTrivial:AfterRun",
    "rocksdb DBImpl::BackgroundCallCompaction:FoundObsoleteFiles",
    "rocksdb DBImpl::DeleteObsoleteFileImpl::BeforeDeletion",
    "rocksdb DBImpl::DeleteObsoleteFileImpl:AfterDeletion",
    "rocksdb DBImpl::BackgroundCallCompaction:PurgedObsoleteFiles",
    // keyspaces come and go,
    "rocksdb DBImpl::WriteOptionsFile:PersistOptions",
    "rocksdb DBImpl::WriteOptionsFile:2",
    "rocksdb VersionSet::LogAndApply::ColumnFamilyDrop:0",
    "rocksdb VersionSet::LogAndApply::ColumnFamilyDrop:1",
    "rocksdb VersionSet::LogAndApply::ColumnFamilyDrop:2",
    // and copies are made.
    "rocksdb CheckpointImpl::CreateCheckpoint:FlushDone",
    "rocksdb CheckpointImpl::CreateCheckpoint:SavedLiveFiles2",
};

/// One database, and what its writers were told, through kills at points.
class CrashPoint : public testing::Test {
 protected:
  /// How often a point is passed.
  enum class Passes : std::uint8_t {
    many,  // Again and again in each process,
    one,   // once in each process, before it writes, so that another one has to write first,
    ever,  // or once in the life of a database, so that each kill gets a new one.
  };

  void die_at_each(std::span<const char* const> points, Passes passes) {
    const std::uint64_t rounds = number_from_environment("QUARTZ_POINT_ROUNDS", 1);
    const std::uint64_t seed = number_from_environment("QUARTZ_POINT_SEED", 1);
    std::cout << "QUARTZ_POINT_ROUNDS=" << rounds << " QUARTZ_POINT_SEED=" << seed << '\n';
    Random random(seed);
    std::uint64_t kills = 0;
    for (std::uint64_t round = 0; round < rounds; ++round) {
      for (const char* const point : points) {
        const std::uint64_t pass = round > 0 && passes == Passes::many ? 1 + random.below(4) : 1;
        if (passes == Passes::ever) begin_anew();
        if (passes == Passes::one) write_and_be_killed(random);
        if (HasFailure()) return;
        const std::string what = fmt::format("round {}, pass {} of {}", round, pass, point);
        SCOPED_TRACE(what);
        die_at(point, pass, random);
        if (!HasFailure()) check(random);
        if (HasFailure()) return;
        ++kills;
      }
    }
    std::cout << kills << " kills\n";
  }

 private:
  void begin_anew() {
    std::filesystem::remove_all(data_);
    ledger_ = Ledger();
  }
  void write_and_be_killed(Random& random);
  void die_at(const char* point, std::uint64_t pass, Random& random);
  void check(Random& random);

  ScratchDirectory scratch_;
  const std::filesystem::path data_ = scratch_ / "db";
  WriterOrder order_;
  Ledger ledger_;
};

// Leaves a log that the next open has to read, with something acknowledged in it.
void CrashPoint::write_and_be_killed(Random& random) {
  constexpr std::size_t kReports = 1000;
  constexpr std::chrono::milliseconds kLongest(60'000);
  order_ = {.directory = data_,
            .seed = random.next(),
            .segment_bytes = std::uint64_t{64} << 10,
            .medium = LogMedium::mapped,
            .durability = {},
            .point = {},
            .pass = 1,
            .next_steps = {ledger_.next_step(0), ledger_.next_step(1)}};
  Victim victim(kWriteUntilKilled, order_.to_arguments());
  const auto acknowledged = victim.kill_after(kReports, kLongest);
  for (const auto& one : acknowledged) ledger_.acknowledge(one);
  ASSERT_TRUE(victim.was_killed());
  ASSERT_GE(acknowledged.size(), kReports);
}

void CrashPoint::die_at(const char* point, std::uint64_t pass, Random& random) {
  order_ = {
      .directory = data_,
      .seed = random.next(),
      .segment_bytes = std::uint64_t{64} << 10,
      .medium = std::string_view(point) == kOfWrittenLogs ? LogMedium::file : LogMedium::mapped,
      .durability = {},
      .point = point,
      .pass = pass,
      .next_steps = {ledger_.next_step(0), ledger_.next_step(1)}};
  Victim victim(kWriteUntilKilled, order_.to_arguments());
  constexpr std::chrono::milliseconds kLongest(60'000);
  bool came = false;
  for (const auto& one : victim.kill_after(std::numeric_limits<std::size_t>::max(), kLongest)) {
    came = came || one.event == Event::point;
    if (one.event != Event::point) ledger_.acknowledge(one);
  }
  ASSERT_TRUE(victim.was_killed());
  ASSERT_TRUE(came) << "nobody came to this point";
}

void CrashPoint::check(Random& random) {
  for (const auto& directory : {data_, checkpoint_directory(data_)}) {
    if (!std::filesystem::exists(directory / "FORMAT")) continue;
    const auto report = verify(directory);
    ASSERT_THAT(report, Succeeds());
    ASSERT_TRUE(report->damage.empty())
        << report->damage.front().file << ": " << report->damage.front().what;
  }
  StorageEngine engine = open_small(data_, writer_config(order_.segment_bytes, order_.medium));
  auto second = engine.keyspace(kSecondKeyspace);
  if (!second) second = engine.create_keyspace(kSecondKeyspace);
  ASSERT_THAT(second, Succeeds());
  ledger_.compare(engine, *second);
  if (!random.one_in(5)) return;
  // What was found is built upon, so it must not go either.
  ASSERT_THAT(engine.flush(), Succeeds());
  ledger_.compare(engine, *second);
}

TEST_F(CrashPoint, of_a_creation_leaves_a_database_or_none) {
  if (!rocksdb_has_sync_points()) GTEST_SKIP() << "SKIPPED: this RocksDB has no sync points";
  die_at_each(kPointsOfCreation, Passes::ever);
}

TEST_F(CrashPoint, of_quartz_loses_nothing_acknowledged) {
  die_at_each(kPointsOfQuartz, Passes::many);
}

TEST_F(CrashPoint, of_an_open_loses_nothing_acknowledged) {
  if (!rocksdb_has_sync_points()) GTEST_SKIP() << "SKIPPED: this RocksDB has no sync points";
  die_at_each(kPointsOfOpening, Passes::one);
}

TEST_F(CrashPoint, of_rocksdb_loses_nothing_acknowledged) {
  if (!rocksdb_has_sync_points()) GTEST_SKIP() << "SKIPPED: this RocksDB has no sync points";
  die_at_each(kPointsOfRocksDb, Passes::many);
}

}  // namespace
}  // namespace quartz
