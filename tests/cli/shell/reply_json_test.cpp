#include "cli/shell/reply_json.hpp"

#include <string>

#include <gtest/gtest.h>

#include "cli/shell/parsed_reply.hpp"

namespace quartz::cli {
namespace {

std::string json(std::string_view bytes) { return reply_as_json(parsed_reply(bytes)); }

TEST(ReplyJson, is_one_line_for_each_reply) {
  EXPECT_EQ(json("+OK\r\n"), "\"OK\"\n");
  EXPECT_EQ(json("*4\r\n:1\r\n_\r\n,1.5\r\n#f\r\n"), "[1,null,1.5,false]\n");
  EXPECT_EQ(json("$3\r\na\nb\r\n"), "\"a\\nb\"\n");
  EXPECT_EQ(json("*0\r\n"), "[]\n");
}

TEST(ReplyJson, loses_no_byte_that_is_not_text) {
  EXPECT_EQ(json("$2\r\n\xff\x01\r\n"), "{\"base64\":\"/wE=\"}\n");
}

TEST(ReplyJson, writes_numbers_that_json_cannot_hold_as_text) {
  EXPECT_EQ(json(",inf\r\n"), "\"inf\"\n");
  EXPECT_EQ(json(",nan\r\n"), "\"nan\"\n");
  EXPECT_EQ(json("(12345678901234567890\r\n"), "\"12345678901234567890\"\n");
}

TEST(ReplyJson, is_an_object_where_all_keys_are_text) {
  EXPECT_EQ(json("%2\r\n$1\r\na\r\n:1\r\n+b\r\n_\r\n"), "{\"a\":1,\"b\":null}\n");
  EXPECT_EQ(json("%1\r\n:1\r\n:2\r\n"), "[[1,2]]\n");
  EXPECT_EQ(json("%0\r\n"), "{}\n");
}

TEST(ReplyJson, marks_errors_within_a_reply) {
  EXPECT_EQ(json("*1\r\n-ERR no\r\n"), "[{\"error\":\"ERR no\"}]\n");
}

}  // namespace
}  // namespace quartz::cli
