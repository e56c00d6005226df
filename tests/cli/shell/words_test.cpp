#include "cli/shell/words.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/tool.hpp"

namespace quartz::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> words_of(std::string_view line) { return split_words(line).value(); }

TEST(ShellWords, are_what_stands_between_blanks) {
  EXPECT_THAT(words_of("  SET  a\tb "), ElementsAre("SET", "a", "b"));
  EXPECT_THAT(words_of(""), IsEmpty());
  EXPECT_THAT(words_of(" \t "), IsEmpty());
}

TEST(ShellWords, hold_any_byte_between_double_quotes) {
  EXPECT_THAT(words_of(R"(SET "two words" "")"), ElementsAre("SET", "two words", ""));
  EXPECT_THAT(words_of(R"("\n\r\t\b\a\"\\\q")"), ElementsAre("\n\r\t\b\a\"\\q"));
  EXPECT_THAT(words_of(R"("\x00\xfF")"), ElementsAre(std::string("\0\xff", 2)));
  EXPECT_THAT(words_of(R"("\x0")"), ElementsAre("x0"));
}

TEST(ShellWords, are_left_alone_between_single_quotes) {
  EXPECT_THAT(words_of(R"('a\n"b' 'it\'s')"), ElementsAre(R"(a\n"b)", "it's"));
}

TEST(ShellWords, keep_a_backslash_outside_of_quotes) {
  EXPECT_THAT(words_of(R"(a\b \x00)"), ElementsAre(R"(a\b)", R"(\x00)"));
}

TEST(ShellWords, are_refused_where_quotes_do_not_end_with_the_word) {
  EXPECT_THAT(split_words("SET \"a").error().message(), HasSubstr("closing \" is missing"));
  EXPECT_THAT(split_words("'a").error().message(), HasSubstr("closing ' is missing"));
  EXPECT_THAT(split_words("\"a\"b").error().message(), HasSubstr("space is missing"));
  EXPECT_FALSE(split_words("\"a\\").has_value());
}

TEST(ShellWords, are_still_told_apart_in_a_line_that_is_wrong) {
  EXPECT_THAT(rough_words(" AUTH \"secret"), ElementsAre("AUTH", "\"secret"));
}

TEST(ShellWords, come_back_from_quotes_as_they_were) {
  const std::string bytes = every_byte() + "ä€";
  EXPECT_THAT(words_of(in_quotes(bytes)), ElementsAre(bytes));
  EXPECT_EQ(in_quotes("ä\x01\"\\\n\xff"), R"("ä\x01\"\\\n\xff")");
}

}  // namespace
}  // namespace quartz::cli
