#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/resp/resp_conversation.hpp"

namespace quartz::server {
namespace {

using testing::HasSubstr;

class ObjectCommands : public RespConversation {
 protected:
  std::string encoding_of(std::string_view key) {
    const std::string reply = say("OBJECT ENCODING " + std::string(key));
    const std::size_t begin = reply.find("\r\n") + 2;
    return reply.size() < begin + 2 ? reply : reply.substr(begin, reply.size() - begin - 2);
  }
};

TEST_F(ObjectCommands, strings_are_numbers_or_short_or_long) {
  say("SET a 9223372036854775807");
  say("SET b 9223372036854775808");
  say("SET c 007");
  say("SET d " + std::string(44, 'x'));
  say("SET e " + std::string(45, 'x'));
  EXPECT_EQ(encoding_of("a"), "int");
  EXPECT_EQ(encoding_of("b"), "embstr");
  EXPECT_EQ(encoding_of("c"), "embstr");
  EXPECT_EQ(encoding_of("d"), "embstr");
  EXPECT_EQ(encoding_of("e"), "raw");
}

TEST_F(ObjectCommands, sorted_sets_are_packed_while_they_are_few_and_small) {
  say("ZADD z 1 a 2 b");
  EXPECT_EQ(encoding_of("z"), "listpack");
  say("ZADD z 3 " + std::string(65, 'x'));
  EXPECT_EQ(encoding_of("z"), "skiplist");
  say("CONFIG SET zset-max-listpack-value 65");
  EXPECT_EQ(encoding_of("z"), "listpack");
  say("CONFIG SET zset-max-listpack-entries 2");
  EXPECT_EQ(encoding_of("z"), "skiplist");
}

TEST_F(ObjectCommands, sets_hashes_and_lists_have_encodings_of_their_own) {
  say("SADD s 1 2 -3");
  EXPECT_EQ(encoding_of("s"), "intset");
  say("SADD s a");
  EXPECT_EQ(encoding_of("s"), "hashtable");
  say("HSET h a 1");
  EXPECT_EQ(encoding_of("h"), "listpack");
  say("HSET h b " + std::string(65, 'x'));
  EXPECT_EQ(encoding_of("h"), "hashtable");
  say("RPUSH l a");
  EXPECT_EQ(encoding_of("l"), "quicklist");
}

TEST_F(ObjectCommands, numbers_below_ten_thousand_are_shared) {
  say("SET a 9999");
  say("SET b 10000");
  EXPECT_EQ(say("OBJECT REFCOUNT a"), ":2147483647\r\n");
  EXPECT_EQ(say("OBJECT REFCOUNT b"), ":1\r\n");
}

TEST_F(ObjectCommands, reads_are_not_noted) {
  say("SET a 1");
  EXPECT_EQ(say("OBJECT IDLETIME a"), ":0\r\n");
  EXPECT_THAT(say("OBJECT FREQ a"), HasSubstr("-ERR An LFU maxmemory policy is not selected"));
}

TEST_F(ObjectCommands, nothing_is_known_of_a_key_that_is_not_there) {
  for (const char* what : {"ENCODING", "REFCOUNT", "IDLETIME", "FREQ"}) {
    EXPECT_EQ(say("OBJECT " + std::string(what) + " none"), "$-1\r\n") << what;
  }
}

TEST_F(ObjectCommands, help_names_every_subcommand) {
  const std::string help = say("OBJECT HELP");
  for (const char* what : {"ENCODING", "REFCOUNT", "IDLETIME", "FREQ"}) {
    EXPECT_THAT(help, HasSubstr(what));
  }
  EXPECT_EQ(say("OBJECT FOO a"), "-ERR unknown subcommand 'FOO'. Try OBJECT HELP.\r\n");
}

}  // namespace
}  // namespace quartz::server
