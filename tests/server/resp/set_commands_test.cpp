#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/resp/event_listener.hpp"
#include "server/resp/resp_conversation.hpp"

namespace quartz::server {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

class SetCommands : public RespConversation {};

TEST_F(SetCommands, members_come_and_go) {
  EXPECT_EQ(say("SADD s b a b"), ":2\r\n");
  EXPECT_EQ(say("SADD s a c"), ":1\r\n");
  EXPECT_EQ(say("SCARD s"), ":3\r\n");
  EXPECT_EQ(say("SISMEMBER s a"), ":1\r\n");
  EXPECT_EQ(say("SISMEMBER s absent"), ":0\r\n");
  EXPECT_EQ(say("SMISMEMBER s a absent c"), "*3\r\n:1\r\n:0\r\n:1\r\n");
  EXPECT_EQ(say("SMISMEMBER absent a"), "*1\r\n:0\r\n");
  EXPECT_EQ(say("SMEMBERS s"), "*3\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\nc\r\n");
  EXPECT_EQ(say("SREM s a a absent"), ":1\r\n");
  EXPECT_EQ(say("TYPE s"), "+set\r\n");
  EXPECT_EQ(say("SREM s b c"), ":2\r\n");
  EXPECT_EQ(say("EXISTS s"), ":0\r\n");
  EXPECT_EQ(say("SREM s b"), ":0\r\n");
  EXPECT_EQ(say("SMEMBERS s"), "*0\r\n");
}

TEST_F(SetCommands, replies_are_sets_where_there_are_sets) {
  EXPECT_EQ(say("SADD s a b"), ":2\r\n");
  EXPECT_THAT(say("HELLO 3"), StartsWith("%"));
  for (const char* command : {"SMEMBERS s", "SINTER s s", "SUNION s", "SDIFF s absent"}) {
    EXPECT_EQ(say(command), "~2\r\n$1\r\na\r\n$1\r\nb\r\n") << command;
  }
  EXPECT_EQ(say("SRANDMEMBER s 5"), "*2\r\n$1\r\na\r\n$1\r\nb\r\n");
  EXPECT_EQ(say("SPOP s 5"), "~2\r\n$1\r\na\r\n$1\r\nb\r\n");
  EXPECT_EQ(say("SPOP s 5"), "~0\r\n");
  EXPECT_EQ(say("SPOP s"), "_\r\n");
  EXPECT_EQ(say("SMEMBERS s"), "~0\r\n");
}

TEST_F(SetCommands, sets_are_combined) {
  say("SADD a 1 2 3 4");
  say("SADD b 2 4 6");
  say("SADD c 4 8");
  EXPECT_EQ(say("SINTER a b"), "*2\r\n$1\r\n2\r\n$1\r\n4\r\n");
  EXPECT_EQ(say("SINTER a b absent"), "*0\r\n");
  EXPECT_EQ(say("SUNION b c absent"), "*4\r\n$1\r\n2\r\n$1\r\n4\r\n$1\r\n6\r\n$1\r\n8\r\n");
  EXPECT_EQ(say("SDIFF a b c"), "*2\r\n$1\r\n1\r\n$1\r\n3\r\n");
  EXPECT_EQ(say("SDIFF absent a"), "*0\r\n");
  EXPECT_EQ(say("SINTERCARD 2 a b"), ":2\r\n");
  EXPECT_EQ(say("SINTERCARD 2 a b LIMIT 1"), ":1\r\n");
  EXPECT_EQ(say("SINTERCARD 2 a b LIMIT 0"), ":2\r\n");
}

TEST_F(SetCommands, what_is_combined_is_kept_in_place_of_anything) {
  say("SADD a 1 2");
  say("SADD b 2 3");
  say("SET text x");
  say("EXPIRE text 100");
  EXPECT_EQ(say("SINTERSTORE text a b"), ":1\r\n");
  EXPECT_EQ(say("TTL text"), ":-1\r\n");
  EXPECT_EQ(say("SMEMBERS text"), "*1\r\n$1\r\n2\r\n");
  EXPECT_EQ(say("SUNIONSTORE a a b"), ":3\r\n");
  EXPECT_EQ(say("SCARD a"), ":3\r\n");
  EXPECT_EQ(say("SDIFFSTORE b b a"), ":0\r\n");
  EXPECT_EQ(say("EXISTS b"), ":0\r\n");
  say("HSET h f v");
  EXPECT_EQ(say("SINTERSTORE h absent a"), ":0\r\n");
  EXPECT_EQ(say("EXISTS h"), ":0\r\n");
}

TEST_F(SetCommands, a_member_is_moved) {
  say("SADD a 1 2");
  EXPECT_EQ(say("SMOVE a b 1"), ":1\r\n");
  EXPECT_EQ(say("SMOVE a b 1"), ":0\r\n");
  EXPECT_EQ(say("SMOVE a a 2"), ":1\r\n");
  EXPECT_EQ(say("SMOVE a b 2"), ":1\r\n");
  EXPECT_EQ(say("EXISTS a"), ":0\r\n");
  EXPECT_EQ(say("SMEMBERS b"), "*2\r\n$1\r\n1\r\n$1\r\n2\r\n");
  say("SET text x");
  EXPECT_EQ(say("SMOVE absent text 1"), ":0\r\n");
  EXPECT_THAT(say("SMOVE b text 1"), StartsWith("-WRONGTYPE"));
}

TEST_F(SetCommands, members_are_drawn_and_popped) {
  say("SADD s a b c");
  EXPECT_EQ(say("SRANDMEMBER absent"), "$-1\r\n");
  EXPECT_EQ(say("SRANDMEMBER absent 2"), "*0\r\n");
  EXPECT_EQ(say("SRANDMEMBER s 0"), "*0\r\n");
  EXPECT_THAT(say("SRANDMEMBER s -8"), StartsWith("*8\r\n"));
  EXPECT_EQ(say("SCARD s"), ":3\r\n");
  EXPECT_EQ(say("SPOP s 0"), "*0\r\n");
  std::set<std::string> popped;
  for (int i = 0; i < 3; ++i) popped.insert(say("SPOP s"));
  EXPECT_THAT(popped, ElementsAre("$1\r\na\r\n", "$1\r\nb\r\n", "$1\r\nc\r\n"));
  EXPECT_EQ(say("SPOP s"), "$-1\r\n");
  EXPECT_EQ(say("EXISTS s"), ":0\r\n");
}

TEST_F(SetCommands, requests_that_make_no_sense_are_refused) {
  EXPECT_EQ(say("SPOP s -1"), "-ERR value is out of range, must be positive\r\n");
  EXPECT_EQ(say("SPOP s x"), "-ERR value is out of range, must be positive\r\n");
  EXPECT_EQ(say("SPOP s 1 2"), "-ERR syntax error\r\n");
  EXPECT_EQ(say("SRANDMEMBER s x"), "-ERR value is not an integer or out of range\r\n");
  EXPECT_EQ(say("SRANDMEMBER s 1 2"), "-ERR syntax error\r\n");
  EXPECT_EQ(say("SRANDMEMBER s -99999999999"), "-ERR value is out of range\r\n");
  say_words({"SADD", "large", std::string(32'768, 'x')});
  EXPECT_EQ(say("SRANDMEMBER large -10000"), "-ERR value is out of range\r\n");
  EXPECT_EQ(say("SINTERCARD 0 s"), "-ERR numkeys should be greater than 0\r\n");
  EXPECT_EQ(say("SINTERCARD x s"), "-ERR numkeys should be greater than 0\r\n");
  EXPECT_EQ(say("SINTERCARD 2 s"), "-ERR Number of keys can't be greater than number of args\r\n");
  EXPECT_EQ(say("SINTERCARD 1 s LIMIT -1"), "-ERR LIMIT can't be negative\r\n");
  EXPECT_EQ(say("SINTERCARD 1 s LIMIT"), "-ERR syntax error\r\n");
  EXPECT_EQ(say("SINTERCARD 1 s BOGUS 1"), "-ERR syntax error\r\n");
  EXPECT_EQ(say("SADD s"), "-ERR wrong number of arguments for 'sadd' command\r\n");
}

TEST_F(SetCommands, keys_of_another_kind_are_refused) {
  say("HSET h a 1");
  say("SADD s a");
  for (const char* command : {"SADD h a",
                              "SREM h a",
                              "SISMEMBER h a",
                              "SMISMEMBER h a",
                              "SMEMBERS h",
                              "SCARD h",
                              "SPOP h",
                              "SPOP h 2",
                              "SRANDMEMBER h",
                              "SRANDMEMBER h -2",
                              "SMOVE h s a",
                              "SMOVE s h a",
                              "SINTER absent h",
                              "SINTERCARD 2 s h",
                              "SINTERSTORE s s h",
                              "SUNION s h",
                              "SUNIONSTORE s h",
                              "SDIFF s h",
                              "SDIFFSTORE s absent h",
                              "SSCAN h 0"}) {
    EXPECT_EQ(say(command),
              "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n")
        << command;
  }
  EXPECT_EQ(say("SMEMBERS s"), "*1\r\n$1\r\na\r\n");
}

TEST_F(SetCommands, a_scan_tells_integers_at_once) {
  say("SADD s 1 2 3");
  EXPECT_EQ(say("SSCAN s 0 COUNT 1"), "*2\r\n$1\r\n0\r\n*3\r\n$1\r\n1\r\n$1\r\n2\r\n$1\r\n3\r\n");
}

TEST_F(SetCommands, a_scan_meets_every_member_page_by_page) {
  say("SADD s a b c");
  const std::string page = say("SSCAN s 0 COUNT 2");
  EXPECT_THAT(page, testing::EndsWith("*2\r\n$1\r\na\r\n$1\r\nb\r\n"));
  const std::size_t begin = page.find("\r\n", 4) + 2;
  const std::string cursor = page.substr(begin, page.find("\r\n", begin) - begin);
  EXPECT_EQ(say("SSCAN s " + cursor + " COUNT 2"), "*2\r\n$1\r\n0\r\n*1\r\n$1\r\nc\r\n");
  EXPECT_EQ(say("SSCAN s 0 MATCH [bc]"), "*2\r\n$1\r\n0\r\n*2\r\n$1\r\nb\r\n$1\r\nc\r\n");
}

TEST_F(SetCommands, what_happens_is_announced) {
  EventListeningPeer listener(server());
  say("SADD s a b");
  say("SADD s a");
  say("SREM s absent");
  say("SREM s a");
  say("SMOVE s t b");
  EXPECT_THAT(listener.heard(), ElementsAre("sadd s", "srem s", "srem s", "del s", "sadd t"));
  say("SADD t c");
  say("SPOP t");
  say("SPOP t");
  EXPECT_THAT(listener.heard(), ElementsAre("sadd t", "spop t", "spop t", "del t"));
  say("SADD a 1");
  say("SUNIONSTORE b a");
  say("SINTERSTORE b a absent");
  say("SDIFFSTORE c absent");
  EXPECT_THAT(listener.heard(), ElementsAre("sadd a", "sunionstore b", "del b"));
  say("SMEMBERS a");
  EXPECT_THAT(listener.heard(), IsEmpty());
}

TEST_F(SetCommands, a_transaction_sees_its_own_members) {
  say("MULTI");
  say("SADD s a b");
  say("SPOP s 2");
  say("SADD s c");
  say("SUNIONSTORE s s s");
  say("SMEMBERS s");
  EXPECT_EQ(say("EXEC"), "*5\r\n:2\r\n*2\r\n$1\r\na\r\n$1\r\nb\r\n:1\r\n:1\r\n*1\r\n$1\r\nc\r\n");
  EXPECT_EQ(say("SMEMBERS s"), "*1\r\n$1\r\nc\r\n");
}

}  // namespace
}  // namespace quartz::server
