#include "protocol/resp_line.hpp"

#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace quartz::protocol {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;

std::optional<std::vector<std::string>> words_of(std::string_view line) {
  std::vector<std::string> words = {"left", "over"};
  if (!split_resp_line(line, words)) return std::nullopt;
  return words;
}

TEST(RespLine, is_cut_at_spaces) {
  EXPECT_THAT(words_of("SET key value"), Optional(ElementsAre("SET", "key", "value")));
  EXPECT_THAT(words_of("  PING\t \r"), Optional(ElementsAre("PING")));
  EXPECT_THAT(words_of(""), Optional(IsEmpty()));
  EXPECT_THAT(words_of(" \t"), Optional(IsEmpty()));
}

TEST(RespLine, quotes_hold_a_word_together) {
  EXPECT_THAT(words_of(R"(SET "a key" 'a value')"),
              Optional(ElementsAre("SET", "a key", "a value")));
  EXPECT_THAT(words_of(R"(SET "" '')"), Optional(ElementsAre("SET", "", "")));
  EXPECT_THAT(words_of(R"(a"b c")"), Optional(ElementsAre("ab c")));
}

TEST(RespLine, double_quotes_have_escapes) {
  EXPECT_THAT(words_of(R"("\n\r\t\b\a")"), Optional(ElementsAre("\n\r\t\b\a")));
  EXPECT_THAT(words_of(R"("\x00\xfF")"), Optional(ElementsAre(std::string("\0\xFF", 2))));
  EXPECT_THAT(words_of(R"("\"\\\q")"), Optional(ElementsAre("\"\\q")));
  EXPECT_THAT(words_of(R"("\xg0\x")"), Optional(ElementsAre("xg0x")));
}

TEST(RespLine, single_quotes_have_one_escape) {
  EXPECT_THAT(words_of(R"('it\'s')"), Optional(ElementsAre("it's")));
  EXPECT_THAT(words_of(R"('\n\q')"), Optional(ElementsAre(R"(\n\q)")));
}

TEST(RespLine, quotes_are_closed_where_a_word_ends) {
  for (const char* line : {R"("open)", R"('open)", R"("a"b)", R"('a'b)", R"(a "b\")", R"(")"}) {
    EXPECT_EQ(words_of(line), std::nullopt) << line;
  }
}

}  // namespace
}  // namespace quartz::protocol
