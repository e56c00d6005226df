#include "protocol/lzf.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace quartz::protocol {
namespace {

using testing::Eq;
using testing::Optional;

TEST(Lzf, literals_and_repetitions_are_put_together) {
  EXPECT_THAT(from_lzf(std::string("\x02"
                                   "abc",
                                   4),
                       3),
              Optional(Eq("abc")));
  // Three bytes from three before.
  EXPECT_THAT(from_lzf(std::string("\x02"
                                   "abc\x20\x02",
                                   6),
                       6),
              Optional(Eq("abcabc")));
  // Of the byte before, ten times: a length of its own.
  EXPECT_THAT(from_lzf(std::string("\0a\xE0\x01\0", 5), 11), Optional(Eq(std::string(11, 'a'))));
  EXPECT_THAT(from_lzf("", 0), Optional(Eq("")));
}

TEST(Lzf, what_ends_early_is_refused) {
  for (const std::string& bytes :
       {std::string("\x02"
                    "ab"),
        std::string("\0a\x20", 3), std::string("\0a\xE0", 3), std::string("\0a\xE0\x01", 4)}) {
    for (std::size_t size = 0; size < 20; ++size) {
      EXPECT_EQ(from_lzf(bytes, size), std::nullopt) << size;
    }
  }
}

TEST(Lzf, what_repeats_from_before_the_beginning_is_refused) {
  EXPECT_EQ(from_lzf(std::string("\0a\x20\x01", 4), 4), std::nullopt);
  EXPECT_EQ(from_lzf(std::string("\x20\0", 2), 3), std::nullopt);
}

TEST(Lzf, another_size_than_told_is_refused) {
  const std::string bytes("\0a\xE0\x01\0", 5);
  for (const std::size_t size : {0U, 1U, 10U, 12U, 1'000'000'000U}) {
    EXPECT_EQ(from_lzf(bytes, size), std::nullopt) << size;
  }
}

}  // namespace
}  // namespace quartz::protocol
