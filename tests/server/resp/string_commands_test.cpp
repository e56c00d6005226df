#include <limits>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "quartz/storage/limits.hpp"
#include "server/resp/resp_conversation.hpp"
#include "support/result_matchers.hpp"

namespace quartz::server {
namespace {

using testing::HasSubstr;

class StringCommands : public RespConversation {};

TEST_F(StringCommands, a_value_is_read_back_byte_for_byte) {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
  EXPECT_EQ(say_words({"SET", bytes, bytes}), "+OK\r\n");
  EXPECT_EQ(say_words({"GET", bytes}), "$256\r\n" + bytes + "\r\n");
  EXPECT_EQ(say_words({"STRLEN", bytes}), ":256\r\n");
  EXPECT_EQ(say("GET absent"), "$-1\r\n");
  EXPECT_EQ(say_words({"SET", "", ""}), "+OK\r\n");
  EXPECT_EQ(say_words({"GET", ""}), "$0\r\n\r\n");
}

TEST_F(StringCommands, rows_of_the_default_keyspace_are_the_strings_of_database_0) {
  ASSERT_THAT(engine().put("embedded", "1"), Succeeds());
  EXPECT_EQ(say("INCR embedded"), ":2\r\n");
  EXPECT_EQ(read(engine(), "embedded"), "2");
  EXPECT_EQ(say("SET told yes"), "+OK\r\n");
  EXPECT_EQ(read(engine(), "told"), "yes");
}

TEST_F(StringCommands, set_heeds_its_conditions) {
  EXPECT_EQ(say("SET a 1 XX"), "$-1\r\n");
  EXPECT_EQ(say("SET a 1 NX"), "+OK\r\n");
  EXPECT_EQ(say("SET a 2 nx"), "$-1\r\n");
  EXPECT_EQ(say("SET a 2 XX GET"), "$1\r\n1\r\n");
  EXPECT_EQ(say("SET a 3 NX GET"), "$1\r\n2\r\n");
  EXPECT_EQ(say("GET a"), "$1\r\n2\r\n");
  EXPECT_EQ(say("SET b 1 GET"), "$-1\r\n");
  for (const char* words : {"NX XX", "EX", "EX 1 PX 1", "EX 1 KEEPTTL", "KEEPTTL EX 1", "BOGUS"}) {
    EXPECT_EQ(say(std::string("SET a 9 ") + words), "-ERR syntax error\r\n") << words;
  }
  EXPECT_EQ(say("GET a"), "$1\r\n2\r\n");
}

TEST_F(StringCommands, set_gives_and_takes_an_expiry) {
  EXPECT_EQ(say("SET a 1 EX 100"), "+OK\r\n");
  EXPECT_EQ(say("TTL a"), ":100\r\n");
  EXPECT_EQ(say("SET a 2 KEEPTTL"), "+OK\r\n");
  EXPECT_EQ(say("PTTL a"), ":100000\r\n");
  EXPECT_EQ(say("SET a 3"), "+OK\r\n");
  EXPECT_EQ(say("TTL a"), ":-1\r\n");
  EXPECT_EQ(say("SETEX a 7 x"), "+OK\r\n");
  EXPECT_EQ(say("PTTL a"), ":7000\r\n");
  EXPECT_EQ(say("PSETEX a 7 x"), "+OK\r\n");
  EXPECT_EQ(say("PTTL a"), ":7\r\n");
  const std::string number = std::to_string(time_.wall().time_since_epoch().count() + 5000);
  EXPECT_EQ(say("SET a 4 PXAT " + number), "+OK\r\n");
  EXPECT_EQ(say("PTTL a"), ":5000\r\n");
  for (const char* words : {"EX 0", "EX -1", "PX 0", "EX 9223372036854775807"}) {
    EXPECT_EQ(say(std::string("SET a 9 ") + words),
              "-ERR invalid expire time in 'set' command\r\n");
  }
  EXPECT_EQ(say("SET a 9 EX soon"), "-ERR value is not an integer or out of range\r\n");
  EXPECT_EQ(say("SETEX a 0 x"), "-ERR invalid expire time in 'setex' command\r\n");
}

TEST_F(StringCommands, getex_and_getdel_change_what_they_read) {
  EXPECT_EQ(say("SET a 1"), "+OK\r\n");
  EXPECT_EQ(say("GETEX a EX 10"), "$1\r\n1\r\n");
  EXPECT_EQ(say("TTL a"), ":10\r\n");
  EXPECT_EQ(say("GETEX a"), "$1\r\n1\r\n");
  EXPECT_EQ(say("TTL a"), ":10\r\n");
  EXPECT_EQ(say("GETEX a PERSIST"), "$1\r\n1\r\n");
  EXPECT_EQ(say("TTL a"), ":-1\r\n");
  EXPECT_EQ(say("GETEX a PXAT 1"), "$1\r\n1\r\n");
  EXPECT_EQ(say("EXISTS a"), ":0\r\n");
  EXPECT_EQ(say("GETEX a EX 10"), "$-1\r\n");
  EXPECT_EQ(say("SET a 1"), "+OK\r\n");
  EXPECT_EQ(say("GETEX a EX"), "-ERR syntax error\r\n");
  EXPECT_EQ(say("GETEX a EX 10 PERSIST"), "-ERR syntax error\r\n");
  EXPECT_EQ(say("GETEX a EX 0"), "-ERR invalid expire time in 'getex' command\r\n");
  EXPECT_EQ(say("GETDEL a"), "$1\r\n1\r\n");
  EXPECT_EQ(say("GETDEL a"), "$-1\r\n");
  EXPECT_EQ(say("GETSET a x"), "$-1\r\n");
  EXPECT_EQ(say("GETSET a y"), "$1\r\nx\r\n");
}

TEST_F(StringCommands, several_keys_are_set_and_read_at_once) {
  EXPECT_EQ(say("MSET a 1 b 2 a 3"), "+OK\r\n");
  EXPECT_EQ(say("MGET a b c a"), "*4\r\n$1\r\n3\r\n$1\r\n2\r\n$-1\r\n$1\r\n3\r\n");
  EXPECT_EQ(say("MSETNX c 1 a 1"), ":0\r\n");
  EXPECT_EQ(say("EXISTS c"), ":0\r\n");
  EXPECT_EQ(say("MSETNX c 1 d 1"), ":1\r\n");
  EXPECT_EQ(say("MGET c d"), "*2\r\n$1\r\n1\r\n$1\r\n1\r\n");
  EXPECT_EQ(say("MSET a 1 b"), "-ERR wrong number of arguments for 'mset' command\r\n");
  EXPECT_EQ(say("MSETNX a 1 b"), "-ERR wrong number of arguments for 'msetnx' command\r\n");
}

TEST_F(StringCommands, numbers_are_counted_with_and_keep_their_expiry) {
  EXPECT_EQ(say("INCR n"), ":1\r\n");
  EXPECT_EQ(say("EXPIRE n 50"), ":1\r\n");
  EXPECT_EQ(say("INCRBY n 41"), ":42\r\n");
  EXPECT_EQ(say("DECR n"), ":41\r\n");
  EXPECT_EQ(say("DECRBY n -9"), ":50\r\n");
  EXPECT_EQ(say("TTL n"), ":50\r\n");
  EXPECT_EQ(say("SET n 9223372036854775807"), "+OK\r\n");
  EXPECT_EQ(say("INCR n"), "-ERR increment or decrement would overflow\r\n");
  EXPECT_EQ(say("DECRBY n -9223372036854775808"), "-ERR decrement would overflow\r\n");
  EXPECT_EQ(say("GET n"), "$19\r\n9223372036854775807\r\n");
}

TEST_F(StringCommands, what_is_no_number_is_not_counted_with) {
  for (const std::string text :
       {"", "a", "01", "+1", " 1", "1 ", "1.5", "9223372036854775808", "-0"}) {
    ASSERT_EQ(say_words({"SET", "n", text}), "+OK\r\n");
    EXPECT_EQ(say("INCR n"), "-ERR value is not an integer or out of range\r\n") << text;
    if (!text.empty()) {
      EXPECT_EQ(say_words({"INCRBY", "m", text}),
                "-ERR value is not an integer or out of range\r\n");
    }
  }
  EXPECT_EQ(say("EXISTS m"), ":0\r\n");
}

TEST_F(StringCommands, fractions_are_added) {
  EXPECT_EQ(say("SET f 10.50"), "+OK\r\n");
  EXPECT_EQ(say("INCRBYFLOAT f 0.1"), "$4\r\n10.6\r\n");
  EXPECT_EQ(say("INCRBYFLOAT f -5"), "$3\r\n5.6\r\n");
  EXPECT_EQ(say("SET f 5.0e3"), "+OK\r\n");
  EXPECT_EQ(say("INCRBYFLOAT f 2.0e2"), "$4\r\n5200\r\n");
  EXPECT_EQ(say("INCRBYFLOAT f x"), "-ERR value is not a valid float\r\n");
  EXPECT_EQ(say("INCRBYFLOAT f inf"), "-ERR increment would produce NaN or Infinity\r\n");
  EXPECT_EQ(say("SET f word"), "+OK\r\n");
  EXPECT_EQ(say("INCRBYFLOAT f 1"), "-ERR value is not a valid float\r\n");
}

TEST_F(StringCommands, parts_of_a_string_are_read_and_written) {
  EXPECT_EQ(say("APPEND a Hello"), ":5\r\n");
  EXPECT_EQ(say("APPEND a World"), ":10\r\n");
  EXPECT_EQ(say("GETRANGE a 0 4"), "$5\r\nHello\r\n");
  EXPECT_EQ(say("SUBSTR a -5 -1"), "$5\r\nWorld\r\n");
  EXPECT_EQ(say("GETRANGE a 5 100"), "$5\r\nWorld\r\n");
  EXPECT_EQ(say("GETRANGE a 7 3"), "$0\r\n\r\n");
  EXPECT_EQ(say("GETRANGE a -1 -5"), "$0\r\n\r\n");
  EXPECT_EQ(say("GETRANGE absent 0 -1"), "$0\r\n\r\n");
  EXPECT_EQ(say("SETRANGE a 5 There"), ":10\r\n");
  EXPECT_EQ(say("GET a"), "$10\r\nHelloThere\r\n");
  EXPECT_EQ(say("SETRANGE b 2 x"), ":3\r\n");
  EXPECT_EQ(say("GET b"), std::string("$3\r\n\0\0x\r\n", 9));
  EXPECT_EQ(say("SETRANGE absent 5 \"\""), ":0\r\n");
  EXPECT_EQ(say("EXISTS absent"), ":0\r\n");
  EXPECT_EQ(say("SETRANGE a -1 x"), "-ERR offset is out of range\r\n");
}

TEST_F(StringCommands, strings_and_keys_have_a_greatest_length) {
  const std::string too_long = std::to_string(kValueBytesMax);
  EXPECT_THAT(say("SETRANGE a " + too_long + " x"),
              HasSubstr("-ERR string exceeds maximum allowed size"));
  EXPECT_THAT(say("SETRANGE a 9223372036854775807 xx"),
              HasSubstr("-ERR string exceeds maximum allowed size"));
  EXPECT_EQ(say("EXISTS a"), ":0\r\n");
  const std::string longest(kServerKeyBytesMax, 'k');
  EXPECT_EQ(say_words({"SET", longest, "v"}), "+OK\r\n");
  EXPECT_EQ(say_words({"GET", longest}), "$1\r\nv\r\n");
  EXPECT_THAT(say_words({"SET", longest + "k", "v"}), HasSubstr("-ERR "));
  EXPECT_THAT(say_words({"GET", longest + "k"}), HasSubstr("-ERR "));
}

TEST_F(StringCommands, commands_of_strings_refuse_other_kinds) {
  ASSERT_THAT(engine().put("h", std::string(16, '\1'), RowAttributes{.kind = 1}), Succeeds());
  for (const char* line :
       {"GET h", "INCR h", "APPEND h x", "GETRANGE h 0 1", "SETRANGE h 1 x", "STRLEN h",
        "GETSET h x", "GETDEL h", "GETEX h", "INCRBYFLOAT h 1", "SET h 1 GET"}) {
    EXPECT_EQ(say(line), "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n")
        << line;
  }
  EXPECT_EQ(say("TYPE h"), "+hash\r\n");
  EXPECT_EQ(say("MGET h"), "*1\r\n$-1\r\n");
  EXPECT_EQ(say("SETNX h 1"), ":0\r\n");
  EXPECT_EQ(say("SET h 1"), "+OK\r\n");
  EXPECT_EQ(say("TYPE h"), "+string\r\n");
}

TEST_F(StringCommands, null_is_a_reply_of_its_own_in_resp3) {
  EXPECT_THAT(say("HELLO 3"), HasSubstr("proto"));
  EXPECT_EQ(say("GET absent"), "_\r\n");
  EXPECT_EQ(say("MGET absent"), "*1\r\n_\r\n");
}

}  // namespace
}  // namespace quartz::server
