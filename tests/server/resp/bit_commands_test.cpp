#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/resp/resp_conversation.hpp"

namespace quartz::server {
namespace {

using testing::HasSubstr;

constexpr const char* kWrongKind =
    "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n";

class BitCommands : public RespConversation {
 protected:
  std::string set(const std::string& key, const std::string& bytes) {
    return say_words({"SET", key, bytes});
  }
};

TEST_F(BitCommands, a_bit_is_set_and_the_string_grows_to_hold_it) {
  EXPECT_EQ(say("SETBIT a 7 1"), ":0\r\n");
  EXPECT_EQ(say_words({"GET", "a"}), "$1\r\n\x01\r\n");
  EXPECT_EQ(say("SETBIT a 7 0"), ":1\r\n");
  EXPECT_EQ(say("SETBIT a 16 1"), ":0\r\n");
  EXPECT_EQ(say("GET a"), std::string("$3\r\n\0\0\x80\r\n", 9));
  EXPECT_EQ(say("GETBIT a 16"), ":1\r\n");
  EXPECT_EQ(say("GETBIT a 17"), ":0\r\n");
  EXPECT_EQ(say("GETBIT a 4294967295"), ":0\r\n");
  EXPECT_EQ(say("GETBIT absent 0"), ":0\r\n");
}

TEST_F(BitCommands, a_bit_that_stays_as_it_is_changes_nothing_for_who_watches) {
  EXPECT_EQ(say("SETBIT a 7 1"), ":0\r\n");
  RespPeer other(server());
  EXPECT_EQ(say("WATCH a"), "+OK\r\n");
  EXPECT_EQ(other.say("SETBIT a 7 1"), ":1\r\n");
  say("MULTI");
  say("PING");
  EXPECT_EQ(say("EXEC"), "*1\r\n+PONG\r\n");
}

TEST_F(BitCommands, bits_keep_the_expiry_of_their_string) {
  say("SET a x EX 100");
  EXPECT_EQ(say("SETBIT a 100 1"), ":0\r\n");
  EXPECT_EQ(say("BITFIELD a SET u8 0 1"), "*1\r\n:120\r\n");
  EXPECT_EQ(say("TTL a"), ":100\r\n");
}

TEST_F(BitCommands, what_is_no_bit_is_refused) {
  for (const char* offset : {"-1", "x", "4294967296", "9223372036854775808", "01"}) {
    EXPECT_EQ(say(std::string("SETBIT a ") + offset + " 1"),
              "-ERR bit offset is not an integer or out of range\r\n");
    EXPECT_EQ(say(std::string("GETBIT a ") + offset),
              "-ERR bit offset is not an integer or out of range\r\n");
  }
  for (const char* bit : {"2", "-1", "x", ""}) {
    EXPECT_EQ(say_words({"SETBIT", "a", "1", bit}),
              "-ERR bit is not an integer or out of range\r\n");
  }
  EXPECT_EQ(say("EXISTS a"), ":0\r\n");
}

TEST_F(BitCommands, set_bits_are_counted_between_bytes_and_between_bits) {
  set("a", "foobar and more bytes");
  EXPECT_EQ(say("BITCOUNT a 0 5"), ":26\r\n");
  EXPECT_EQ(say("BITCOUNT a 0 0"), ":4\r\n");
  EXPECT_EQ(say("BITCOUNT a 1 1 BYTE"), ":6\r\n");
  EXPECT_EQ(say("BITCOUNT a 5 30 BIT"), ":17\r\n");
  EXPECT_EQ(say("BITCOUNT a 1 2 BIT"), ":2\r\n");
  EXPECT_EQ(say("BITCOUNT a 0 -1"), say("BITCOUNT a"));
  EXPECT_EQ(say("BITCOUNT a 0 1000"), say("BITCOUNT a"));
  EXPECT_EQ(say("BITCOUNT a 5 3"), ":0\r\n");
  EXPECT_EQ(say("BITCOUNT a -1 -2"), ":0\r\n");
  EXPECT_EQ(say("BITCOUNT absent 0 -1"), ":0\r\n");
  EXPECT_EQ(say("BITCOUNT a 0"), "-ERR syntax error\r\n");
  EXPECT_EQ(say("BITCOUNT a 0 1 BOGUS"), "-ERR syntax error\r\n");
  EXPECT_EQ(say("BITCOUNT a 0 x"), "-ERR value is not an integer or out of range\r\n");
}

TEST_F(BitCommands, the_first_bit_is_found) {
  set("a", std::string("\xFF\xF0\x00", 3));
  EXPECT_EQ(say("BITPOS a 0"), ":12\r\n");
  EXPECT_EQ(say("BITPOS a 1 2"), ":-1\r\n");
  EXPECT_EQ(say("BITPOS a 1 1"), ":8\r\n");
  EXPECT_EQ(say("BITPOS a 0 2 -1"), ":16\r\n");
  EXPECT_EQ(say("BITPOS a 1 13 20 BIT"), ":-1\r\n");
  EXPECT_EQ(say("BITPOS a 0 3 15 BIT"), ":12\r\n");
  EXPECT_EQ(say("BITPOS a 2"), "-ERR The bit argument must be 1 or 0.\r\n");
  EXPECT_EQ(say("BITPOS a 0 1 2 BOGUS"), "-ERR syntax error\r\n");
}

TEST_F(BitCommands, a_clear_bit_is_found_behind_the_end_unless_the_end_was_named) {
  set("a", "\xFF\xFF");
  EXPECT_EQ(say("BITPOS a 0"), ":16\r\n");
  EXPECT_EQ(say("BITPOS a 0 1"), ":16\r\n");
  EXPECT_EQ(say("BITPOS a 0 0 -1"), ":-1\r\n");
  EXPECT_EQ(say("BITPOS a 0 5"), ":-1\r\n");
  EXPECT_EQ(say("BITPOS absent 0"), ":0\r\n");
  EXPECT_EQ(say("BITPOS absent 1"), ":-1\r\n");
}

TEST_F(BitCommands, strings_are_combined_as_if_they_were_equally_long) {
  set("a", "\x0F\xFF");
  set("b", "\x3C");
  EXPECT_EQ(say("BITOP AND r a b"), ":2\r\n");
  EXPECT_EQ(say("GET r"), std::string("$2\r\n\x0C\0\r\n", 8));
  EXPECT_EQ(say("BITOP or r a b absent"), ":2\r\n");
  EXPECT_EQ(say("GET r"), "$2\r\n\x3F\xFF\r\n");
  EXPECT_EQ(say("BITOP XOR r a b"), ":2\r\n");
  EXPECT_EQ(say("GET r"), "$2\r\n\x33\xFF\r\n");
  EXPECT_EQ(say("BITOP NOT a a"), ":2\r\n");
  EXPECT_EQ(say("GET a"), std::string("$2\r\n\xF0\0\r\n", 8));
}

TEST_F(BitCommands, combining_nothing_removes_the_target) {
  say("LPUSH r x");
  EXPECT_EQ(say("BITOP AND r absent"), ":0\r\n");
  EXPECT_EQ(say("EXISTS r"), ":0\r\n");
  EXPECT_EQ(say("BITOP NOT r a b"), "-ERR BITOP NOT must be called with a single source key.\r\n");
  EXPECT_EQ(say("BITOP NAND r a"), "-ERR syntax error\r\n");
}

TEST_F(BitCommands, fields_are_read_set_and_added_to) {
  EXPECT_EQ(say("BITFIELD a INCRBY i5 100 1 GET u4 0"), "*2\r\n:1\r\n:0\r\n");
  EXPECT_EQ(say("BITFIELD b SET u8 #1 200 GET u8 8 GET i8 8"), "*3\r\n:0\r\n:200\r\n:-56\r\n");
  EXPECT_EQ(say("BITFIELD b SET i64 3 -9223372036854775808 GET i64 3"),
            "*2\r\n:450359962737049600\r\n:-9223372036854775808\r\n");
  EXPECT_EQ(say("BITFIELD_RO b GET i64 3"), "*1\r\n:-9223372036854775808\r\n");
  EXPECT_EQ(say("BITFIELD b GET u63 1000"), "*1\r\n:0\r\n");
  EXPECT_EQ(say("BITFIELD b"), "*0\r\n");
}

TEST_F(BitCommands, a_sum_that_does_not_fit_wraps_saturates_or_fails) {
  EXPECT_EQ(say("BITFIELD a SET u2 0 3 INCRBY u2 0 1"), "*2\r\n:0\r\n:0\r\n");
  EXPECT_EQ(say("BITFIELD a OVERFLOW SAT INCRBY u2 0 7 INCRBY i2 2 -9"), "*2\r\n:3\r\n:-2\r\n");
  EXPECT_EQ(say("BITFIELD a OVERFLOW FAIL INCRBY u2 0 1 GET u2 0"), "*2\r\n$-1\r\n:3\r\n");
  EXPECT_EQ(say("BITFIELD a OVERFLOW SAT SET u4 8 -1 GET u4 8"), "*2\r\n:0\r\n:15\r\n");
  EXPECT_EQ(say("BITFIELD a SET i64 64 9223372036854775807 OVERFLOW WRAP INCRBY i64 64 1"),
            "*2\r\n:0\r\n:-9223372036854775808\r\n");
  EXPECT_EQ(say("BITFIELD a OVERFLOW SAT INCRBY i64 64 -1"), "*1\r\n:-9223372036854775808\r\n");
}

TEST_F(BitCommands, fields_that_make_no_sense_are_refused_before_anything_is_written) {
  for (const char* type : {"u64", "i65", "i0", "x8", "u"}) {
    EXPECT_THAT(say(std::string("BITFIELD a SET u8 0 1 GET ") + type + " 0"),
                HasSubstr("-ERR Invalid bitfield type."));
  }
  for (const char* offset : {"-1", "#-1", "#x", "#9223372036854775807"}) {
    EXPECT_EQ(say(std::string("BITFIELD a SET u8 0 1 GET u8 ") + offset),
              "-ERR bit offset is not an integer or out of range\r\n");
  }
  EXPECT_EQ(say("BITFIELD a OVERFLOW BOGUS"), "-ERR Invalid OVERFLOW type specified\r\n");
  EXPECT_EQ(say("BITFIELD a SET u8 0"), "-ERR syntax error\r\n");
  EXPECT_EQ(say("BITFIELD_RO a SET u8 0 1"),
            "-ERR BITFIELD_RO only supports the GET subcommand\r\n");
  EXPECT_EQ(say("EXISTS a"), ":0\r\n");
}

TEST_F(BitCommands, other_kinds_are_refused) {
  say("LPUSH l x");
  for (const char* line : {"SETBIT l 0 1", "GETBIT l 0", "BITCOUNT l", "BITPOS l 1", "BITOP OR r l",
                           "BITFIELD l", "BITFIELD l SET u8 0 1", "BITFIELD_RO l GET u8 0"}) {
    EXPECT_EQ(say(line), kWrongKind) << line;
  }
}

}  // namespace
}  // namespace quartz::server
