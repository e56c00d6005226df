#include "storage/log_sync.hpp"

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/mutex.hpp"
#include "storage/log_scenario.hpp"
#include "support/faulty_file_system.hpp"
#include "support/result_matchers.hpp"

namespace quartz::storage {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// Holds every sync of a file until it is let go, so that a test decides what happens meanwhile.
class Gate {
 public:
  void close() {
    MutexLock lock(mutex_);
    closed_ = true;
  }
  void open() {
    MutexLock lock(mutex_);
    closed_ = false;
    changed_.notify_all();
  }
  void pass() {
    MutexLock lock(mutex_);
    ++arrived_;
    changed_.notify_all();
    while (closed_) changed_.wait(mutex_);
  }
  void await_arrivals(int count) {
    MutexLock lock(mutex_);
    while (arrived_ < count) changed_.wait(mutex_);
  }
  int arrived() {
    MutexLock lock(mutex_);
    return arrived_;
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  bool closed_ QUARTZ_GUARDED_BY(mutex_) = false;
  int arrived_ QUARTZ_GUARDED_BY(mutex_) = 0;
};

// A file of which only syncs are asked for.
class GatedFile final : public io::File {
 public:
  GatedFile(Gate& gate, io::Path path, std::vector<std::string>* order = nullptr)
      : gate_(gate), path_(std::move(path)), order_(order) {}
  const io::Path& path() const noexcept override { return path_; }
  Result<std::uint64_t> size() const override { return std::uint64_t{0}; }
  Result<std::size_t> read_at(std::uint64_t, std::span<std::byte>) const override {
    return std::size_t{0};
  }
  Result<std::vector<io::ByteRange>> data_ranges(io::ByteRange) const override {
    return std::vector<io::ByteRange>();
  }
  Result<void> write_at(std::uint64_t, std::span<const std::byte>) override { return {}; }
  Result<void> allocate(std::uint64_t) override { return {}; }
  Result<void> truncate(std::uint64_t) override { return {}; }
  Result<void> sync_data() override {
    gate_.pass();
    synced_by_ = std::this_thread::get_id();
    if (order_ != nullptr) order_->push_back(path_.string());
    if (fails_) return Error(Errc::io_error, path_.string() + ": sync: disk on fire");
    return {};
  }
  Result<void> sync_mapped(const io::Mapping&, std::size_t bytes) override {
    gate_.pass();
    if (order_ != nullptr) order_->push_back(path_.string() + ":" + std::to_string(bytes));
    if (fails_) return Error(Errc::io_error, path_.string() + ": sync: disk on fire");
    return {};
  }
  Result<io::Mapping> map(std::size_t, io::Mapping::Pages) override { return io::Mapping(); }
  void fail() { fails_ = true; }
  std::thread::id synced_by() const { return synced_by_; }

