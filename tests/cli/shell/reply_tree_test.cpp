#include "cli/shell/reply_tree.hpp"

#include <gtest/gtest.h>

#include "cli/shell/parsed_reply.hpp"

namespace quartz::cli {
namespace {

using protocol::RespType;

TEST(ReplyTree, tells_a_word_of_the_server_from_a_stored_string) {
  EXPECT_EQ(parsed_reply("+OK\r\n").type, RespType::simple);
  EXPECT_EQ(parsed_reply("$2\r\nOK\r\n").type, RespType::bulk);
}

TEST(ReplyTree, holds_what_aggregates_hold) {
  const ReplyTree reply = parsed_reply("*2\r\n:1\r\n*1\r\n$1\r\na\r\n");
  ASSERT_EQ(reply.elements.size(), 2u);
  EXPECT_EQ(reply.elements[0], (ReplyTree{.type = RespType::integer, .text = "1"}));
  EXPECT_EQ(reply.elements[1].elements[0].text, "a");
}

TEST(ReplyTree, leaves_out_what_is_said_about_its_parts) {
  EXPECT_EQ(parsed_reply("|1\r\n+ttl\r\n:5\r\n$1\r\na\r\n").text, "a");
}

TEST(ReplyTree, has_the_text_of_a_verbatim_string_without_its_format) {
  EXPECT_EQ(parsed_reply("=6\r\ntxt:hi\r\n").text, "hi");
}

TEST(ReplyTree, finds_what_stands_behind_a_key_in_both_versions_of_the_protocol) {
  for (const char* const bytes : {"%1\r\n+size\r\n:7\r\n", "*2\r\n+size\r\n:7\r\n"}) {
    const ReplyTree reply = parsed_reply(bytes);
    ASSERT_NE(reply.find("size"), nullptr);
    EXPECT_EQ(reply.find("size")->text, "7");
    EXPECT_EQ(reply.find("7"), nullptr);
  }
}

}  // namespace
}  // namespace quartz::cli
