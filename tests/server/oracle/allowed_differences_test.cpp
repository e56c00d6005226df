#include "server/oracle/allowed_differences.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "protocol/resp_reply_parser.hpp"

namespace quartz::server {
namespace {

using namespace std::string_view_literals;

ReplyTree reply(std::string_view bytes) {
  protocol::RespReplyParser parser;
  EXPECT_EQ(parser.advance(bytes), protocol::RespReplyParser::Progress::complete);
  return tree_of(parser.nodes());
}

/// An array of texts.
ReplyTree texts(const std::vector<std::string_view>& items) {
  std::string bytes = "*" + std::to_string(items.size()) + "\r\n";
  for (const std::string_view item : items) {
    bytes += "$" + std::to_string(item.size()) + "\r\n" + std::string(item) + "\r\n";
  }
  return reply(bytes);
}

RandomCommand command(std::vector<std::string> words, Comparison comparison = Comparison::exact) {
  return {.words = std::move(words), .comparison = comparison};
}

TEST(AllowedDifferences, a_set_sorted_by_what_leads_nowhere_has_an_order_of_its_own) {
  EXPECT_TRUE(is_allowed_difference(command({"SORT", "s", "BY", "x", "DESC"}), texts({"a", "b"}),
                                    texts({"b", "a"})));
  EXPECT_TRUE(is_allowed_difference(command({"sort_ro", "s", "LIMIT", "0", "1", "by", "x"}),
                                    texts({"a"}), texts({"b"})));
  const RandomCommand by = command({"SORT", "s", "BY", "x"});
  EXPECT_FALSE(is_allowed_difference(by, texts({"a", "b"}), texts({"b"})));
  EXPECT_FALSE(is_allowed_difference(by, reply("-ERR no\r\n"), texts({"b"})));
  EXPECT_FALSE(is_allowed_difference(command({"SORT", "s", "BY", "x*"}), texts({"a", "b"}),
                                     texts({"b", "a"})));
  EXPECT_FALSE(is_allowed_difference(command({"SORT", "s", "BY", "x", "STORE", "t"}),
                                     reply(":2\r\n"), reply(":3\r\n")));
}

TEST(AllowedDifferences, texts_that_are_the_same_up_to_a_zero_byte_sort_in_any_order) {
  const auto some = texts({"\0x"sv, "", "a", "a\0b"sv});
  const auto other = texts({"", "\0x"sv, "a\0b"sv, "a"});
  EXPECT_TRUE(is_allowed_difference(command({"SORT", "s", "ALPHA"}), some, other));
  EXPECT_TRUE(is_allowed_difference(command({"SORT", "s", "ALPHA", "LIMIT", "0", "1"}),
                                    texts({"\0x"sv}), texts({""})));
  EXPECT_FALSE(is_allowed_difference(command({"SORT", "s"}), some, other));
  EXPECT_FALSE(is_allowed_difference(command({"SORT", "s", "ALPHA"}), texts({"a", "b\0"sv}),
                                     texts({"b\0"sv, "a"})));
  EXPECT_FALSE(is_allowed_difference(command({"SORT", "s", "ALPHA"}), texts({"\0x"sv, ""}),
                                     texts({"", "\0y"sv})));
  EXPECT_FALSE(is_allowed_difference(command({"SORT", "s", "ALPHA"}), texts({"b"}), texts({"a"})));
}

TEST(AllowedDifferences, what_is_told_of_such_texts_goes_with_them) {
  const RandomCommand told = command({"SORT", "s", "ALPHA", "GET", "#", "GET", "x*"});
  EXPECT_TRUE(
      is_allowed_difference(told, texts({"\0"sv, "1", "", "2"}), texts({"", "2", "\0"sv, "1"})));
  EXPECT_FALSE(
      is_allowed_difference(told, texts({"\0"sv, "1", "", "2"}), texts({"", "1", "\0"sv, "2"})));
}

TEST(AllowedDifferences, scores_of_minus_zero_are_zero_in_any_order_that_is_allowed) {
  const RandomCommand range = command({"ZRANGE", "z", "0", "-1", "WITHSCORES"});
  EXPECT_TRUE(
      is_allowed_difference(range, texts({"a", "-0", "b", "1"}), texts({"a", "0", "b", "1"})));
  EXPECT_TRUE(
      is_allowed_difference(command({"ZSCORE", "z", "a"}), reply(",-0\r\n"), reply(",0\r\n")));
  EXPECT_FALSE(
      is_allowed_difference(range, texts({"b", "1", "a", "-0"}), texts({"a", "0", "b", "1"})));
  const RandomCommand scan =
      command({"ZSCAN", "z", "0", "COUNT", "1000000"}, Comparison::unordered_pairs);
  EXPECT_TRUE(
      is_allowed_difference(scan, texts({"b", "1", "a", "-0"}), texts({"a", "0", "b", "1"})));
  EXPECT_FALSE(
      is_allowed_difference(scan, texts({"b", "-0", "a", "1"}), texts({"a", "0", "b", "1"})));
}

}  // namespace
}  // namespace quartz::server
