#include "quartz/error.hpp"

#include <set>
#include <string>

#include <gtest/gtest.h>

namespace quartz {
namespace {

TEST(Error, says_its_code_and_its_message) {
  const Error error(Errc::corruption, "log/000003.log: bad checksum at offset 4096");
  EXPECT_EQ(error.code(), Errc::corruption);
  EXPECT_EQ(error.message(), "log/000003.log: bad checksum at offset 4096");
  EXPECT_EQ(error.to_string(), "corruption: log/000003.log: bad checksum at offset 4096");
}

TEST(Error, every_code_has_a_name_of_its_own) {
  std::set<std::string_view> names;
  for (int code = 0; code <= static_cast<int>(Errc::conflict); ++code) {
    const auto name = to_string(static_cast<Errc>(code));
    EXPECT_NE(name, "unknown") << code;
    EXPECT_TRUE(names.insert(name).second) << name << " names two codes";
  }
  EXPECT_EQ(to_string(Errc::no_space), "no_space");
}

TEST(Error, a_number_that_is_no_code_is_still_printable) {
  EXPECT_EQ(to_string(static_cast<Errc>(200)), "unknown");
}

TEST(Error, copies_are_independent) {
  Error original(Errc::busy, "first");
  const Error copy = original;
  original = Error(Errc::closed, "second");
  EXPECT_EQ(copy.to_string(), "busy: first");
}

}  // namespace
}  // namespace quartz