 private:
  std::atomic<std::thread::id> synced_by_{};
  Gate& gate_;
  io::Path path_;
  std::vector<std::string>* order_;
  std::atomic<bool> fails_{false};
};

std::shared_ptr<LogSegment> segment(Gate& gate, std::uint32_t id, LogPosition start,
                                    std::vector<std::string>* order = nullptr) {
  auto made = std::make_shared<LogSegment>();
  made->id = id;
  made->path = segment_file_name(id);
  made->start_position = start;
  made->used = kSegmentHeaderBytes;
  made->file = std::make_unique<GatedFile>(gate, made->path, order);
  return made;
}

GatedFile& file_of(const std::shared_ptr<LogSegment>& segment) {
  return static_cast<GatedFile&>(*segment->file);
}

TEST(LogSync, waiters_that_come_during_a_sync_share_the_next) {
  Gate gate;
  LogSync sync(true, {});
  ASSERT_THAT(sync.start(segment(gate, 1, 0)), Succeeds());
  gate.close();
  sync.appended(100);
  std::vector<std::thread> waiters;
  waiters.emplace_back([&] { EXPECT_THAT(sync.wait(100), Succeeds()); });
  gate.await_arrivals(1);
  std::atomic<int> told{0};
  for (int i = 1; i <= 20; ++i) {
    const auto position = static_cast<LogPosition>(100 + 10 * i);
    sync.appended(position);
    sync.when(position, [&](Result<void> result) {
      EXPECT_THAT(result, Succeeds());
      ++told;
    });
  }
  EXPECT_EQ(told.load(), 0);
  gate.open();
  EXPECT_THAT(sync.wait(300), Succeeds());
  for (std::thread& waiter : waiters) waiter.join();
  sync.stop();
  EXPECT_EQ(told.load(), 20);
  EXPECT_EQ(sync.syncs(), 2u);
  // The last wait counts only if it came before the second sync was through.
  EXPECT_GE(sync.synced_writes(), 21u);
  EXPECT_EQ(sync.latency().count(), 2u);
}

TEST(LogSync, who_waits_alone_makes_the_sync_and_a_callback_is_served_by_the_thread) {
  Gate gate;
  LogSync sync(true, {});
  const auto current = segment(gate, 1, 0);
  ASSERT_THAT(sync.start(current), Succeeds());
  sync.appended(100);
  ASSERT_THAT(sync.wait(100), Succeeds());
  EXPECT_EQ(file_of(current).synced_by(), std::this_thread::get_id());
  sync.appended(200);
  std::atomic<std::thread::id> called_by{};
  sync.when(200, [&](Result<void> result) {
    EXPECT_THAT(result, Succeeds());
    called_by = std::this_thread::get_id();
  });
  gate.await_arrivals(2);
  sync.stop();
  EXPECT_NE(file_of(current).synced_by(), std::this_thread::get_id());
  EXPECT_EQ(called_by.load(), file_of(current).synced_by());
}

TEST(LogSync, nothing_is_synced_unless_somebody_waits) {
  Gate gate;
  LogSync sync(true, {});
  ASSERT_THAT(sync.start(segment(gate, 1, 0)), Succeeds());
  sync.appended(100);
  sync.begin_segment(segment(gate, 2, 100));
  sync.appended(200);
  sync.stop();
  EXPECT_EQ(gate.arrived(), 0);
  EXPECT_EQ(sync.synced_through(), 0u);
}

TEST(LogSync, a_sync_covers_what_was_appended_when_it_began_and_no_more) {
  Gate gate;
  LogSync sync(true, {});
  ASSERT_THAT(sync.start(segment(gate, 1, 0)), Succeeds());
  gate.close();
  sync.appended(100);
  std::thread waiter([&] { EXPECT_THAT(sync.wait(50), Succeeds()); });
  gate.await_arrivals(1);
  sync.appended(150);
  gate.open();
  waiter.join();
  EXPECT_EQ(sync.synced_through(), 100u);
}

TEST(LogSync, sealed_segments_are_synced_oldest_first_and_once) {
  Gate gate;
  std::vector<std::string> order;
  LogSync sync(true, {});
  ASSERT_THAT(sync.start(segment(gate, 1, 0, &order)), Succeeds());
  sync.appended(100);
  sync.begin_segment(segment(gate, 2, 100, &order));
  sync.appended(200);
  sync.begin_segment(segment(gate, 3, 200, &order));
  sync.appended(300);
  ASSERT_THAT(sync.wait(300), Succeeds());
  EXPECT_THAT(order, testing::ElementsAre("000001.log", "000002.log", "000003.log"));
  sync.appended(400);
  ASSERT_THAT(sync.wait(400), Succeeds());
  EXPECT_EQ(order.size(), 4u);
}

TEST(LogSync, who_needs_no_records_of_the_current_segment_has_only_its_header_synced) {
  Gate gate;
  std::vector<std::string> order;
  LogSync sync(true, {});
  const auto first = segment(gate, 1, 0, &order);
  const auto second = segment(gate, 2, 100, &order);
  first->memory_is_file = second->memory_is_file = true;
  first->memory = *io::Mapping::anonymous(4096);
  ASSERT_THAT(sync.start(first), Succeeds());
  sync.appended(100);
  sync.begin_segment(second);
  sync.appended(200);
  ASSERT_THAT(sync.wait(100), Succeeds());
  const std::string header = ":" + std::to_string(kSegmentHeaderBytes);
  EXPECT_THAT(order, testing::ElementsAre("000001.log", "000002.log" + header));
  EXPECT_EQ(sync.synced_through(), 100u);
  ASSERT_THAT(sync.wait(200), Succeeds());
  EXPECT_EQ(order.back(), "000002.log");
  EXPECT_EQ(sync.synced_through(), 200u);
}

TEST(LogSync, a_header_that_cannot_be_synced_poisons_the_log) {
  Gate gate;
  LogSync sync(true, {});
  const auto first = segment(gate, 1, 0);
  const auto second = segment(gate, 2, 100);
  first->memory_is_file = second->memory_is_file = true;
  first->memory = *io::Mapping::anonymous(4096);
  ASSERT_THAT(sync.start(first), Succeeds());
  sync.appended(100);
  ASSERT_THAT(sync.wait(100), Succeeds());
  sync.begin_segment(second);
  file_of(second).fail();
  EXPECT_THAT(sync.wait_successor_synced(1), FailsWith(Errc::reopen_required));
  EXPECT_TRUE(sync.poisoned());
}

TEST(LogSync, a_synced_sealed_segment_is_let_go) {
  Gate gate;
  LogSync sync(true, {});
  auto first = segment(gate, 1, 0);
  ASSERT_THAT(sync.start(first), Succeeds());
  sync.appended(100);
  sync.begin_segment(segment(gate, 2, 100));
  EXPECT_EQ(first.use_count(), 2);
  ASSERT_THAT(sync.wait(100), Succeeds());
  EXPECT_EQ(first.use_count(), 1);
}

TEST(LogSync, a_position_that_is_synced_already_is_answered_at_once) {
  Gate gate;
  LogSync sync(true, {});
  ASSERT_THAT(sync.start(segment(gate, 1, 0)), Succeeds());
  sync.appended(100);
  ASSERT_THAT(sync.wait(100), Succeeds());
  bool told = false;
  sync.when(60, [&](Result<void> result) { told = result.has_value(); });
  EXPECT_TRUE(told);
  EXPECT_EQ(sync.syncs(), 1u);
}

TEST(LogSync, a_failed_sync_poisons_for_ever_and_is_not_tried_again) {
  Gate gate;
  LogSync sync(true, {});
  const auto current = segment(gate, 1, 0);
  ASSERT_THAT(sync.start(current), Succeeds());
  sync.appended(100);
  ASSERT_THAT(sync.wait(100), Succeeds());
  file_of(current).fail();
  sync.appended(200);
  const auto failure =
      FailsWith(Errc::reopen_required, AllOf(HasSubstr("000001.log: log sync failed"),
                                             HasSubstr("disk on fire"), HasSubstr("reopen")));
  EXPECT_THAT(sync.wait(200), failure);
  EXPECT_TRUE(sync.poisoned());
  EXPECT_THAT(sync.wait(150), failure);
  EXPECT_THAT(sync.wait_successor_synced(1), failure);
  std::optional<Result<void>> told;
  sync.when(200, [&](Result<void> result) { told = std::move(result); });
  ASSERT_TRUE(told);
  EXPECT_THAT(*told, failure);
  EXPECT_EQ(gate.arrived(), 2);
  // What was acknowledged stays acknowledged.
  EXPECT_THAT(sync.wait(100), Succeeds());
  EXPECT_EQ(sync.synced_through(), 100u);
}

TEST(LogSync, every_waiter_of_a_failed_sync_is_told) {
  Gate gate;
  LogSync sync(true, {});
  const auto current = segment(gate, 1, 0);
  ASSERT_THAT(sync.start(current), Succeeds());
  file_of(current).fail();
  gate.close();
  sync.appended(100);
  std::atomic<int> refused{0};
  const auto count = [&](const Result<void>& result) {
    if (!result && result.error().code() == Errc::reopen_required) ++refused;
  };
  std::vector<std::thread> waiters;
  for (int i = 0; i < 3; ++i) waiters.emplace_back([&] { count(sync.wait(100)); });
  gate.await_arrivals(1);
  for (int i = 0; i < 3; ++i) sync.when(100, count);
  gate.open();
  for (std::thread& waiter : waiters) waiter.join();
  sync.stop();
  EXPECT_EQ(refused.load(), 6);
}

TEST(LogSync, a_poisoning_from_outside_reaches_the_waiters) {
  Gate gate;
  gate.close();
  LogSync sync(true, {});
  ASSERT_THAT(sync.start(segment(gate, 1, 0)), Succeeds());
  sync.appended(100);
  std::thread syncing([&] { EXPECT_THAT(sync.wait(50), Succeeds()); });
  gate.await_arrivals(1);
  sync.appended(200);
  std::thread waiter(
      [&] { EXPECT_THAT(sync.wait(200), FailsWith(Errc::reopen_required, "broken")); });
  sync.poison(Error(Errc::reopen_required, "broken"));
  sync.poison(Error(Errc::reopen_required, "and again"));
  waiter.join();
  EXPECT_EQ(sync.poison_error()->message(), "broken");
  gate.open();
  syncing.join();  // What it waited for was synced.
}

TEST(LogSync, stopping_tells_waiters_that_the_log_is_closed) {
  Gate gate;
  gate.close();
  LogSync sync(true, {});
  ASSERT_THAT(sync.start(segment(gate, 1, 0)), Succeeds());
  sync.appended(100);
  std::optional<Result<void>> told;
  sync.when(100, [](const Result<void>&) {});
  gate.await_arrivals(1);
  // The sync under way does not cover this one, and no further sync is begun.
  sync.appended(200);
  sync.when(200, [&](Result<void> result) { told = std::move(result); });
  std::thread waiter([&] { EXPECT_THAT(sync.wait(200), FailsWith(Errc::closed)); });
  std::thread stopper([&] { sync.stop(); });
  waiter.join();
  gate.open();
  stopper.join();
  ASSERT_TRUE(told);
  EXPECT_THAT(*told, FailsWith(Errc::closed));
}

TEST(LogSync, a_successor_is_synced_on_demand_and_only_once) {
  Gate gate;
  LogSync sync(true, {});
  ASSERT_THAT(sync.start(segment(gate, 1, 0)), Succeeds());
  sync.appended(100);
  ASSERT_THAT(sync.wait(100), Succeeds());
  sync.begin_segment(segment(gate, 2, 100));
  EXPECT_EQ(gate.arrived(), 1);
  ASSERT_THAT(sync.wait_successor_synced(1), Succeeds());
  EXPECT_EQ(gate.arrived(), 2);
  ASSERT_THAT(sync.wait_successor_synced(1), Succeeds());
  EXPECT_EQ(gate.arrived(), 2);
}

TEST(LogSync, replayed_segments_that_were_never_synced_go_first) {
  Gate gate;
  std::vector<std::string> order;
  auto old = segment(gate, 1, 0, &order);
  old->used = kSegmentHeaderBytes + 80;
  LogSync sync(true,
               {.next_segment_id = 2, .position = 80, .synced_through = 40, .unsynced = {old}});
  ASSERT_THAT(sync.start(segment(gate, 2, 80, &order)), Succeeds());
  EXPECT_EQ(sync.synced_through(), 40u);
  sync.appended(120);
  ASSERT_THAT(sync.wait(120), Succeeds());
  EXPECT_THAT(order, testing::ElementsAre("000001.log", "000002.log"));
}

TEST(LogSync, without_files_nothing_waits) {
  LogSync sync(false, {});
  sync.appended(100);
  EXPECT_THAT(sync.wait(100), Succeeds());
  EXPECT_THAT(sync.wait_successor_synced(7), Succeeds());
  EXPECT_EQ(sync.syncs(), 0u);
}

}  // namespace
}  // namespace quartz::storage
