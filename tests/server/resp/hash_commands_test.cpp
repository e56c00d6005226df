#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/resp/event_listener.hpp"
#include "server/resp/resp_conversation.hpp"
#include "support/result_matchers.hpp"

namespace quartz::server {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class HashCommands : public RespConversation {};

TEST_F(HashCommands, fields_are_set_and_read) {
  EXPECT_EQ(say("HSET h a 1 b 2"), ":2\r\n");
  EXPECT_EQ(say("HSET h b 3 c 4"), ":1\r\n");
  EXPECT_EQ(say("HSET h d 1 d 2"), ":1\r\n");
  EXPECT_EQ(say("HGET h d"), "$1\r\n2\r\n");
  EXPECT_EQ(say("HGET h absent"), "$-1\r\n");
  EXPECT_EQ(say("HGET absent a"), "$-1\r\n");
  EXPECT_EQ(say("HMGET h a absent b a"), "*4\r\n$1\r\n1\r\n$-1\r\n$1\r\n3\r\n$1\r\n1\r\n");
  EXPECT_EQ(say("HMGET absent a b"), "*2\r\n$-1\r\n$-1\r\n");
  EXPECT_EQ(say("HLEN h"), ":4\r\n");
  EXPECT_EQ(say("HSTRLEN h b"), ":1\r\n");
  EXPECT_EQ(say("HSTRLEN h absent"), ":0\r\n");
  EXPECT_EQ(say("HEXISTS h a"), ":1\r\n");
  EXPECT_EQ(say("HEXISTS h absent"), ":0\r\n");
  EXPECT_EQ(say("HMSET h a 5"), "+OK\r\n");
  EXPECT_EQ(say("HSETNX h a 6"), ":0\r\n");
  EXPECT_EQ(say("HSETNX h e 6"), ":1\r\n");
  EXPECT_EQ(say("TYPE h"), "+hash\r\n");
}

TEST_F(HashCommands, fields_and_values_are_any_bytes) {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
  EXPECT_EQ(say_words({"HSET", "h", bytes, bytes, "", ""}), ":2\r\n");
  EXPECT_EQ(say_words({"HGET", "h", bytes}), "$256\r\n" + bytes + "\r\n");
  EXPECT_EQ(say_words({"HGET", "h", ""}), "$0\r\n\r\n");
}

TEST_F(HashCommands, all_of_a_hash_is_a_map_where_there_are_maps) {
  EXPECT_EQ(say("HSET h b 2 a 1"), ":2\r\n");
  EXPECT_EQ(say("HGETALL h"), "*4\r\n$1\r\na\r\n$1\r\n1\r\n$1\r\nb\r\n$1\r\n2\r\n");
  EXPECT_EQ(say("HGETALL absent"), "*0\r\n");
  EXPECT_EQ(say("HKEYS h"), "*2\r\n$1\r\na\r\n$1\r\nb\r\n");
  EXPECT_EQ(say("HVALS h"), "*2\r\n$1\r\n1\r\n$1\r\n2\r\n");
  EXPECT_THAT(say("HELLO 3"), StartsWith("%"));
  EXPECT_EQ(say("HGETALL h"), "%2\r\n$1\r\na\r\n$1\r\n1\r\n$1\r\nb\r\n$1\r\n2\r\n");
  EXPECT_EQ(say("HGETALL absent"), "%0\r\n");
  EXPECT_EQ(say("HKEYS h"), "*2\r\n$1\r\na\r\n$1\r\nb\r\n");
  EXPECT_EQ(say("HGET h absent"), "_\r\n");
}

TEST_F(HashCommands, the_last_field_takes_the_hash_and_its_expiry_with_it) {
  EXPECT_EQ(say("HSET h a 1 b 2"), ":2\r\n");
  EXPECT_EQ(say("EXPIRE h 100"), ":1\r\n");
  EXPECT_EQ(say("HDEL h a absent a"), ":1\r\n");
  EXPECT_EQ(say("TTL h"), ":100\r\n");
  EXPECT_EQ(say("HDEL h b"), ":1\r\n");
  EXPECT_EQ(say("EXISTS h"), ":0\r\n");
  EXPECT_EQ(say("HDEL h b"), ":0\r\n");
  EXPECT_EQ(say("HSET h a 3"), ":1\r\n");
  EXPECT_EQ(say("TTL h"), ":-1\r\n");
  EXPECT_EQ(say("HGETALL h"), "*2\r\n$1\r\na\r\n$1\r\n3\r\n");
}

TEST_F(HashCommands, an_expired_hash_gives_none_of_its_fields_to_the_next_one) {
  EXPECT_EQ(say("HSET h a 1 b 2"), ":2\r\n");
  EXPECT_EQ(say("EXPIRE h 100"), ":1\r\n");
  time_.pass(std::chrono::seconds(101));
  EXPECT_EQ(say("HGET h a"), "$-1\r\n");
  EXPECT_EQ(say("HSET h c 3"), ":1\r\n");
  ASSERT_THAT(service().remove_expired(100), Succeeds());
  EXPECT_EQ(say("HGETALL h"), "*2\r\n$1\r\nc\r\n$1\r\n3\r\n");
}

TEST_F(HashCommands, numbers_are_added_to) {
  EXPECT_EQ(say("HINCRBY h n 5"), ":5\r\n");
  EXPECT_EQ(say("HINCRBY h n -7"), ":-2\r\n");
  EXPECT_EQ(say("HSET h text x big 9223372036854775807"), ":2\r\n");
  EXPECT_EQ(say("HINCRBY h text 1"), "-ERR hash value is not an integer\r\n");
  EXPECT_EQ(say("HINCRBY h big 1"), "-ERR increment or decrement would overflow\r\n");
  EXPECT_EQ(say("HINCRBY h n 1.5"), "-ERR value is not an integer or out of range\r\n");
  EXPECT_EQ(say("HINCRBYFLOAT h real 10.5"), "$4\r\n10.5\r\n");
  EXPECT_EQ(say("HINCRBYFLOAT h real 0.1"), "$4\r\n10.6\r\n");
  EXPECT_EQ(say("HINCRBYFLOAT h n 5.0e3"), "$4\r\n4998\r\n");
  EXPECT_EQ(say("HINCRBYFLOAT h text 1"), "-ERR hash value is not a float\r\n");
  EXPECT_EQ(say("HINCRBYFLOAT h n x"), "-ERR value is not a valid float\r\n");
  EXPECT_EQ(say("HINCRBYFLOAT h n inf"), "-ERR value is NaN or Infinity\r\n");
  EXPECT_EQ(say("HGET h n"), "$4\r\n4998\r\n");
  EXPECT_EQ(say("HINCRBY absent n x"), "-ERR value is not an integer or out of range\r\n");
  EXPECT_EQ(say("EXISTS absent"), ":0\r\n");
}

TEST_F(HashCommands, requests_that_make_no_sense_are_refused) {
  EXPECT_EQ(say("HSET h a"), "-ERR wrong number of arguments for 'hset' command\r\n");
  EXPECT_EQ(say("HSET h a 1 b"), "-ERR wrong number of arguments for 'hset' command\r\n");
  EXPECT_EQ(say("HMSET h a 1 b"), "-ERR wrong number of arguments for 'hmset' command\r\n");
  EXPECT_EQ(say("HRANDFIELD h 1 BOGUS"), "-ERR syntax error\r\n");
  EXPECT_EQ(say("HRANDFIELD h x WITHVALUES"), "-ERR value is not an integer or out of range\r\n");
  EXPECT_EQ(say("HRANDFIELD h -9223372036854775808"),
            "-ERR value is out of range, value must between -9223372036854775807 and "
            "9223372036854775807\r\n");
  EXPECT_EQ(say("HRANDFIELD h 9223372036854775807 WITHVALUES"), "-ERR value is out of range\r\n");
  EXPECT_EQ(say("HSCAN h x"), "-ERR invalid cursor\r\n");
  EXPECT_EQ(say("EXISTS h"), ":0\r\n");
}

TEST_F(HashCommands, keys_of_another_kind_are_refused) {
  EXPECT_EQ(say("SET s 1"), "+OK\r\n");
  for (const char* command :
       {"HSET s a 1", "HMSET s a 1", "HSETNX s a 1", "HGET s a", "HMGET s a", "HGETALL s",
        "HDEL s a", "HEXISTS s a", "HKEYS s", "HVALS s", "HLEN s", "HSTRLEN s a", "HINCRBY s a 1",
        "HINCRBYFLOAT s a 1", "HRANDFIELD s", "HRANDFIELD s 2", "HSCAN s 0"}) {
    EXPECT_EQ(say(command),
              "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n")
        << command;
  }
  EXPECT_EQ(say("GET s"), "$1\r\n1\r\n");
  EXPECT_EQ(say("HSET h a 1"), ":1\r\n");
  EXPECT_THAT(say("GET h"), StartsWith("-WRONGTYPE"));
  EXPECT_EQ(say("SET h 1"), "+OK\r\n");
  EXPECT_THAT(say("HGET h a"), StartsWith("-WRONGTYPE"));
}

TEST_F(HashCommands, fields_are_drawn) {
  EXPECT_EQ(say("HRANDFIELD absent"), "$-1\r\n");
  EXPECT_EQ(say("HRANDFIELD absent 3"), "*0\r\n");
  EXPECT_EQ(say("HSET h a 1 b 2"), ":2\r\n");
  EXPECT_EQ(say("HRANDFIELD h 0"), "*0\r\n");
  EXPECT_EQ(say("HRANDFIELD h 9"), "*2\r\n$1\r\na\r\n$1\r\nb\r\n");
  EXPECT_EQ(say("HRANDFIELD h 9 WITHVALUES"), "*4\r\n$1\r\na\r\n$1\r\n1\r\n$1\r\nb\r\n$1\r\n2\r\n");
  EXPECT_THAT(say("HRANDFIELD h -9"), StartsWith("*9\r\n"));
  EXPECT_THAT(say("HRANDFIELD h -9 WITHVALUES"), StartsWith("*18\r\n"));
  std::set<std::string> drawn;
  for (int i = 0; i < 100; ++i) drawn.insert(say("HRANDFIELD h"));
  EXPECT_THAT(drawn, ElementsAre("$1\r\na\r\n", "$1\r\nb\r\n"));
  EXPECT_THAT(say("HELLO 3"), StartsWith("%"));
  EXPECT_EQ(say("HRANDFIELD h 9 WITHVALUES"),
            "*2\r\n*2\r\n$1\r\na\r\n$1\r\n1\r\n*2\r\n$1\r\nb\r\n$1\r\n2\r\n");
}

TEST_F(HashCommands, a_scan_tells_at_once_what_redis_keeps_in_one_piece) {
  say("HSET h a 1 b 2 c 3");
  const std::string all =
      "*2\r\n$1\r\n0\r\n*6\r\n$1\r\na\r\n$1\r\n1\r\n$1\r\nb\r\n$1\r\n2\r\n$1\r\nc\r\n$1\r\n3\r\n";
  EXPECT_EQ(say("HSCAN h 0 COUNT 1"), all);
  EXPECT_EQ(say("HSCAN h 0 COUNT 0"), "-ERR syntax error\r\n");
  say("CONFIG SET hash-max-listpack-entries 2");
  EXPECT_NE(say("HSCAN h 0 COUNT 1"), all);
}

TEST_F(HashCommands, a_scan_meets_every_field_once_and_outlives_a_restart) {
  std::set<std::string> expected;
  const std::string too_long_for_one_piece(65, 'v');
  say("HSET h f " + too_long_for_one_piece);
  expected.insert("f");
  for (int i = 0; i < 50; ++i) {
    const std::string field = "f" + std::to_string(i);
    expected.insert(field);
    EXPECT_EQ(say("HSET h " + field + " v"), ":1\r\n");
  }
  std::multiset<std::string> met;
  std::string cursor = "0";
  do {
    const std::string page = say("HSCAN h " + cursor + " COUNT 7");
    EXPECT_THAT(page, StartsWith("*2\r\n$"));
    const std::size_t begin = page.find("\r\n", 4) + 2;
    cursor = page.substr(begin, page.find("\r\n", begin) - begin);
    for (std::size_t at = page.find("\r\nf"); at != std::string::npos;
         at = page.find("\r\nf", at + 2)) {
      met.insert(page.substr(at + 2, page.find("\r\n", at + 2) - at - 2));
    }
    reopen();
  } while (cursor != "0");
  EXPECT_EQ(met, (std::multiset<std::string>(expected.begin(), expected.end())));
  EXPECT_EQ(say("HSCAN h 0 MATCH f4? COUNT 9999 TYPE x"), "-ERR syntax error\r\n");
  EXPECT_EQ(say("HSCAN h 0 MATCH f49 COUNT 9999"),
            "*2\r\n$1\r\n0\r\n*2\r\n$3\r\nf49\r\n$1\r\nv\r\n");
  EXPECT_EQ(say("HSCAN absent 0"), "*2\r\n$1\r\n0\r\n*0\r\n");
}

TEST_F(HashCommands, what_happens_is_announced) {
  EventListeningPeer listener(server());
  say("HSET h a 1 b 2");
  say("HSET h a 1");
  say("HSETNX h a 3");
  say("HINCRBY h a 1");
  say("HINCRBYFLOAT h a 1");
  say("HDEL h absent");
  EXPECT_THAT(listener.heard(), ElementsAre("hset h", "hset h", "hincrby h", "hincrbyfloat h"));
  say("HDEL h a");
  say("HDEL h b");
  EXPECT_THAT(listener.heard(), ElementsAre("hdel h", "hdel h", "del h"));
  say("HGET h a");
  EXPECT_THAT(listener.heard(), IsEmpty());
}

TEST_F(HashCommands, a_transaction_sees_its_own_fields_and_fails_when_watched_ones_change) {
  EXPECT_EQ(say("HSET h a 1"), ":1\r\n");
  say("MULTI");
  say("HSET h b 2");
  say("HGETALL h");
  say("HDEL h a b");
  say("EXISTS h");
  say("HSET h c 3");
  say("HGET h c");
  EXPECT_EQ(say("EXEC"),
            "*6\r\n:1\r\n*4\r\n$1\r\na\r\n$1\r\n1\r\n$1\r\nb\r\n$1\r\n2\r\n:2\r\n:0\r\n:1\r\n"
            "$1\r\n3\r\n");
  RespPeer other(server());
  say("WATCH h");
  EXPECT_EQ(other.say("HSET h c 4"), ":0\r\n");
  say("MULTI");
  say("HSET h c 5");
  EXPECT_EQ(say("EXEC"), "*-1\r\n");
  EXPECT_EQ(say("HGET h c"), "$1\r\n4\r\n");
}

TEST_F(HashCommands, hashes_are_copied_renamed_and_moved_whole) {
  say("MULTI");
  std::string expected = "*400\r\n";
  for (int i = 100; i < 300; ++i) {
    const std::string number = std::to_string(i);
    say_words({"HSET", "h", number, number});
    for (int part = 0; part < 2; ++part) expected.append("$3\r\n").append(number).append("\r\n");
  }
  say("COPY h copy");
  EXPECT_THAT(say("EXEC"), StartsWith("*201\r\n:1\r\n"));
  EXPECT_EQ(say("HGETALL copy"), expected);
  EXPECT_EQ(say("HDEL copy 100"), ":1\r\n");
  EXPECT_EQ(say("HGETALL h"), expected);
  EXPECT_EQ(say("RENAME h copy"), "+OK\r\n");
  EXPECT_EQ(say("HGETALL copy"), expected);
  EXPECT_EQ(say("MOVE copy 3"), ":1\r\n");
  EXPECT_EQ(say("EXISTS copy"), ":0\r\n");
  EXPECT_EQ(say("SELECT 3"), "+OK\r\n");
  EXPECT_EQ(say("HGETALL copy"), expected);
  EXPECT_EQ(say("FLUSHDB"), "+OK\r\n");
  EXPECT_EQ(say("HGETALL copy"), "*0\r\n");
}

TEST_F(HashCommands, a_field_that_is_too_long_is_refused_and_never_found) {
  const std::string longer(kMemberBytesMax + 1, 'x');
  EXPECT_THAT(say_words({"HSET", "h", "a", "1", longer, "1"}), HasSubstr("longer than 32768"));
  EXPECT_EQ(say("EXISTS h"), ":0\r\n");
  EXPECT_EQ(say("HSET h a 1"), ":1\r\n");
  EXPECT_EQ(say_words({"HGET", "h", longer}), "$-1\r\n");
  EXPECT_EQ(say_words({"HDEL", "h", longer, "a"}), ":1\r\n");
}

}  // namespace
}  // namespace quartz::server
