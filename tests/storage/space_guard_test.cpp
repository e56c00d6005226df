#include "storage/space_guard.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/faulty_file_system.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"
#include "support/small_disk.hpp"

namespace quartz::storage {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr std::uint64_t kMin = 1'000'000;
constexpr std::uint64_t kHeadroom = 100'000;

// The guard's clock is a plain function, so its time is the process's.
SpaceGuard::Time test_time{};
SpaceGuard::Time test_clock() { return test_time; }
void pass(std::chrono::milliseconds time) { test_time += time; }

class SpaceGuardTest : public testing::Test {
 protected:
  std::unique_ptr<SpaceGuard> open(std::uint64_t free_bytes_min = kMin) {
    return SpaceGuard::open(
               faulty_, scratch_.path(), free_bytes_min, [this] { ++reclaims_; }, kHeadroom,
               &test_clock)
        .value();
  }

  ScratchDirectory scratch_;
  io::SmallDisk disk_{scratch_ / "HEADROOM", kHeadroom, 100 * kMin};
  io::FaultyFileSystem faulty_{disk_};
  int reclaims_ = 0;
};

TEST_F(SpaceGuardTest, with_space_everything_is_admitted_and_the_headroom_is_reserved) {
  const auto guard = open();
  EXPECT_FALSE(guard->low());
  EXPECT_THAT(guard->admit(false), Succeeds());
  EXPECT_THAT(guard->admit(true), Succeeds());
  EXPECT_TRUE(guard->has_headroom());
  EXPECT_TRUE(disk_.has_headroom());
  EXPECT_EQ(std::filesystem::file_size(scratch_ / "HEADROOM"), kHeadroom);
}

TEST_F(SpaceGuardTest, with_space_the_file_system_is_not_asked) {
  const auto guard = open();
  const auto asked = disk_.asked();
  for (int i = 0; i < 100; ++i) {
    pass(std::chrono::seconds(1));
    EXPECT_THAT(guard->admit(false), Succeeds());
  }
  EXPECT_EQ(disk_.asked(), asked);
}

TEST_F(SpaceGuardTest, below_the_mark_puts_are_refused_and_removes_are_not) {
  const auto guard = open();
  disk_.set_free(kMin + kHeadroom - 1);
  guard->refresh();
  EXPECT_TRUE(guard->low());
  EXPECT_THAT(guard->admit(false), FailsWith(Errc::no_space));
  EXPECT_THAT(guard->admit(true), Succeeds());
}

TEST_F(SpaceGuardTest, exactly_the_mark_is_enough) {
  const auto guard = open();
  disk_.set_free(kMin + kHeadroom);
  guard->refresh();
  EXPECT_FALSE(guard->low());
}

TEST_F(SpaceGuardTest, the_refusal_names_directory_free_bytes_and_option) {
  const auto guard = open();
  disk_.set_free(kHeadroom + 54'321);
  guard->refresh();
  EXPECT_THAT(
      guard->admit(false),
      FailsWith(Errc::no_space, AllOf(HasSubstr(scratch_.path().string()), HasSubstr("54321"),
                                      HasSubstr("free_space_min_bytes = 1000000"))));
}

TEST_F(SpaceGuardTest, puts_go_on_by_themselves_when_space_is_back) {
  const auto guard = open();
  disk_.set_free(kHeadroom);
  guard->refresh();
  EXPECT_THAT(guard->admit(false), FailsWith(Errc::no_space));
  disk_.set_free(100 * kMin);
  pass(SpaceGuard::kRecheckInterval);
  EXPECT_THAT(guard->admit(false), Succeeds());
  EXPECT_FALSE(guard->low());
}

TEST_F(SpaceGuardTest, while_low_the_file_system_is_asked_once_an_interval) {
  const auto guard = open();
  disk_.set_free(kHeadroom);
  guard->refresh();
  const auto asked = disk_.asked();
  for (int i = 0; i < 50; ++i) {
    EXPECT_THAT(guard->admit(false), FailsWith(Errc::no_space));
    EXPECT_THAT(guard->admit(true), Succeeds());
  }
  EXPECT_EQ(disk_.asked(), asked);
  pass(SpaceGuard::kRecheckInterval - std::chrono::milliseconds(1));
  EXPECT_THAT(guard->admit(false), FailsWith(Errc::no_space));
  EXPECT_EQ(disk_.asked(), asked);
  pass(std::chrono::milliseconds(1));
  EXPECT_THAT(guard->admit(false), FailsWith(Errc::no_space));
  EXPECT_THAT(guard->admit(false), FailsWith(Errc::no_space));
  EXPECT_EQ(disk_.asked(), asked + 1);
}

TEST_F(SpaceGuardTest, while_low_space_is_reclaimed_once_an_interval) {
  const auto guard = open();
  disk_.set_free(kHeadroom);
  guard->refresh();
  EXPECT_THAT(guard->admit(false), FailsWith(Errc::no_space));
  EXPECT_EQ(reclaims_, 0);
  pass(SpaceGuard::kRecheckInterval);
  for (int i = 0; i < 50; ++i) {
    EXPECT_THAT(guard->admit(false), FailsWith(Errc::no_space));
    EXPECT_THAT(guard->admit(true), Succeeds());
  }
  EXPECT_EQ(reclaims_, 1);
  pass(SpaceGuard::kRecheckInterval);
  EXPECT_THAT(guard->admit(true), Succeeds());
  EXPECT_EQ(reclaims_, 2);
}

TEST_F(SpaceGuardTest, with_space_nothing_is_reclaimed) {
  const auto guard = open();
  disk_.set_free(kHeadroom);
  guard->refresh();
  disk_.set_free(100 * kMin);
  for (int i = 0; i < 3; ++i) {
    pass(SpaceGuard::kRecheckInterval);
    EXPECT_THAT(guard->admit(false), Succeeds());
  }
  EXPECT_EQ(reclaims_, 0);
}

TEST_F(SpaceGuardTest, a_remove_with_hardly_any_space_gets_the_headroom) {
  const auto guard = open();
  disk_.set_free(kHeadroom + kHeadroom / 2);
  guard->refresh();
  EXPECT_TRUE(disk_.has_headroom());
  EXPECT_THAT(guard->admit(false), FailsWith(Errc::no_space));
  EXPECT_TRUE(disk_.has_headroom()) << "a put must not get it";
  EXPECT_THAT(guard->admit(true), Succeeds());
  EXPECT_FALSE(disk_.has_headroom());
  EXPECT_FALSE(guard->has_headroom());
}

TEST_F(SpaceGuardTest, a_remove_with_some_space_left_does_not_need_the_headroom) {
  const auto guard = open();
  disk_.set_free(kHeadroom + kMin / 2);
  guard->refresh();
  EXPECT_THAT(guard->admit(true), Succeeds());
  EXPECT_TRUE(disk_.has_headroom());
}

TEST_F(SpaceGuardTest, a_full_disk_gives_up_the_headroom_and_refuses_puts) {
  const auto guard = open();
  guard->disk_full();  // Whatever the file system says: a quota may be what is full.
  EXPECT_TRUE(guard->low());
  EXPECT_FALSE(disk_.has_headroom());
  EXPECT_THAT(guard->admit(false), FailsWith(Errc::no_space, HasSubstr("free_space_min_bytes")));
  EXPECT_THAT(guard->admit(true), Succeeds());
}

TEST_F(SpaceGuardTest, after_a_full_disk_puts_go_on_when_the_headroom_fits_again) {
  const auto guard = open();
  disk_.set_free(0);
  guard->disk_full();
  disk_.set_free(kMin + kHeadroom - 1);
  guard->refresh();
  EXPECT_THAT(guard->admit(false), FailsWith(Errc::no_space));
  EXPECT_FALSE(disk_.has_headroom());
  disk_.set_free(kMin + kHeadroom);
  guard->refresh();
  EXPECT_THAT(guard->admit(false), Succeeds());
  EXPECT_TRUE(disk_.has_headroom());
}

TEST_F(SpaceGuardTest, the_headroom_is_not_recreated_where_it_would_make_space_low) {
  const auto guard = open();
  disk_.set_free(kHeadroom / 2);
  guard->refresh();
  EXPECT_THAT(guard->admit(true), Succeeds());
  disk_.set_free(kMin + kHeadroom / 2);
  guard->refresh();
  EXPECT_FALSE(guard->low());
  EXPECT_FALSE(disk_.has_headroom());
  EXPECT_THAT(guard->admit(false), Succeeds());
}

TEST_F(SpaceGuardTest, a_minimum_of_zero_refuses_only_on_a_full_disk) {
  const auto guard = open(0);
  disk_.set_free(kHeadroom + 1);
  guard->refresh();
  EXPECT_THAT(guard->admit(false), Succeeds());
  disk_.set_free(kHeadroom);
  guard->refresh();
  EXPECT_THAT(guard->admit(false), FailsWith(Errc::no_space));
}

TEST_F(SpaceGuardTest, opening_a_full_disk_succeeds_without_headroom) {
  disk_.set_free(10);
  const auto guard = open();
  EXPECT_TRUE(guard->low());
  EXPECT_FALSE(disk_.has_headroom());
  EXPECT_THAT(guard->admit(true), Succeeds());
}

TEST_F(SpaceGuardTest, a_headroom_that_does_not_fit_after_all_is_no_failure) {
  faulty_.fail(io::Operation::allocate, 1, Errc::no_space);
  const auto guard = open();
  EXPECT_FALSE(guard->has_headroom());
  EXPECT_FALSE(disk_.has_headroom()) << "half a headroom must not stay";
  guard->refresh();
  EXPECT_TRUE(guard->has_headroom());
}

TEST_F(SpaceGuardTest, the_headroom_stays_after_the_guard_and_serves_the_next_one) {
  open().reset();
  EXPECT_TRUE(disk_.has_headroom());
  disk_.set_free(kHeadroom);
  const auto guard = open();
  EXPECT_TRUE(guard->has_headroom());
  EXPECT_THAT(guard->admit(true), Succeeds());
  EXPECT_FALSE(disk_.has_headroom());
}

TEST_F(SpaceGuardTest, a_headroom_left_too_short_by_a_crash_is_completed) {
  ASSERT_THAT(io::posix_file_system().open(scratch_ / "HEADROOM", io::OpenMode::create_new),
              Succeeds());
  const auto guard = open();
  EXPECT_EQ(std::filesystem::file_size(scratch_ / "HEADROOM"), kHeadroom);
}

TEST_F(SpaceGuardTest, a_headroom_that_somebody_removed_is_no_failure) {
  const auto guard = open();
  std::filesystem::remove(scratch_ / "HEADROOM");
  guard->disk_full();
  EXPECT_FALSE(guard->has_headroom());
  guard->refresh();
  EXPECT_TRUE(disk_.has_headroom());
}

TEST_F(SpaceGuardTest, a_headroom_that_cannot_be_removed_is_tried_again) {
  const auto guard = open();
  faulty_.fail(io::Operation::remove, 1, Errc::io_error);
  disk_.set_free(kHeadroom);
  guard->disk_full();
  EXPECT_TRUE(guard->has_headroom());
  EXPECT_THAT(guard->admit(true), Succeeds());
  EXPECT_FALSE(guard->has_headroom());
}

TEST_F(SpaceGuardTest, a_directory_that_cannot_be_written_is_an_error) {
  faulty_.fail(io::Operation::open, 1, Errc::read_only);
  EXPECT_THAT(SpaceGuard::open(
                  faulty_, scratch_.path(), kMin, [] {}, kHeadroom, &test_clock),
              FailsWith(Errc::read_only));
}

TEST_F(SpaceGuardTest, a_file_system_that_cannot_be_asked_at_open_is_an_error) {
  faulty_.fail(io::Operation::free_bytes, 1, Errc::io_error);
  EXPECT_THAT(SpaceGuard::open(
                  faulty_, scratch_.path(), kMin, [] {}, kHeadroom, &test_clock),
              FailsWith(Errc::io_error));
}

TEST_F(SpaceGuardTest, a_file_system_that_cannot_be_asked_later_is_taken_to_be_as_it_was) {
  const auto guard = open();
  disk_.set_free(0);
  faulty_.fail(io::Operation::free_bytes, 1, Errc::io_error, io::FaultLength::for_ever);
  guard->refresh();
  EXPECT_THAT(guard->admit(false), Succeeds());
  faulty_.clear_faults();
  guard->refresh();
  EXPECT_THAT(guard->admit(false), FailsWith(Errc::no_space));
}

}  // namespace
}  // namespace quartz::storage
