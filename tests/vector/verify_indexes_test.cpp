#include "quartz/vector/verify_indexes.hpp"

#include <cstddef>
#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/corrupt_file.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"
#include "support/small_engine.hpp"
#include "vector/index_file_sample.hpp"

namespace quartz {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class VerifyIndexes : public testing::Test {
 protected:
  VerifyIndexes() {
    open_small(data_).close().value();
    std::filesystem::create_directories(index_.parent_path());
    vector::IndexFileSample sample(4, 4);
    sample.with_vectors = true;
    sample.add(30, 1);
    sample.write(io::posix_file_system(), index_).value();
  }

  ScratchDirectory scratch_;
  const std::filesystem::path data_ = scratch_ / "db";
  const std::filesystem::path index_ = data_ / "vectors" / "0123.index";
};

TEST_F(VerifyIndexes, finds_nothing_wrong_with_whole_ones) {
  const auto report = verify_indexes(data_);
  ASSERT_THAT(report, Succeeds());
  EXPECT_THAT(report->damage, IsEmpty());
  EXPECT_EQ(report->files_checked, 1u);
  EXPECT_EQ(report->bytes_checked, std::filesystem::file_size(index_));
}

TEST_F(VerifyIndexes, finds_a_flipped_bit_of_any_byte) {
  const std::string whole = file_contents(index_);
  for (std::size_t offset = 0; offset < whole.size(); ++offset) {
    flip_bit(index_, offset, static_cast<unsigned>(offset % 8));
    const auto report = verify_indexes(data_);
    ASSERT_THAT(report, Succeeds());
    ASSERT_THAT(report->damage, SizeIs(1)) << "at " << offset;
    ASSERT_EQ(report->damage.front().file, "vectors/0123.index");
    ASSERT_LE(report->damage.front().offset, offset);
    overwrite_file(index_, whole);
  }
}

TEST_F(VerifyIndexes, finds_a_lost_end) {
  truncate_file(index_, std::filesystem::file_size(index_) - 1);
  EXPECT_THAT(verify_indexes(data_).value().damage, SizeIs(1));
}

TEST_F(VerifyIndexes, leaves_alone_what_was_never_finished) {
  overwrite_file(data_ / "vectors" / "4567.index.staging", "half");
  EXPECT_THAT(verify_indexes(data_).value().damage, IsEmpty());
}

TEST_F(VerifyIndexes, has_nothing_to_do_where_none_was_saved) {
  std::filesystem::remove_all(data_ / "vectors");
  EXPECT_EQ(verify_indexes(data_).value().files_checked, 0u);
}

TEST_F(VerifyIndexes, is_busy_while_the_database_is_open) {
  const StorageEngine engine = open_small(data_);
  EXPECT_THAT(verify_indexes(data_), FailsWith(Errc::busy));
}

TEST_F(VerifyIndexes, of_a_directory_without_a_database_are_not_found) {
  EXPECT_THAT(verify_indexes(scratch_ / "nothing"),
              FailsWith(Errc::not_found, HasSubstr("nothing")));
}

}  // namespace
}  // namespace quartz
