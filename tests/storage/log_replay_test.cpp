#include "storage/log_replay.hpp"

#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/log_scenario.hpp"
#include "support/faulty_file_system.hpp"
#include "support/result_matchers.hpp"

namespace quartz::storage {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(LogReplay, an_empty_directory_is_an_empty_log) {
  LogScenario scenario;
  const auto found = scenario.replay();
  ASSERT_THAT(found, Succeeds());
  EXPECT_EQ(found->start.next_segment_id, 1u);
  EXPECT_EQ(found->start.position, 0u);
  EXPECT_EQ(found->start.next_sequence, 1u);
  EXPECT_THAT(found->segments, IsEmpty());
  EXPECT_THAT(found->obsolete, IsEmpty());
}

TEST(LogReplay, a_directory_that_does_not_exist_is_reported) {
  LogScenario scenario;
  EXPECT_FALSE(scenario.replay(scenario.scratch / "nowhere"));
}

TEST(LogReplay, files_that_are_no_segments_are_left_alone) {
  LogScenario scenario;
  scenario.open();
  scenario.put("a", "1");
  scenario.close();
  for (const char* name : {"1.log", "0000001.log", "000002.log.bak", "LOCK", "99999999999.log"}) {
    overwrite(scenario.scratch / name, 0, "");
    std::filesystem::copy_file(scenario.file(1), scenario.scratch / name,
                               std::filesystem::copy_options::overwrite_existing);
  }
  const auto found = scenario.replay();
  ASSERT_THAT(found, Succeeds());
  EXPECT_EQ(scenario.replayed, scenario.appended);
  EXPECT_THAT(found->obsolete, IsEmpty());
}

TEST(LogReplay, applied_records_are_skipped_in_the_middle_of_a_segment) {
  LogScenario scenario;
  scenario.open();
  scenario.put_numbered(1, 100);
  scenario.close();
  for (const Sequence applied : {Sequence{1}, Sequence{57}, Sequence{99}}) {
    const auto found = scenario.replay(applied);
    ASSERT_THAT(found, Succeeds());
    ASSERT_EQ(scenario.replayed.size(), 100 - applied);
    EXPECT_EQ(scenario.replayed.front().sequence, applied + 1);
    EXPECT_EQ(found->segments.size(), 1u);
  }
}

TEST(LogReplay, segments_with_applied_records_only_are_obsolete) {
  LogScenario scenario;
  scenario.open();
  scenario.put_numbered(1, 10);
  scenario.roll();
  scenario.put_numbered(11, 20);
  scenario.roll();
  scenario.put_numbered(21, 30);
  scenario.close();
  auto found = scenario.replay(20);
  ASSERT_THAT(found, Succeeds());
  EXPECT_THAT(found->obsolete, ElementsAre(scenario.file(1), scenario.file(2)));
  EXPECT_EQ(scenario.replayed.size(), 10u);
  found = scenario.replay(30);
  ASSERT_THAT(found, Succeeds());
  EXPECT_EQ(found->obsolete.size(), 3u);
  EXPECT_THAT(found->segments, IsEmpty());
  EXPECT_EQ(found->start.next_sequence, 31u);
}

TEST(LogReplay, obsolete_segments_may_be_missing_or_damaged) {
  LogScenario scenario;
  scenario.open();
  scenario.put_numbered(1, 10);
  scenario.roll();
  scenario.put_numbered(11, 20);
  scenario.roll();
  scenario.put_numbered(21, 30);
  scenario.close();
  std::filesystem::remove(scenario.file(1));
  zero(scenario.file(2), 100, 300);
  ASSERT_THAT(scenario.replay(20), Succeeds());
  EXPECT_EQ(scenario.replayed.size(), 10u);
}

TEST(LogReplay, a_missing_first_segment_is_corruption_with_the_missing_sequences) {
  LogScenario scenario;
  scenario.open();
  scenario.put_numbered(1, 10);
  scenario.roll();
  scenario.put_numbered(11, 20);
  scenario.close();
  std::filesystem::remove(scenario.file(1));
  EXPECT_THAT(scenario.replay(4),
              FailsWith(Errc::corruption,
                        AllOf(HasSubstr("000002.log"), HasSubstr("between sequence 5 and 10"))));
}

TEST(LogReplay, a_missing_middle_segment_is_corruption_once_it_was_synced) {
  LogScenario scenario;
  scenario.open();
  scenario.put_numbered(1, 10);
  scenario.roll();
  scenario.put_numbered(11, 20);
  scenario.roll();
  scenario.sync();
  scenario.put_numbered(21, 30);
  scenario.close();
  std::filesystem::remove(scenario.file(2));
  EXPECT_THAT(scenario.replay(), FailsWith(Errc::corruption, HasSubstr("000001.log")));
}

TEST(LogReplay, a_segment_of_another_database_is_refused_by_name) {
  LogScenario scenario;
  scenario.open();
  scenario.put("a", "1");
  scenario.close();
  LogScenario other;
  other.options.database_id = 99;
  other.open_at({.next_segment_id = 7});
  other.put("b", "2");
  other.close();
  std::filesystem::copy_file(other.file(7), scenario.file(7));
  EXPECT_THAT(scenario.replay(), FailsWith(Errc::corruption, AllOf(HasSubstr("000007.log"),
                                                                   HasSubstr("another database"))));
}

TEST(LogReplay, an_unknown_format_version_is_unsupported) {
  LogScenario scenario;
  scenario.open();
  scenario.put("a", "1");
  scenario.close();
  SegmentHeader header;
  const std::string bytes = contents(scenario.file(1));
  std::memcpy(&header, bytes.data(), sizeof(header));
  header.format_version = 3;
  header.crc32c = segment_header_crc(header);
  overwrite(scenario.file(1), 0, {reinterpret_cast<const char*>(&header), sizeof(header)});
  EXPECT_THAT(scenario.replay(),
              FailsWith(Errc::unsupported, AllOf(HasSubstr("000001.log"), HasSubstr("version 3"))));
}

TEST(LogReplay, a_prepared_but_unused_segment_is_no_damage) {
  LogScenario scenario;
  scenario.open();
  scenario.put("a", "1");
  scenario.close();
  overwrite(scenario.scratch / "000002.log", 0, "");
  std::filesystem::copy_file(scenario.file(1), scenario.file(3));  // As if renamed for reuse.
  {
    auto file = io::posix_file_system().open(scenario.file(4), io::OpenMode::create_new);
    (*file)->allocate(LogScenario::kSegmentBytes).value();
  }
  const auto found = scenario.replay();
  ASSERT_THAT(found, Succeeds());
  EXPECT_EQ(scenario.replayed, scenario.appended);
  EXPECT_THAT(found->obsolete, testing::IsSupersetOf({scenario.file(3), scenario.file(4)}));
  EXPECT_EQ(found->start.next_segment_id, 5u);
}

TEST(LogReplay, ids_go_on_above_every_file_and_every_header) {
  LogScenario scenario;
  scenario.open_at({.next_segment_id = 41});
  scenario.put("a", "1");
  scenario.close();
  std::filesystem::rename(scenario.file(41), scenario.file(12));
  const auto found = scenario.replay();
  ASSERT_THAT(found, Succeeds());
  EXPECT_EQ(found->start.next_segment_id, 42u);
  EXPECT_THAT(scenario.replayed, IsEmpty());
}

TEST(LogReplay, the_last_possible_id_is_refused) {
  LogScenario scenario;
  scenario.open();
  scenario.put("a", "1");
  scenario.close();
  std::filesystem::copy_file(scenario.file(1), scenario.file(0xFFFFFFFF));
  EXPECT_THAT(scenario.replay(), FailsWith(Errc::corruption, HasSubstr("4294967295.log")));
}

TEST(LogReplay, what_was_replayed_but_never_synced_is_synced_with_the_first_new_record) {
  io::FaultyFileSystem files(io::posix_file_system());
  LogScenario scenario(LogMedium::mapped, files);
  scenario.open_at({});
  scenario.put("a", "1");
  scenario.roll();
  scenario.put("b", "2");
  scenario.close();
  scenario.open();
  EXPECT_EQ(scenario.log->synced_through(), 0u);
  scenario.put("c", "3");
  const std::uint64_t syncs = files.calls(io::Operation::sync_data);
  scenario.sync();
  // Both old segments and the new one; the preparing thread may add its own.
  EXPECT_GE(files.calls(io::Operation::sync_data), syncs + 3);
  EXPECT_EQ(scenario.log->synced_through(), scenario.log->end_position());
}

TEST(LogReplay, a_failed_sync_of_a_replayed_segment_acknowledges_nothing) {
  io::FaultyFileSystem files(io::posix_file_system());
  LogScenario scenario(LogMedium::mapped, files);
  scenario.open_at({});
  scenario.put("a", "1");
  scenario.close();
  scenario.open();
  const LogPosition end = scenario.put("b", "2");
  files.fail(io::Operation::sync_data, 1, Errc::io_error, io::FaultLength::once, "000001.log");
  EXPECT_THAT(scenario.log->wait_synced(end),
              FailsWith(Errc::reopen_required, HasSubstr("000001.log")));
}

TEST(LogReplay, replayed_segments_keep_their_bytes_after_the_file_is_gone) {
  LogScenario scenario;
  scenario.open();
  scenario.put_numbered(1, 10);
  scenario.close();
  const auto found = scenario.replay();
  ASSERT_THAT(found, Succeeds());
  std::filesystem::remove(scenario.file(1));
  const LogSegment& segment = *found->segments.at(0);
  const OperationView operation(segment.memory.data() + scenario.offset_of(3) + kRecordHeaderBytes);
  EXPECT_EQ(operation.key(), "key 4");
  EXPECT_FALSE(segment.memory_is_file);
  EXPECT_EQ(segment.end_position(), found->start.position);
}

TEST(LogReplay, replayed_segments_can_be_retired_like_any_other) {
  LogScenario scenario;
  scenario.open();
  scenario.put_numbered(1, 10);
  scenario.close();
  std::vector<std::shared_ptr<LogSegment>> old;
  {
    auto found = scenario.replay();
    ASSERT_THAT(found, Succeeds());
    old = std::move(found->segments);
    scenario.open_at(found->start);
  }
  scenario.log->retire(std::move(old.at(0)));
  ASSERT_THAT(scenario.log->reclaim(), Succeeds());
  EXPECT_FALSE(std::filesystem::exists(scenario.file(1)));
  EXPECT_EQ(scenario.log->statistics().segments, 1u);
}

TEST(LogReplay, a_header_is_on_disk_before_the_files_in_front_of_it_are_given_up) {
  io::FaultyFileSystem files(io::posix_file_system());
  LogScenario scenario(LogMedium::mapped, files);
  scenario.open_at({});
  scenario.put_numbered(1, 10);
  scenario.roll();
  scenario.put_numbered(11, 20);
  scenario.close();
  const std::uint64_t syncs = files.calls(io::Operation::sync_data);
  ASSERT_THAT(scenario.replay(3), Succeeds());
  EXPECT_EQ(files.calls(io::Operation::sync_data), syncs);
  ASSERT_THAT(scenario.replay(10), Succeeds());
  EXPECT_EQ(files.calls(io::Operation::sync_data), syncs + 1);
  files.fail(io::Operation::sync_data, 1, Errc::io_error, io::FaultLength::once, "000002.log");
  EXPECT_THAT(scenario.replay(10), FailsWith(Errc::io_error, HasSubstr("000002.log")));
}

TEST(LogReplay, the_visitors_error_ends_the_replay) {
  LogScenario scenario;
  scenario.open();
  scenario.put_numbered(1, 10);
  scenario.close();
  int seen = 0;
  const auto found =
      replay_log(scenario.files,
                 {.directory = scenario.scratch.path(), .database_id = LogScenario::kDatabaseId},
                 [&](const ReplayedRecord&) -> Result<void> {
                   if (++seen == 4) return Error(Errc::cancelled, "enough");
                   return {};
                 });
  EXPECT_THAT(found, FailsWith(Errc::cancelled, HasSubstr("enough")));
  EXPECT_EQ(seen, 4);
}

TEST(LogReplay, an_unreadable_disk_is_an_error_and_not_the_end_of_the_log) {
  LogScenario intact;
  intact.open();
  intact.put_numbered(1, 3000);
  intact.close();
  io::FaultyFileSystem files(io::posix_file_system());
  const auto run = [&] {
    return replay_log(files,
                      {.directory = intact.scratch.path(), .database_id = LogScenario::kDatabaseId},
                      [](const ReplayedRecord&) -> Result<void> { return {}; });
  };
  ASSERT_THAT(run(), Succeeds());
  const std::uint64_t reads = files.calls(io::Operation::read);
  for (std::uint64_t n = 1; n <= reads; ++n) {
    files.clear_faults();
    files.fail(io::Operation::read, n, Errc::io_error);
    EXPECT_THAT(run(), FailsWith(Errc::io_error)) << "read " << n;
  }
}

TEST(LogReplay, progress_ends_at_the_total) {
  LogScenario scenario;
  scenario.open();
  scenario.put_numbered(1, 3000);
  scenario.close();
  std::uint64_t last = 0;
  std::uint64_t total = 0;
  const auto progress = [&](std::uint64_t done, std::uint64_t all) {
    EXPECT_GE(done, last);
    last = done;
    total = all;
  };
  ASSERT_THAT(replay_log(scenario.files,
                         {.directory = scenario.scratch.path(),
                          .database_id = LogScenario::kDatabaseId,
                          .progress = progress},
                         [](const ReplayedRecord&) -> Result<void> { return {}; }),
              Succeeds());
  EXPECT_GT(total, 0u);
  EXPECT_EQ(last, total);
}

}  // namespace
}  // namespace quartz::storage
