#include "protocol/unicode_escape.hpp"

#include <string>

#include <gtest/gtest.h>

namespace quartz::protocol {
namespace {

// What the escape behind the first two characters of `text` stands for, if it is all of the rest.
std::optional<char32_t> whole(std::string_view text) {
  std::size_t at = 2;
  const auto code_point = read_unicode_escape(text, at);
  EXPECT_EQ(at, code_point ? text.size() : 2u) << text;
  return code_point;
}

TEST(UnicodeEscape, of_four_digits_of_either_case_is_a_code_point) {
  EXPECT_EQ(whole("\\u0000"), U'\0');
  EXPECT_EQ(whole("\\u00e9"), U'é');
  EXPECT_EQ(whole("\\u20AC"), U'€');
  EXPECT_EQ(whole("\\uFFFF"), char32_t{0xFFFF});
}

TEST(UnicodeEscape, of_two_surrogates_is_one_code_point) {
  EXPECT_EQ(whole("\\ud83e\\uDD80"), U'🦀');
  EXPECT_EQ(whole("\\uD800\\uDC00"), char32_t{0x10000});
  EXPECT_EQ(whole("\\uDBFF\\uDFFF"), char32_t{0x10FFFF});
}

TEST(UnicodeEscape, without_its_digits_or_its_partner_is_none) {
  for (const char* text :
       {"\\u", "\\u12", "\\u123", "\\u12g4", "\\u 123", "\\uD83E", "\\uD83Ex", "\\uD83E\\n",
        "\\uD83E\\u", "\\uD83E\\u0041", "\\uD83E\\uD83E", "\\uDD80", "\\uDD80\\uD83E"}) {
    EXPECT_EQ(whole(text), std::nullopt) << text;
  }
}

TEST(UnicodeEscape, ends_behind_its_digits) {
  std::size_t at = 2;
  EXPECT_EQ(read_unicode_escape("\\u00411", at), U'A');
  EXPECT_EQ(at, 6u);
}

}  // namespace
}  // namespace quartz::protocol
