#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/redis_dump.hpp"
#include "server/resp/resp_conversation.hpp"

namespace quartz::server {
namespace {

using protocol::RedisValue;
using testing::HasSubstr;

class DumpCommands : public RespConversation {
 protected:
  std::string dump(const std::string& key) {
    const std::string reply = say_words({"DUMP", key});
    const std::size_t begin = reply.find("\r\n") + 2;
    return reply.substr(begin, reply.size() - begin - 2);
  }
  std::string restore(const std::string& key, const std::string& payload,
                      const std::vector<std::string>& more = {}, const std::string& ttl = "0") {
    std::vector<std::string> words = {"RESTORE", key, ttl, payload};
    words.insert(words.end(), more.begin(), more.end());
    return say_words(words);
  }
};

TEST_F(DumpCommands, a_value_of_any_kind_is_restored_as_it_was) {
  say("SET string \"some text\"");
  say("RPUSH list a b a 12");
  say("SADD set 1 2 x");
  say("ZADD zset 1.5 a -inf b 3 c");
  say("HSET hash f v g 7");
  const std::vector<std::pair<std::string, std::string>> reads = {
      {"string", "GET"},
      {"list", "LRANGE 0 -1"},
      {"set", "SMEMBERS"},
      {"zset", "ZRANGE 0 -1 WITHSCORES"},
      {"hash", "HGETALL"}};
  for (const auto& [key, read] : reads) {
    const std::string copy = key + ":copy";
    EXPECT_EQ(restore(copy, dump(key)), "+OK\r\n") << key;
    const std::size_t space = read.find(' ');
    const std::string rest = space == std::string::npos ? "" : read.substr(space);
    const std::string command = read.substr(0, space) + " ";
    EXPECT_EQ(say(command + copy + rest), say(command + key + rest)) << key;
    EXPECT_EQ(dump(copy), dump(key));
  }
  EXPECT_EQ(say("DUMP absent"), "$-1\r\n");
}

TEST_F(DumpCommands, dumps_of_small_strings_are_those_of_redis) {
  say("MSET a 10 b hello");
  EXPECT_EQ(dump("a"), std::string("\x00\xC0\x0A\x0A\x00\x6E\x9F\x57\x45\x0E\xAE\x63\xBB", 13));
}

TEST_F(DumpCommands, a_key_that_is_there_is_replaced_only_if_asked) {
  say("SET a 1");
  const std::string payload = dump("a");
  say("RPUSH l x");
  EXPECT_EQ(restore("l", payload), "-BUSYKEY Target key name already exists.\r\n");
  EXPECT_EQ(restore("l", payload, {"replace"}), "+OK\r\n");
  EXPECT_EQ(say("GET l"), "$1\r\n1\r\n");
}

TEST_F(DumpCommands, an_expiry_is_given_in_milliseconds) {
  say("RPUSH a 1");
  const std::string payload = dump("a");
  EXPECT_EQ(restore("b", payload, {}, "5000"), "+OK\r\n");
  EXPECT_EQ(say("PTTL b"), ":5000\r\n");
  const std::string at = std::to_string(time_.wall().time_since_epoch().count() + 700);
  EXPECT_EQ(restore("b", payload, {"REPLACE", "ABSTTL"}, at), "+OK\r\n");
  EXPECT_EQ(say("PTTL b"), ":700\r\n");
  EXPECT_EQ(restore("b", payload, {"REPLACE", "ABSTTL"}, "1"), "+OK\r\n");
  EXPECT_EQ(say("EXISTS b"), ":0\r\n");
  EXPECT_EQ(restore("b", payload, {}, "-1"), "-ERR Invalid TTL value, must be >= 0\r\n");
  EXPECT_EQ(restore("b", payload, {}, "x"), "-ERR value is not an integer or out of range\r\n");
}

TEST_F(DumpCommands, how_often_it_was_read_is_accepted_and_checked) {
  say("SET a 1");
  const std::string payload = dump("a");
  EXPECT_EQ(restore("a", payload, {"REPLACE", "IDLETIME", "7"}), "+OK\r\n");
  EXPECT_EQ(restore("a", payload, {"REPLACE", "FREQ", "255"}), "+OK\r\n");
  EXPECT_EQ(restore("a", payload, {"IDLETIME", "-1"}),
            "-ERR Invalid IDLETIME value, must be >= 0\r\n");
  EXPECT_EQ(restore("a", payload, {"FREQ", "256"}),
            "-ERR Invalid FREQ value, must be >= 0 and <= 255\r\n");
  EXPECT_EQ(restore("a", payload, {"FREQ", "1", "IDLETIME", "1"}), "-ERR syntax error\r\n");
  EXPECT_EQ(restore("a", payload, {"BOGUS"}), "-ERR syntax error\r\n");
}

TEST_F(DumpCommands, a_payload_that_does_not_fit_its_checksum_is_refused) {
  say("SET a text");
  const std::string payload = dump("a");
  for (std::size_t i = 0; i < payload.size(); ++i) {
    std::string damaged = payload;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    EXPECT_EQ(restore("b", damaged), "-ERR DUMP payload version or checksum are wrong\r\n") << i;
    EXPECT_EQ(restore("b", payload.substr(0, i)),
              "-ERR DUMP payload version or checksum are wrong\r\n");
  }
  EXPECT_EQ(say("EXISTS b"), ":0\r\n");
}

TEST_F(DumpCommands, a_payload_that_is_no_value_is_refused) {
  for (const RedisValue& value : {RedisValue{.kind = RedisValue::Kind::hash},
                                  RedisValue{.kind = RedisValue::Kind::set, .items = {"a", "a"}}}) {
    EXPECT_EQ(restore("b", protocol::redis_dump_of(value)), "-ERR Bad data format\r\n");
  }
  const RedisValue large{.kind = RedisValue::Kind::set,
                         .items = {std::string(kMemberBytesMax + 1, 'x')}};
  EXPECT_THAT(restore("b", protocol::redis_dump_of(large)), HasSubstr("-ERR "));
  EXPECT_EQ(say("EXISTS b"), ":0\r\n");
}

}  // namespace
}  // namespace quartz::server
