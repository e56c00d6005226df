#include "cli/text_encoding.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/tool.hpp"
#include "support/result_matchers.hpp"

namespace quartz::cli {
namespace {

using testing::HasSubstr;

TEST(TextEncoding, escapes_keep_every_byte) {
  const std::string text = escaped(every_byte());
  EXPECT_EQ(text.find_first_of("\t\n\r"), std::string::npos);
  EXPECT_EQ(unescaped(text).value(), every_byte());
}

TEST(TextEncoding, readable_text_is_not_escaped) {
  EXPECT_EQ(escaped("naïve ☃ 🦀"), "naïve ☃ 🦀");
  EXPECT_EQ(escaped("a\\b\tc\nd\re"), "a\\\\b\\tc\\nd\\re");
}

TEST(TextEncoding, bytes_that_are_no_utf8_are_escaped_one_by_one) {
  EXPECT_EQ(escaped("\xC3"), "\\xc3");                             // Cut short.
  EXPECT_EQ(escaped("\xC0\x80"), "\\xc0\\x80");                    // Overlong.
  EXPECT_EQ(escaped("\xED\xA0\x80"), "\\xed\\xa0\\x80");           // A surrogate.
  EXPECT_EQ(escaped("\xF4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");  // Past U+10FFFF.
}

TEST(TextEncoding, unknown_and_cut_escapes_are_refused_by_name) {
  EXPECT_THAT(unescaped("a\\q"), FailsWith(Errc::invalid_argument, HasSubstr("\\q")));
  EXPECT_THAT(unescaped("a\\"), FailsWith(Errc::invalid_argument));
  EXPECT_THAT(unescaped("\\x4"), FailsWith(Errc::invalid_argument));
  EXPECT_THAT(unescaped("\\xg0"), FailsWith(Errc::invalid_argument, HasSubstr("\\xg0")));
}

TEST(TextEncoding, hexadecimal_takes_both_cases_and_whole_bytes) {
  EXPECT_EQ(from_hex(to_hex(every_byte())).value(), every_byte());
  EXPECT_EQ(from_hex("fF00").value(), std::string("\xFF\x00", 2));
  EXPECT_THAT(from_hex("abc"), FailsWith(Errc::invalid_argument));
  EXPECT_THAT(from_hex("zz"), FailsWith(Errc::invalid_argument));
}

TEST(TextEncoding, arguments_are_decoded_as_their_format_says) {
  EXPECT_EQ(decode_argument(TextFormat::text, "a\\t", "KEY").value(), "a\\t");
  EXPECT_EQ(decode_argument(TextFormat::escaped, "a\\t", "KEY").value(), "a\t");
  EXPECT_EQ(decode_argument(TextFormat::hex, "6109", "KEY").value(), "a\t");
  EXPECT_THAT(decode_argument(TextFormat::hex, "6", "KEY"),
              FailsWith(Errc::invalid_argument, HasSubstr("KEY")));
}

}  // namespace
}  // namespace quartz::cli
