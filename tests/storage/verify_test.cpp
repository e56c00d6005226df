#include "quartz/storage/verify.hpp"

#include <cstdint>
#include <filesystem>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/corrupt_file.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"
#include "support/small_engine.hpp"

namespace quartz {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

class Verify : public testing::Test {
 protected:
  Verify() { open_small(data_).put("key", "value").value(); }

  std::vector<Damage> damage() const { return verify(data_).value().damage; }

  ScratchDirectory scratch_;
  const std::filesystem::path data_ = scratch_ / "db";
};

testing::Matcher<Damage> damage_at(const char* file, std::uint64_t offset, const char* what) {
  return AllOf(Field(&Damage::file, file), Field(&Damage::offset, offset),
               Field(&Damage::what, HasSubstr(what)));
}

TEST_F(Verify, finds_nothing_wrong_with_a_whole_database) { EXPECT_THAT(damage(), IsEmpty()); }

TEST_F(Verify, finds_a_damaged_copy_of_the_clock_although_the_other_counts) {
  flip_bit(data_ / "CLOCK", 17);
  EXPECT_THAT(damage(), ElementsAre(damage_at("CLOCK", 16, "a copy of the time")));
}

TEST_F(Verify, finds_that_the_clock_has_another_length) {
  truncate_file(data_ / "CLOCK", 31);
  EXPECT_THAT(damage(), ElementsAre(damage_at("CLOCK", 0, "31 bytes instead of 32")));
}

TEST_F(Verify, finds_that_the_clock_is_missing) {
  std::filesystem::remove(data_ / "CLOCK");
  EXPECT_THAT(damage(), ElementsAre(damage_at("CLOCK", 0, "CLOCK")));
}

TEST_F(Verify, finds_the_clock_whole_again_once_the_database_was_closed) {
  flip_bit(data_ / "CLOCK", 17);
  open_small(data_).close().value();
  EXPECT_THAT(damage(), IsEmpty());
}

}  // namespace
}  // namespace quartz
