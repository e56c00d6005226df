#include "storage/expiry_clock.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "quartz/storage/limits.hpp"
#include "support/corrupt_file.hpp"
#include "support/faulty_file_system.hpp"
#include "support/hand_clock.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"

namespace quartz::storage {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ExpiryClockTest : public testing::Test {
 protected:
  void open(io::FileSystem& files = io::posix_file_system()) {
    clock_.reset();
    auto opened =
        ExpiryClock::open(files, path_, time_.source(),
                          [this](LogLevel, std::string_view line) { lines_.emplace_back(line); });
    ASSERT_THAT(opened, Succeeds());
    clock_ = *std::move(opened);
  }

  ScratchDirectory scratch_;
  const std::filesystem::path path_ = scratch_ / "CLOCK";
  HandClock time_;
  std::vector<std::string> lines_;
  std::shared_ptr<ExpiryClock> clock_;
};

TEST_F(ExpiryClockTest, shows_the_wall_clock) {
  open();
  EXPECT_EQ(clock_->now(), time_.wall());
  time_.pass(1500ms);
  EXPECT_EQ(clock_->now(), time_.wall());
  time_.step(1h);
  EXPECT_EQ(clock_->now(), time_.wall());
  EXPECT_THAT(lines_, IsEmpty());
}

TEST_F(ExpiryClockTest, goes_on_by_steady_time_when_the_wall_clock_steps_back) {
  open();
  const ExpiryTime before = clock_->now();
  time_.step(-1h);
  EXPECT_EQ(clock_->now(), before);
  time_.pass(2s);
  EXPECT_EQ(clock_->now(), before + 2s);
  time_.step(1h + 5s);
  EXPECT_EQ(clock_->now(), time_.wall());
}

TEST_F(ExpiryClockTest, finds_a_row_expired_from_its_moment_on) {
  open();
  const ExpiryTime at = clock_->now() + 10ms;
  EXPECT_FALSE(clock_->expired(at));
  time_.pass(9ms);
  EXPECT_FALSE(clock_->expired(at));
  time_.pass(1ms);
  EXPECT_TRUE(clock_->expired(at));
  EXPECT_FALSE(clock_->expired(kExpiryTimeMax));
}

TEST_F(ExpiryClockTest, goes_on_from_a_row_found_expired_although_nobody_closed_it) {
  open();
  const ExpiryTime at = clock_->now() + 1min;
  time_.pass(1min);
  ASSERT_TRUE(clock_->expired(at));
  time_.step(-1h);
  open();
  EXPECT_TRUE(clock_->expired(at));
  EXPECT_GE(clock_->now(), at);
}

TEST_F(ExpiryClockTest, goes_on_from_each_of_many_rows_found_expired) {
  open();
  for (int i = 0; i < 5; ++i) {
    const ExpiryTime at = clock_->now() + 1s;
    time_.pass(1s);
    ASSERT_TRUE(clock_->expired(at));
    EXPECT_EQ(ExpiryClock::read(io::posix_file_system(), path_), at);
  }
}

TEST_F(ExpiryClockTest, need_not_go_on_from_what_nobody_was_told_of) {
  open();
  const ExpiryTime at = clock_->now() + 1min;
  time_.pass(30s);
  ASSERT_FALSE(clock_->expired(at));
  time_.step(-30s);
  open();
  EXPECT_EQ(clock_->now(), time_.wall());
}

TEST_F(ExpiryClockTest, goes_on_from_where_it_was_saved) {
  open();
  time_.pass(1min);
  const ExpiryTime saved = clock_->now();
  ASSERT_THAT(clock_->save(), Succeeds());
  time_.step(-30s);
  open();
  EXPECT_EQ(clock_->now(), saved);
  EXPECT_THAT(lines_, IsEmpty());
}

TEST_F(ExpiryClockTest, says_that_it_is_far_ahead_of_the_wall_clock) {
  open();
  time_.step(1h);
  ASSERT_THAT(clock_->save(), Succeeds());
  time_.step(-1h);
  open();
  EXPECT_THAT(lines_, ElementsAre(HasSubstr("3600 s")));
}

TEST_F(ExpiryClockTest, shows_at_least_what_it_is_advanced_to) {
  open();
  const ExpiryTime wanted = time_.wall() + 24h;
  clock_->advance_to(wanted);
  EXPECT_EQ(clock_->now(), wanted);
  clock_->advance_to(wanted - 1h);
  EXPECT_EQ(clock_->now(), wanted);
  EXPECT_EQ(ExpiryClock::read(io::posix_file_system(), path_), wanted);
}

TEST_F(ExpiryClockTest, looks_at_no_clock_for_a_row_older_than_one_found_expired) {
  open();
  const ExpiryTime at = time_.wall();
  ASSERT_TRUE(clock_->expired(at));
  const std::uint64_t looks = time_.looks();
  EXPECT_TRUE(clock_->expired(at));
  EXPECT_TRUE(clock_->expired(at - 1h));
  EXPECT_EQ(time_.looks(), looks);
}

TEST_F(ExpiryClockTest, starts_at_the_wall_clock_if_its_file_is_gone) {
  open();
  clock_->advance_to(time_.wall() + 1h);
  std::filesystem::remove(path_);
  open();
  EXPECT_EQ(clock_->now(), time_.wall());
  EXPECT_THAT(lines_, IsEmpty());
  EXPECT_EQ(ExpiryClock::read(io::posix_file_system(), path_), time_.wall());
}

TEST_F(ExpiryClockTest, starts_at_the_wall_clock_and_says_so_if_its_file_is_damaged) {
  const auto damages = std::vector<std::function<void()>>{
      [&] { std::filesystem::resize_file(path_, 0); },
      [&] { std::filesystem::resize_file(path_, 31); },
      [&] { std::filesystem::resize_file(path_, 4096); },
      [&] {
        std::filesystem::resize_file(path_, 0);
        std::filesystem::resize_file(path_, 32);  // Nothing but zeros.
      },
      [&] {
        flip_bit(path_, 0, 3);
        flip_bit(path_, 16, 3);
      }};
  for (const auto& damage : damages) {
    lines_.clear();
    open();
    clock_->advance_to(time_.wall() + 1s);
    damage();
    EXPECT_EQ(ExpiryClock::read(io::posix_file_system(), path_), std::nullopt);
    open();
    EXPECT_EQ(clock_->now(), time_.wall());
    EXPECT_THAT(lines_, ElementsAre(HasSubstr("damaged")));
  }
}

TEST_F(ExpiryClockTest, loses_nothing_by_damage_to_the_older_of_its_copies) {
  open();
  const ExpiryTime first = time_.wall() + 1s;
  clock_->advance_to(first);
  const ExpiryTime second = first + 1s;
  clock_->advance_to(second);
  // One of the two has `first`, the other `second`.
  flip_bit(path_, 0, 0);
  const auto without_first_copy = ExpiryClock::read(io::posix_file_system(), path_);
  flip_bit(path_, 0, 0);
  flip_bit(path_, 16, 0);
  const auto without_second_copy = ExpiryClock::read(io::posix_file_system(), path_);
  EXPECT_EQ(std::max(without_first_copy, without_second_copy), second);
  EXPECT_EQ(std::min(without_first_copy, without_second_copy), first);
}

TEST_F(ExpiryClockTest, overwrites_the_older_copy_after_a_reopen_too) {
  open();
  const ExpiryTime first = time_.wall() + 1s;
  clock_->advance_to(first);
  open();
  clock_->advance_to(first + 1s);
  // What was the newest before is whole until the next store.
  flip_bit(path_, 0, 0);
  const auto without_first_copy = ExpiryClock::read(io::posix_file_system(), path_);
  flip_bit(path_, 0, 0);
  flip_bit(path_, 16, 0);
  const auto without_second_copy = ExpiryClock::read(io::posix_file_system(), path_);
  EXPECT_EQ(std::min(without_first_copy, without_second_copy), first);
}

TEST_F(ExpiryClockTest, still_never_steps_back_when_its_file_cannot_be_written_and_says_so_once) {
  io::FaultyFileSystem files(io::posix_file_system());
  open(files);
  files.fail(io::Operation::write, 1, Errc::io_error, io::FaultLength::for_ever);
  const ExpiryTime at = clock_->now();
  ASSERT_TRUE(clock_->expired(at));
  time_.pass(1s);
  ASSERT_TRUE(clock_->expired(at + 1s));
  time_.pass(1s);
  ASSERT_TRUE(clock_->expired(at + 2s));
  time_.step(-1h);
  EXPECT_TRUE(clock_->expired(at + 2s));
  EXPECT_THAT(lines_, ElementsAre(HasSubstr("CLOCK")));
  clock_.reset();  // Before its file system.
}

TEST_F(ExpiryClockTest, never_steps_back_for_any_of_several_threads) {
  open();
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  std::atomic<int> steps_back{0};
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      ExpiryTime last = clock_->now();
      while (!stop) {
        const ExpiryTime now = clock_->now();
        if (now < last) ++steps_back;
        last = now;
        static_cast<void>(clock_->expired(now));
      }
    });
  }
  for (int i = 0; i < 1000; ++i) {
    time_.step(i % 2 == 0 ? 50ms : -49ms);
    time_.pass(1ms);
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(steps_back, 0);
}

}  // namespace
}  // namespace quartz::storage
