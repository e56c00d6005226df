#include "cli/shell/reply_text.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/shell/parsed_reply.hpp"

namespace quartz::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string pretty(std::string_view bytes) {
  return reply_as_text(parsed_reply(bytes), Style(false));
}
std::string raw(std::string_view bytes) { return reply_as_raw(parsed_reply(bytes)); }

TEST(ReplyText, shows_of_what_kind_each_value_is) {
  EXPECT_EQ(pretty("+OK\r\n"), "OK\n");
  EXPECT_EQ(pretty("$2\r\nOK\r\n"), "\"OK\"\n");
  EXPECT_EQ(pretty(":1\r\n"), "(integer) 1\n");
  EXPECT_EQ(pretty("$1\r\n1\r\n"), "\"1\"\n");
  EXPECT_EQ(pretty(",1.5\r\n"), "(double) 1.5\n");
  EXPECT_EQ(pretty(",inf\r\n"), "(double) inf\n");
  EXPECT_EQ(pretty("(12345678901234567890\r\n"), "(big number) 12345678901234567890\n");
  EXPECT_EQ(pretty("#t\r\n"), "(true)\n");
  EXPECT_EQ(pretty("#f\r\n"), "(false)\n");
  EXPECT_EQ(pretty("-ERR wrong\r\n"), "(error) ERR wrong\n");
}

TEST(ReplyText, tells_nothing_from_an_empty_string) {
  EXPECT_EQ(pretty("_\r\n"), "(nil)\n");
  EXPECT_EQ(pretty("$-1\r\n"), "(nil)\n");
  EXPECT_EQ(pretty("$0\r\n\r\n"), "\"\"\n");
}

TEST(ReplyText, tells_empty_aggregates_apart) {
  EXPECT_EQ(pretty("*0\r\n"), "(empty array)\n");
  EXPECT_EQ(pretty("~0\r\n"), "(empty set)\n");
  EXPECT_EQ(pretty("%0\r\n"), "(empty map)\n");
}

TEST(ReplyText, escapes_every_byte_that_a_terminal_would_obey) {
  EXPECT_EQ(pretty("$4\r\n\x1b[2J\r\n"), "\"\\x1b[2J\"\n");
  EXPECT_EQ(pretty("+\x1b[2J\r\n"), "\\x1b[2J\n");
  EXPECT_EQ(pretty("=9\r\ntxt:\x1b[2J\n\r\n"), "\\x1b[2J\n");
  EXPECT_EQ(pretty("-ERR \x07\r\n"), "(error) ERR \\x07\n");
}

TEST(ReplyText, keeps_the_lines_of_a_verbatim_string) {
  EXPECT_EQ(pretty("=14\r\ntxt:# A\r\nb:1\r\n\r\n"), "# A\nb:1\n");
}

TEST(ReplyText, numbers_elements_and_indents_what_they_hold) {
  EXPECT_EQ(pretty("*2\r\n*2\r\n:1\r\n:2\r\n$1\r\na\r\n"),
            "1) 1) (integer) 1\n"
            "   2) (integer) 2\n"
            "2) \"a\"\n");
  EXPECT_EQ(pretty("~1\r\n$1\r\na\r\n"), "1~ \"a\"\n");
}

TEST(ReplyText, aligns_the_numbers_of_long_arrays) {
  std::string bytes = "*10\r\n";
  for (int i = 0; i < 10; ++i) bytes += ":0\r\n";
  EXPECT_THAT(pretty(bytes), HasSubstr(" 9) (integer) 0\n10) (integer) 0\n"));
}

TEST(ReplyText, puts_the_value_behind_its_key) {
  EXPECT_EQ(pretty("%2\r\n$1\r\na\r\n:1\r\n$1\r\nb\r\n*2\r\n:2\r\n:3\r\n"),
            "1# \"a\" => (integer) 1\n"
            "2# \"b\" => \n"
            "      1) (integer) 2\n"
            "      2) (integer) 3\n");
}

TEST(ReplyText, has_colours_only_if_there_are_any) {
  EXPECT_THAT(reply_as_text(parsed_reply("-ERR x\r\n"), Style(true)), HasSubstr("\033["));
  EXPECT_THAT(pretty("-ERR x\r\n"), Not(HasSubstr("\033")));
}

TEST(ReplyText, is_the_bytes_alone_when_it_is_raw) {
  EXPECT_EQ(raw("$3\r\na\x01"
                "b\r\n"),
            "a\x01"
            "b\n");
  EXPECT_EQ(raw("*3\r\n:1\r\n_\r\n*1\r\n$1\r\na\r\n"), "1\n\na\n");
  EXPECT_EQ(raw("%1\r\n$1\r\na\r\n:1\r\n"), "a\n1\n");
  EXPECT_EQ(raw("#t\r\n"), "true\n");
  EXPECT_EQ(raw("=6\r\ntxt:a\n\r\n"), "a\n");
}

}  // namespace
}  // namespace quartz::cli
