#include "storage/log_preparer.hpp"

#include <filesystem>
#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/log_scenario.hpp"
#include "support/faulty_file_system.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"

namespace quartz::storage {
namespace {

class LogPreparerTest : public testing::Test {
 protected:
  static constexpr std::size_t kBytes = 64 * 1024;

  LogPreparerTest() : files_(io::posix_file_system()) {
    options_.directory = scratch_.path();
    options_.segment_bytes = kBytes;
    options_.medium = LogMedium::mapped;
  }

  ScratchDirectory scratch_;
  io::FaultyFileSystem files_;
  LogOptions options_;
};

TEST_F(LogPreparerTest, a_segment_is_allocated_mapped_and_durable_before_it_is_handed_out) {
  LogPreparer preparer(files_, options_, 5);
  const auto segment = preparer.take(kBytes);
  ASSERT_THAT(segment, Succeeds());
  EXPECT_EQ((*segment)->id, 5u);
  EXPECT_EQ((*segment)->path, scratch_ / "000005.log");
  EXPECT_EQ((*segment)->capacity, kBytes);
  EXPECT_TRUE((*segment)->memory_is_file);
  EXPECT_EQ(std::filesystem::file_size((*segment)->path), kBytes);
  EXPECT_EQ(files_.calls(io::Operation::sync_data), 1u);
  EXPECT_EQ(files_.calls(io::Operation::sync_directory), 1u);
}

TEST_F(LogPreparerTest, the_next_segment_is_prepared_in_the_background) {
  LogPreparer preparer(files_, options_, 1);
  auto first = preparer.take(kBytes);
  ASSERT_THAT(first, Succeeds());
  ASSERT_THAT(preparer.start(), Succeeds());
  preparer.begin(*first);
  for (std::uint32_t id = 2; id < 20; ++id) {
    const auto next = preparer.take(kBytes);
    ASSERT_THAT(next, Succeeds());
    EXPECT_EQ((*next)->id, id);  // In order, whoever made it.
    preparer.begin(*next);
  }
}

TEST_F(LogPreparerTest, a_prepared_segment_is_enlarged_for_a_large_record) {
  LogPreparer preparer(files_, options_, 1);
  auto segment = preparer.take(kBytes);
  ASSERT_THAT(segment, Succeeds());
  preparer.put_back(*segment);
  const auto large = preparer.take(10 * kBytes);
  ASSERT_THAT(large, Succeeds());
  EXPECT_EQ((*large)->id, 1u);
  EXPECT_EQ((*large)->capacity, 10 * kBytes);
  EXPECT_EQ(std::filesystem::file_size((*large)->path), 10 * kBytes);
  (*large)->memory.data()[10 * kBytes - 1] = std::byte{1};
}

TEST_F(LogPreparerTest, what_cannot_be_enlarged_stays_as_it_was) {
  LogPreparer preparer(files_, options_, 1);
  auto segment = preparer.take(kBytes);
  ASSERT_THAT(segment, Succeeds());
  preparer.put_back(*std::move(segment));
  files_.fail(io::Operation::allocate, 1, Errc::no_space);
  EXPECT_THAT(preparer.take(10 * kBytes), FailsWith(Errc::no_space));
  const auto usual = preparer.take(kBytes);
  ASSERT_THAT(usual, Succeeds());
  EXPECT_EQ((*usual)->id, 1u);
  EXPECT_EQ((*usual)->capacity, kBytes);
}

TEST_F(LogPreparerTest, every_failure_on_the_way_is_reported_and_leaves_no_file) {
  using io::Operation;
  for (const Operation step : {Operation::open, Operation::allocate, Operation::map,
                               Operation::sync_data, Operation::sync_directory}) {
    LogPreparer preparer(files_, options_, 1);
    files_.fail(step, 1, Errc::io_error);
    EXPECT_THAT(preparer.take(kBytes), FailsWith(Errc::io_error)) << to_string(step);
    EXPECT_THAT(log_file_names(scratch_.path()), testing::IsEmpty()) << to_string(step);
    EXPECT_THAT(preparer.take(kBytes), Succeeds()) << "the next call tries again";
    std::filesystem::remove(scratch_ / "000002.log");
  }
}

TEST_F(LogPreparerTest, the_file_medium_does_without_preallocation_unless_the_disk_is_full) {
  options_.medium = LogMedium::file;
  LogPreparer preparer(files_, options_, 1);
  files_.fail(io::Operation::allocate, 1, Errc::io_error);
  const auto segment = preparer.take(kBytes);
  ASSERT_THAT(segment, Succeeds());
  EXPECT_FALSE((*segment)->memory_is_file);
  files_.fail(io::Operation::allocate, 1, Errc::no_space);
  EXPECT_THAT(preparer.take(kBytes), FailsWith(Errc::no_space));
}

TEST_F(LogPreparerTest, only_mapped_segments_of_the_usual_size_become_spares) {
  LogPreparer preparer(files_, options_, 1);
  auto large = *preparer.take(2 * kBytes);
  EXPECT_FALSE(preparer.offer_spare(large));
  EXPECT_NE(large, nullptr);
  auto usual = *preparer.take(kBytes);
  EXPECT_TRUE(preparer.offer_spare(usual));
  EXPECT_EQ(usual, nullptr);
  auto replayed = *preparer.take(kBytes);
  replayed->memory_is_file = false;
  EXPECT_FALSE(preparer.offer_spare(replayed));
}

TEST_F(LogPreparerTest, a_spare_keeps_its_file_and_memory_under_a_new_name) {
  LogPreparer preparer(files_, options_, 1);
  auto spare = *preparer.take(kBytes);
  const std::byte* memory = spare->memory.data();
  spare->memory.data()[100] = std::byte{42};
  ASSERT_TRUE(preparer.offer_spare(spare));
  ASSERT_THAT(preparer.start(), Succeeds());
  preparer.begin(nullptr);
  while (preparer.recycled() == 0) std::this_thread::yield();
  EXPECT_FALSE(std::filesystem::exists(scratch_ / "000001.log"));
  const auto next = preparer.take(kBytes);
  ASSERT_THAT(next, Succeeds());
  EXPECT_EQ((*next)->path, scratch_ / "000002.log");
  EXPECT_EQ((*next)->memory.data(), memory);
  EXPECT_EQ(contents((*next)->path)[100], 42);
}

class LogPreparerOfHugePages : public LogPreparerTest {
 protected:
  static constexpr std::size_t kLargeBytes = std::size_t{4} << 20;
  LogPreparerOfHugePages() { options_.segment_bytes = kLargeBytes; }
};

TEST_F(LogPreparerOfHugePages, are_for_large_segments_that_are_not_synced_record_by_record) {
  EXPECT_TRUE((*LogPreparer(files_, options_, 1).take(kLargeBytes))->huge_pages);
  options_.expects_syncs = true;
  EXPECT_FALSE((*LogPreparer(files_, options_, 2).take(kLargeBytes))->huge_pages);
  options_.expects_syncs = false;
  options_.segment_bytes = kBytes;
  EXPECT_FALSE((*LogPreparer(files_, options_, 3).take(kBytes))->huge_pages);
}

TEST_F(LogPreparerOfHugePages, are_given_up_under_the_same_id_once_syncs_are_expected) {
  LogPreparer preparer(files_, options_, 1);
  preparer.put_back(*preparer.take(kLargeBytes));
  preparer.expect_syncs();
  const auto segment = preparer.take(kLargeBytes);
  ASSERT_THAT(segment, Succeeds());
  EXPECT_FALSE((*segment)->huge_pages);
  EXPECT_EQ((*segment)->id, 1u);
  EXPECT_EQ((*segment)->path, scratch_ / "000001.log");
  EXPECT_EQ(log_file_names(scratch_.path()).size(), 1u);
}

TEST_F(LogPreparerOfHugePages, are_no_spares_once_syncs_are_expected) {
  LogPreparer preparer(files_, options_, 1);
  auto spare = *preparer.take(kLargeBytes);
  auto later = *preparer.take(kLargeBytes);
  ASSERT_TRUE(preparer.offer_spare(spare));
  preparer.expect_syncs();
  EXPECT_FALSE(std::filesystem::exists(scratch_ / "000001.log"));
  EXPECT_FALSE(preparer.offer_spare(later));
}

TEST_F(LogPreparerTest, ids_end_with_an_error_and_not_at_zero) {
  LogPreparer preparer(files_, options_, 0xFFFFFFFE);
  EXPECT_THAT(preparer.take(kBytes), Succeeds());
  EXPECT_THAT(preparer.take(kBytes), FailsWith(Errc::unsupported));
}

TEST_F(LogPreparerTest, unused_files_go_with_it) {
  {
    LogPreparer preparer(files_, options_, 1);
    auto spare = *preparer.take(kBytes);
    ASSERT_TRUE(preparer.offer_spare(spare));
    preparer.put_back(*preparer.take(kBytes));
    EXPECT_EQ(log_file_names(scratch_.path()).size(), 2u);
  }
  EXPECT_THAT(log_file_names(scratch_.path()), testing::IsEmpty());
}

}  // namespace
}  // namespace quartz::storage
