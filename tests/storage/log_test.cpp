#include "storage/log.hpp"

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/log_scenario.hpp"
#include "storage/stored_value.hpp"
#include "support/faulty_file_system.hpp"
#include "support/no_more_threads.hpp"
#include "support/result_matchers.hpp"

namespace quartz::storage {
namespace {

using testing::HasSubstr;

class LogMedia : public testing::TestWithParam<LogMedium> {};

INSTANTIATE_TEST_SUITE_P(AllMedia, LogMedia,
                         testing::Values(LogMedium::automatic, LogMedium::mapped, LogMedium::file));

TEST_P(LogMedia, what_was_appended_is_replayed_in_order) {
  LogScenario scenario(GetParam());
  scenario.open();
  scenario.put_numbered(1, 50);
  scenario.put("", "");
  scenario.put(std::string("\0with zero\0", 11), std::string(3, '\0'));
  scenario.close();
  const auto found = scenario.replay();
  ASSERT_THAT(found, Succeeds());
  EXPECT_EQ(scenario.replayed, scenario.appended);
  EXPECT_EQ(found->record_count, 52u);
  EXPECT_EQ(found->dropped_bytes, 0u);
  EXPECT_EQ(found->dropped_reason, "");
  EXPECT_EQ(found->start.next_sequence, 53u);
}

TEST_P(LogMedia, the_log_goes_on_in_further_segments) {
  LogScenario scenario(GetParam());
  scenario.open();
  scenario.put_numbered(1, 3000);
  const LogPosition end = scenario.log->end_position();
  EXPECT_GT(scenario.log->statistics().segments, 5u);
  EXPECT_EQ(scenario.log->statistics().bytes_written, end);
  scenario.close();
  const auto found = scenario.replay();
  ASSERT_THAT(found, Succeeds());
  EXPECT_EQ(scenario.replayed, scenario.appended);
  EXPECT_EQ(found->start.position, end);
  LogPosition position = 0;
  for (const auto& segment : found->segments) {
    EXPECT_EQ(segment->start_position, position);
    position = segment->end_position();
  }
}

TEST_P(LogMedia, a_reopened_log_goes_on_where_it_ended) {
  LogScenario scenario(GetParam());
  for (int round = 0; round < 5; ++round) {
    scenario.open();
    EXPECT_EQ(scenario.appended.size(), static_cast<std::size_t>(round) * 300);
    scenario.put_numbered(round * 300, round * 300 + 299);
  }
  scenario.close();
  ASSERT_THAT(scenario.replay(), Succeeds());
  EXPECT_EQ(scenario.replayed, scenario.appended);
}

TEST_P(LogMedia, a_record_may_fill_a_segment_to_its_last_byte) {
  LogScenario scenario(GetParam());
  scenario.open();
  const std::size_t value_bytes = LogScenario::kSegmentBytes - kSegmentHeaderBytes -
                                  kRecordHeaderBytes - kOperationHeaderBytes - kTrailerBytes - 8;
  for (int i = 0; i < 4; ++i) scenario.put("8 bytes ", std::string(value_bytes, 'x'));
  EXPECT_EQ(scenario.log->segment()->used, LogScenario::kSegmentBytes);
  scenario.close();
  const auto found = scenario.replay();
  ASSERT_THAT(found, Succeeds());
  EXPECT_EQ(scenario.replayed, scenario.appended);
  EXPECT_EQ(found->segments.size(), 4u);
}

TEST_P(LogMedia, a_record_larger_than_a_segment_gets_one_of_its_own) {
  LogScenario scenario(GetParam());
  scenario.open();
  scenario.put_numbered(1, 3);
  scenario.put("large", std::string(300'000, 'L'));
  scenario.put_numbered(4, 400);
  scenario.put("larger", std::string(1'000'000, 'M'));
  scenario.put_numbered(401, 410);
  scenario.close();
  const auto found = scenario.replay();
  ASSERT_THAT(found, Succeeds());
  EXPECT_EQ(scenario.replayed, scenario.appended);
}

TEST_P(LogMedia, the_files_of_a_killed_process_hold_every_committed_record) {
  LogScenario scenario(GetParam());
  scenario.open();
  scenario.put_numbered(1, 700);
  const auto image = scenario.image();
  ASSERT_THAT(scenario.replay(image->path()), Succeeds());
  EXPECT_EQ(scenario.replayed, scenario.appended);
}

TEST(Log, without_files_it_keeps_records_in_memory_and_writes_nothing) {
  LogScenario scenario;
  scenario.options.persistent = false;
  scenario.open_at({});
  scenario.put_numbered(1, 2000);
  EXPECT_THAT(log_file_names(scenario.scratch.path()), testing::IsEmpty());
  EXPECT_THAT(scenario.log->wait_synced(scenario.log->end_position()), Succeeds());
  bool told = false;
  scenario.log->when_synced(scenario.log->end_position(),
                            [&](Result<void> result) { told = result.has_value(); });
  EXPECT_TRUE(told);
  EXPECT_EQ(scenario.log->statistics().syncs, 0u);
  const OperationView last(scenario.log->segment()->memory.data() + scenario.offsets.back() +
                           kRecordHeaderBytes);
  EXPECT_EQ(last.key(), "key 2000");
}

TEST(Log, a_reservation_that_is_given_up_leaves_no_trace) {
  LogScenario scenario;
  scenario.open();
  scenario.put("a", "1");
  const auto abandoned = scenario.log->reserve(500);
  ASSERT_TRUE(abandoned);
  std::fill_n(abandoned->operations, 500, std::byte{0xEE});
  scenario.put("b", "2");
  scenario.close();
  ASSERT_THAT(scenario.replay(), Succeeds());
  EXPECT_EQ(scenario.replayed, scenario.appended);
}

TEST(Log, a_process_killed_between_reserve_and_commit_leaves_no_record_and_no_complaint) {
  LogScenario scenario;
  scenario.open();
  scenario.put("a", "1");
  const auto unfinished = scenario.log->reserve(500);
  ASSERT_TRUE(unfinished);
  std::fill_n(unfinished->operations, 500, std::byte{0xEE});
  const auto image = scenario.image();
  const auto found = scenario.replay(image->path());
  ASSERT_THAT(found, Succeeds());
  EXPECT_EQ(scenario.replayed, scenario.appended);
  EXPECT_EQ(found->dropped_bytes, 0u);
}

TEST(Log, records_know_what_was_synced_before_them) {
  LogScenario scenario;
  scenario.open();
  const LogPosition first_end = scenario.put("a", "1");
  scenario.sync();
  EXPECT_EQ(scenario.log->synced_through(), first_end);
  scenario.put("b", "2");
  RecordHeader header;
  std::memcpy(&header, scenario.log->segment()->memory.data() + scenario.offset_of(1),
              sizeof(header));
  EXPECT_EQ(header.synced_through, first_end);
}

TEST(Log, a_new_log_has_its_first_segment_on_disk_before_it_is_used) {
  io::FaultyFileSystem files(io::posix_file_system());
  LogScenario scenario(LogMedium::mapped, files);
  scenario.open_at({});
  EXPECT_GE(files.calls(io::Operation::sync_data), 1u);
  EXPECT_GE(files.calls(io::Operation::sync_directory), 1u);
  const auto names = log_file_names(scenario.scratch.path());
  ASSERT_FALSE(names.empty());
  EXPECT_EQ(names.front(), "000001.log");
}

TEST(Log, open_reports_a_full_disk_and_leaves_no_file) {
  io::FaultyFileSystem files(io::posix_file_system());
  LogScenario scenario(LogMedium::mapped, files);
  files.fail(io::Operation::allocate, 1, Errc::no_space);
  EXPECT_THAT(Log::open(files, scenario.options, {}), FailsWith(Errc::no_space));
  EXPECT_THAT(log_file_names(scenario.scratch.path()), testing::IsEmpty());
}

TEST(Log, a_full_disk_in_roll_leaves_the_old_segment_usable) {
  io::FaultyFileSystem files(io::posix_file_system());
  LogScenario scenario(LogMedium::mapped, files);
  files.fail(io::Operation::allocate, 2, Errc::no_space, io::FaultLength::for_ever);
  scenario.open_at({});
  const auto old = scenario.log->segment();
  scenario.put("a", "1");
  EXPECT_THAT(scenario.log->roll(100, scenario.next_sequence), FailsWith(Errc::no_space));
  EXPECT_THAT(scenario.try_put("large", std::string(100'000, 'x')), FailsWith(Errc::no_space));
  EXPECT_EQ(scenario.log->segment(), old);
  scenario.put("b", "2");
  scenario.sync();
  files.clear_faults();
  EXPECT_THAT(scenario.log->roll(100, scenario.next_sequence), Succeeds());
  scenario.put("c", "3");
  scenario.close();
  ASSERT_THAT(scenario.replay(), Succeeds());
  EXPECT_EQ(scenario.replayed, scenario.appended);
}

TEST(Log, a_write_that_meets_a_full_disk_appends_nothing_and_the_next_overwrites_it) {
  io::FaultyFileSystem files(io::posix_file_system());
  LogScenario scenario(LogMedium::file, files);
  scenario.open_at({});
  scenario.put("a", "1");
  const LogPosition end = scenario.log->end_position();
  files.fail(io::Operation::write, 1, Errc::no_space);
  EXPECT_THAT(scenario.try_put("refused", std::string(5000, 'x')), FailsWith(Errc::no_space));
  EXPECT_EQ(scenario.log->end_position(), end);
  EXPECT_FALSE(scenario.log->poisoned());
  scenario.put("b", "2");
  scenario.sync();
  scenario.close();
  const auto found = scenario.replay();
  ASSERT_THAT(found, Succeeds());
  EXPECT_EQ(scenario.replayed, scenario.appended);
  EXPECT_EQ(found->dropped_bytes, 0u);
}

TEST(Log, a_write_that_fails_otherwise_poisons_the_log) {
  io::FaultyFileSystem files(io::posix_file_system());
  LogScenario scenario(LogMedium::file, files);
  scenario.open_at({});
  scenario.put("a", "1");
  files.fail(io::Operation::write, 1, Errc::io_error);
  EXPECT_THAT(scenario.try_put("b", "2"),
              FailsWith(Errc::reopen_required, HasSubstr("000001.log")));
  EXPECT_THAT(scenario.try_put("b", "2"), FailsWith(Errc::reopen_required));
  EXPECT_THAT(scenario.log->roll(10, 2), FailsWith(Errc::reopen_required));
  EXPECT_THAT(scenario.log->wait_synced(scenario.log->end_position()),
              FailsWith(Errc::reopen_required));
  scenario.close();
  ASSERT_THAT(scenario.replay(), Succeeds());
  EXPECT_EQ(scenario.replayed, scenario.appended);
}

TEST(Log, a_segment_is_reclaimed_only_when_nobody_else_holds_it) {
  LogScenario scenario;
  scenario.options.spare_segments_max = 0;
  scenario.open();
  scenario.put("a", "1");
  auto held = scenario.log->segment();
  scenario.roll();
  scenario.sync();
  scenario.log->retire(held);
  ASSERT_THAT(scenario.log->reclaim(), Succeeds());
  EXPECT_TRUE(std::filesystem::exists(scenario.file(1)));
  EXPECT_EQ(scenario.log->statistics().segments, 2u);
  held = nullptr;
  ASSERT_THAT(scenario.log->reclaim(), Succeeds());
  EXPECT_FALSE(std::filesystem::exists(scenario.file(1)));
  EXPECT_EQ(scenario.log->statistics().segments, 1u);
}

// Fills segments and retires each at once, so that spares come into use; how many were.
std::uint64_t cycle_segments(LogScenario& scenario, int segments) {
  for (int i = 0; i < segments; ++i) {
    auto old = scenario.log->segment();
    scenario.put_numbered(i * 100, i * 100 + 99);
    scenario.roll();
    scenario.sync();
    scenario.log->retire(std::move(old));
    scenario.log->reclaim().value();
  }
  return scenario.log->statistics().segments_recycled;
}

TEST(Log, a_retired_segment_is_used_again_under_a_new_name) {
  LogScenario scenario;
  scenario.open();
  // Whether a spare was there in time depends on the preparing thread, so go on until one was.
  while (cycle_segments(scenario, 1) < 3) continue;
  const Sequence applied = scenario.next_sequence - 1;
  scenario.put("newest", "record");
  EXPECT_LE(log_file_names(scenario.scratch.path()).size(), 4u);
  const auto image = scenario.image();
  const auto found = scenario.replay(image->path(), applied);
  ASSERT_THAT(found, Succeeds());
  EXPECT_EQ(found->dropped_bytes, 0u);
  ASSERT_EQ(scenario.replayed.size(), 1u);
  EXPECT_EQ(scenario.replayed[0].key, "newest");
}

TEST(Log, stale_records_of_a_recycled_segment_are_never_read) {
  LogScenario scenario;
  scenario.open();
  while (cycle_segments(scenario, 1) < 3) continue;
  const Sequence applied = scenario.next_sequence - 1;
  // Few records in front of the stale ones, each of which is a whole record of its time.
  for (int i = 0; i < 5; ++i) {
    scenario.put("fresh " + std::to_string(i), std::string(static_cast<std::size_t>(i) * 7, 'f'));
    const auto image = scenario.image();
    const auto found = scenario.replay(image->path(), applied);
    ASSERT_THAT(found, Succeeds());
    EXPECT_EQ(found->dropped_reason, "");
    EXPECT_EQ(scenario.replayed.size(), static_cast<std::size_t>(i) + 1);
  }
}

TEST(Log, no_more_spares_are_kept_than_allowed) {
  LogScenario scenario;
  scenario.options.spare_segments_max = 1;
  scenario.open();
  std::vector<std::shared_ptr<LogSegment>> old;
  for (int i = 0; i < 6; ++i) {
    old.push_back(scenario.log->segment());
    scenario.put("a", "1");
    scenario.roll();
  }
  scenario.sync();
  for (auto& segment : old) scenario.log->retire(std::move(segment));
  ASSERT_THAT(scenario.log->reclaim(), Succeeds());
  // The current one, a prepared one, a spare, and one more if the spare is being prepared.
  EXPECT_LE(log_file_names(scenario.scratch.path()).size(), 4u);
}

TEST(Log, reclaim_syncs_the_next_header_before_a_file_goes) {
  io::FaultyFileSystem files(io::posix_file_system());
  LogScenario scenario(LogMedium::mapped, files);
  scenario.options.spare_segments_max = 0;
  scenario.open_at({});
  scenario.put("a", "1");
  scenario.sync();
  auto old = scenario.log->segment();
  scenario.roll();
  const std::uint64_t syncs = scenario.log->statistics().syncs;
  scenario.log->retire(std::move(old));
  ASSERT_THAT(scenario.log->reclaim(), Succeeds());
  EXPECT_EQ(scenario.log->statistics().syncs, syncs + 1);
  EXPECT_FALSE(std::filesystem::exists(scenario.file(1)));
}

TEST(Log, a_file_that_cannot_be_removed_is_tried_again) {
  io::FaultyFileSystem files(io::posix_file_system());
  LogScenario scenario(LogMedium::mapped, files);
  scenario.options.spare_segments_max = 0;
  scenario.open_at({});
  scenario.put("a", "1");
  auto old = scenario.log->segment();
  scenario.roll();
  scenario.log->retire(std::move(old));
  files.fail(io::Operation::remove, 1, Errc::io_error);
  EXPECT_THAT(scenario.log->reclaim(), FailsWith(Errc::io_error, HasSubstr("000001.log")));
  EXPECT_THAT(scenario.log->reclaim(), Succeeds());
  EXPECT_FALSE(std::filesystem::exists(scenario.file(1)));
}

TEST(Log, closing_removes_files_that_were_never_used) {
  LogScenario scenario;
  scenario.open();
  scenario.put("a", "1");
  scenario.roll();
  scenario.close();
  EXPECT_THAT(log_file_names(scenario.scratch.path()),
              testing::ElementsAre("000001.log", "000002.log"));
}

TEST_P(LogMedia, closing_gives_back_what_the_last_segment_had_reserved) {
  LogScenario scenario(GetParam());
  scenario.open();
  scenario.put("a", "1");
  scenario.sync();
  const auto segment = scenario.log->segment();
  scenario.close();
  EXPECT_EQ(std::filesystem::file_size(scenario.file(1)), segment->used);
  const auto found = scenario.replay();
  ASSERT_THAT(found, Succeeds());
  EXPECT_EQ(scenario.replayed, scenario.appended);
  EXPECT_EQ(found->dropped_bytes, 0u);
}

TEST(Log, closing_with_records_that_are_not_synced_leaves_their_file_as_it_is) {
  LogScenario scenario;
  scenario.open();
  scenario.put("a", "1");
  scenario.close();
  EXPECT_EQ(std::filesystem::file_size(scenario.file(1)), LogScenario::kSegmentBytes);
}

TEST(Log, appending_waiting_and_reclaiming_go_on_side_by_side) {
  LogScenario scenario;
  scenario.open();
  std::atomic<LogPosition> end{0};
  std::atomic<bool> done{false};
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      while (!done.load(std::memory_order_acquire)) {
        const LogPosition position = end.load(std::memory_order_acquire);
        EXPECT_THAT(scenario.log->wait_synced(position), Succeeds());
        EXPECT_GE(scenario.log->synced_through(), position);
      }
    });
  }
  std::atomic<int> calls{0};
  std::atomic<int> expected_calls{0};
  threads.emplace_back([&] {
    while (!done.load(std::memory_order_acquire)) {
      EXPECT_THAT(scenario.log->reclaim(), Succeeds());
      (void)scenario.log->statistics();
    }
  });
  for (int i = 0; i < 4000; ++i) {
    const auto before = scenario.log->segment();
    end.store(scenario.put("key " + std::to_string(i), std::string(200, 'v')),
              std::memory_order_release);
    if (i % 50 == 0) {
      ++expected_calls;
      scenario.log->when_synced(end.load(), [&](Result<void> result) {
        EXPECT_THAT(result, Succeeds());
        calls.fetch_add(1);
      });
    }
    if (scenario.log->segment() != before) scenario.log->retire(before);
  }
  scenario.sync();
  done.store(true, std::memory_order_release);
  for (std::thread& thread : threads) thread.join();
  scenario.close();
  EXPECT_EQ(calls.load(), expected_calls.load());
}

TEST(Log, is_not_opened_where_no_thread_can_be_had_and_keeps_its_records) {
  for (const bool persistent : {true, false}) {
    LogScenario scenario;
    scenario.options.persistent = persistent;
    scenario.open();
    scenario.put_numbered(1, 50);
    scenario.close();
    const auto found = scenario.replay();
    ASSERT_THAT(found, Succeeds());
    {
      const NoMoreThreads refused;
      EXPECT_THAT(Log::open(scenario.files, scenario.options, found->start),
                  FailsWith(Errc::io_error, HasSubstr("thread")));
    }
    if (!persistent) continue;
    ASSERT_THAT(scenario.replay(), Succeeds());
    EXPECT_EQ(scenario.replayed, scenario.appended);
  }
}

}  // namespace
}  // namespace quartz::storage
