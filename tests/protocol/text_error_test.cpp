#include "protocol/text_error.hpp"

#include <string>

#include <gmock/gmock.h>

#include "base/utf8.hpp"

namespace quartz::protocol {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string message(std::string_view text, std::size_t offset) {
  return text_error(Errc::invalid_argument, "filter", text, offset, "wrong").message();
}

TEST(TextError, names_the_offset_and_points_at_the_byte) {
  EXPECT_EQ(message("year > x", 7), "filter: at offset 7: wrong\n  year > x\n         ^");
  EXPECT_EQ(message("", 0), "filter: at offset 0: wrong\n  \n  ^");
}

TEST(TextError, points_behind_the_text_if_more_was_expected) {
  EXPECT_EQ(message("a >", 3), "filter: at offset 3: wrong\n  a >\n     ^");
}

TEST(TextError, shows_the_line_of_the_place_only) {
  EXPECT_EQ(message("one\ntwo\nthree", 5), "filter: at offset 5: wrong\n  two\n   ^");
  EXPECT_EQ(message("one\ntwo", 3), "filter: at offset 3: wrong\n  one\n     ^");
}

TEST(TextError, counts_characters_and_not_bytes_for_the_caret) {
  EXPECT_EQ(message("größe ?", 8), "filter: at offset 8: wrong\n  größe ?\n        ^");
}

TEST(TextError, shows_what_is_near_of_a_long_line) {
  const std::string text = std::string(1000, 'x') + "!" + std::string(1000, 'y');
  EXPECT_EQ(message(text, 1000), "filter: at offset 1000: wrong\n  ..." + std::string(48, 'x') +
                                     "!" + std::string(47, 'y') + "...\n" + std::string(53, ' ') +
                                     "^");
}

TEST(TextError, is_well_formed_text_whatever_the_input_was) {
  std::string text;
  for (int byte = 255; byte >= 0; --byte) text += static_cast<char>(byte);
  text += text;
  for (std::size_t offset = 0; offset <= text.size(); ++offset) {
    const std::string shown = message(text, offset);
    ASSERT_TRUE(is_utf8(shown)) << offset;
    ASSERT_THAT(shown, Not(HasSubstr(std::string(1, '\0')))) << offset;
  }
  std::string crabs;
  for (int i = 0; i < 100; ++i) crabs += "🦀";
  for (std::size_t offset = 0; offset <= crabs.size(); ++offset) {
    ASSERT_TRUE(is_utf8(message(crabs, offset))) << offset;
  }
}

TEST(QuotedExcerpt, is_cut_between_characters_and_printable) {
  EXPECT_EQ(quoted_excerpt("year"), "'year'");
  EXPECT_EQ(quoted_excerpt("a\nb\xFF"), "'a?b?'");
  EXPECT_EQ(quoted_excerpt(std::string(41, 'x')), "'" + std::string(40, 'x') + "...'");
  EXPECT_EQ(quoted_excerpt(std::string(39, 'x') + "é"), "'" + std::string(39, 'x') + "...'");
}

}  // namespace
}  // namespace quartz::protocol
