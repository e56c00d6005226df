#include <chrono>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/resp/resp_conversation.hpp"
#include "support/result_matchers.hpp"

namespace quartz::server {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class GenericCommands : public RespConversation {
 protected:
  /// All keys that a scan in pages of `count` tells, and how many pages it takes.
  std::set<std::string> scan_all(std::size_t count, std::size_t* pages = nullptr) {
    std::set<std::string> seen;
    std::string cursor = "0";
    do {
      const std::string reply = say("SCAN " + cursor + " COUNT " + std::to_string(count));
      if (!reply.starts_with("*2\r\n")) {
        ADD_FAILURE() << reply;
        break;
      }
      if (pages != nullptr) ++*pages;
      std::size_t at = reply.find("\r\n", 4) + 2;
      cursor = reply.substr(at, reply.find("\r\n", at) - at);
      at = reply.find("\r\n", reply.find('*', at)) + 2;
      while (at < reply.size()) {
        const std::size_t begin = reply.find("\r\n", at) + 2;
        const std::size_t end = reply.find("\r\n", begin);
        seen.insert(reply.substr(begin, end - begin));
        at = end + 2;
      }
    } while (cursor != "0");
    return seen;
  }
};

TEST_F(GenericCommands, keys_are_counted_removed_and_told_by_kind) {
  EXPECT_EQ(say("MSET a 1 b 2"), "+OK\r\n");
  EXPECT_EQ(say("EXISTS a b c a"), ":3\r\n");
  EXPECT_EQ(say("TOUCH a c"), ":1\r\n");
  EXPECT_EQ(say("DBSIZE"), ":2\r\n");
  EXPECT_EQ(say("TYPE a"), "+string\r\n");
  EXPECT_EQ(say("TYPE c"), "+none\r\n");
  EXPECT_EQ(say("DEL a a c"), ":1\r\n");
  EXPECT_EQ(say("UNLINK b"), ":1\r\n");
  EXPECT_EQ(say("DBSIZE"), ":0\r\n");
  EXPECT_EQ(say("RANDOMKEY"), "$-1\r\n");
  EXPECT_EQ(say("SET only 1"), "+OK\r\n");
  EXPECT_EQ(say("RANDOMKEY"), "$4\r\nonly\r\n");
}

TEST_F(GenericCommands, a_key_expires_when_its_time_has_come_and_not_before) {
  EXPECT_EQ(say("SET a 1"), "+OK\r\n");
  EXPECT_EQ(say("EXPIRE a 10"), ":1\r\n");
  time_.pass(9999ms);
  EXPECT_EQ(say("GET a"), "$1\r\n1\r\n");
  EXPECT_EQ(say("PTTL a"), ":1\r\n");
  time_.pass(1ms);
  EXPECT_EQ(say("GET a"), "$-1\r\n");
  EXPECT_EQ(say("EXISTS a"), ":0\r\n");
  EXPECT_EQ(say("TTL a"), ":-2\r\n");
  EXPECT_EQ(say("TYPE a"), "+none\r\n");
  EXPECT_EQ(say("DBSIZE"), ":0\r\n");
  EXPECT_EQ(say("KEYS *"), "*0\r\n");
  EXPECT_EQ(say("PERSIST a"), ":0\r\n");
  EXPECT_EQ(say("RENAME a b"), "-ERR no such key\r\n");
  EXPECT_EQ(say("INCR a"), ":1\r\n");
  EXPECT_EQ(say("TTL a"), ":-1\r\n");
}

TEST_F(GenericCommands, expiry_is_kept_by_a_reopened_engine) {
  EXPECT_EQ(say("SET a 1 EX 10"), "+OK\r\n");
  EXPECT_EQ(say("SET b 1 EX 100"), "+OK\r\n");
  reopen();
  time_.pass(10s);
  EXPECT_EQ(say("MGET a b"), "*2\r\n$-1\r\n$1\r\n1\r\n");
  EXPECT_EQ(say("TTL b"), ":90\r\n");
}

TEST_F(GenericCommands, conditions_of_expire_are_heeded) {
  const auto now = std::to_string(time_.wall().time_since_epoch().count());
  EXPECT_EQ(say("SET a 1"), "+OK\r\n");
  EXPECT_EQ(say("EXPIRE a 10 XX"), ":0\r\n");
  EXPECT_EQ(say("EXPIRE a 10 GT"), ":0\r\n");
  EXPECT_EQ(say("EXPIRE a 10 LT"), ":1\r\n");
  EXPECT_EQ(say("EXPIRE a 20 NX"), ":0\r\n");
  EXPECT_EQ(say("EXPIRE a 20 LT"), ":0\r\n");
  EXPECT_EQ(say("EXPIRE a 20 GT"), ":1\r\n");
  EXPECT_EQ(say("EXPIRE a 30 XX"), ":1\r\n");
  EXPECT_EQ(say("EXPIRE a 30 NX GT"),
            "-ERR NX and XX, GT or LT options at the same time are not compatible\r\n");
  EXPECT_EQ(say("EXPIRE a 30 GT LT"),
            "-ERR GT and LT options at the same time are not compatible\r\n");
  EXPECT_EQ(say("EXPIRE a 30 BOGUS"), "-ERR Unsupported option BOGUS\r\n");
  EXPECT_EQ(say("EXPIRE a 9223372036854775807"),
            "-ERR invalid expire time in 'expire' command\r\n");
  EXPECT_EQ(say("PEXPIREAT a " + now), ":1\r\n");
  EXPECT_EQ(say("EXISTS a"), ":0\r\n");
  EXPECT_EQ(say("EXPIRE a 10"), ":0\r\n");
}

TEST_F(GenericCommands, times_are_told_in_seconds_and_milliseconds) {
  EXPECT_EQ(say("SET a 1"), "+OK\r\n");
  EXPECT_EQ(say("PEXPIREAT a 4000000000499"), ":1\r\n");
  EXPECT_EQ(say("PEXPIRETIME a"), ":4000000000499\r\n");
  EXPECT_EQ(say("EXPIRETIME a"), ":4000000000\r\n");
  EXPECT_EQ(say("EXPIREAT a 4000000001"), ":1\r\n");
  EXPECT_EQ(say("PEXPIRETIME a"), ":4000000001000\r\n");
  EXPECT_EQ(say("PERSIST a"), ":1\r\n");
  EXPECT_EQ(say("EXPIRETIME a"), ":-1\r\n");
  EXPECT_EQ(say("PEXPIRETIME absent"), ":-2\r\n");
  EXPECT_EQ(say("PEXPIRE a 1499"), ":1\r\n");
  EXPECT_EQ(say("TTL a"), ":1\r\n");
  EXPECT_EQ(say("PEXPIRE a 1500"), ":1\r\n");
  EXPECT_EQ(say("TTL a"), ":2\r\n");
}

TEST_F(GenericCommands, a_renamed_key_takes_its_expiry_along) {
  EXPECT_EQ(say("SET a 1 EX 50"), "+OK\r\n");
  EXPECT_EQ(say("SET b 2 EX 5"), "+OK\r\n");
  EXPECT_EQ(say("RENAMENX a b"), ":0\r\n");
  EXPECT_EQ(say("RENAME a b"), "+OK\r\n");
  EXPECT_EQ(say("TTL b"), ":50\r\n");
  EXPECT_EQ(say("GET b"), "$1\r\n1\r\n");
  EXPECT_EQ(say("EXISTS a"), ":0\r\n");
  EXPECT_EQ(say("RENAME b b"), "+OK\r\n");
  EXPECT_EQ(say("RENAMENX b b"), ":0\r\n");
  EXPECT_EQ(say("RENAMENX b c"), ":1\r\n");
  // What b's former row would have expired with does nothing to its successor.
  time_.pass(6s);
  EXPECT_THAT(service().remove_expired(100), Succeeds());
  EXPECT_EQ(say("GET c"), "$1\r\n1\r\n");
}

TEST_F(GenericCommands, keys_are_copied_and_moved_between_databases) {
  EXPECT_EQ(say("SET a 1 EX 50"), "+OK\r\n");
  EXPECT_EQ(say("COPY a b"), ":1\r\n");
  EXPECT_EQ(say("TTL b"), ":50\r\n");
  EXPECT_EQ(say("SET a 2"), "+OK\r\n");
  EXPECT_EQ(say("COPY a b"), ":0\r\n");
  EXPECT_EQ(say("COPY a b REPLACE"), ":1\r\n");
  EXPECT_EQ(say("GET b"), "$1\r\n2\r\n");
  EXPECT_EQ(say("TTL b"), ":-1\r\n");
  EXPECT_EQ(say("COPY a a"), "-ERR source and destination objects are the same\r\n");
  EXPECT_EQ(say("COPY a a DB 3"), ":1\r\n");
  EXPECT_EQ(say("MOVE b 3"), ":1\r\n");
  EXPECT_EQ(say("MOVE a 3"), ":0\r\n");
  EXPECT_EQ(say("MOVE a 0"), "-ERR source and destination objects are the same\r\n");
  EXPECT_EQ(say("MOVE a 16"), "-ERR DB index is out of range\r\n");
  EXPECT_EQ(say("MOVE a -2147483649"),
            "-ERR value is out of range, value must between -2147483648 and 2147483647\r\n");
  EXPECT_EQ(say("SELECT 3"), "+OK\r\n");
  EXPECT_EQ(say("MGET a b"), "*2\r\n$1\r\n2\r\n$1\r\n2\r\n");
  reopen();
  EXPECT_EQ(say("EXISTS b"), ":0\r\n");
  EXPECT_EQ(say("SELECT 3"), "+OK\r\n");
  EXPECT_EQ(say("DBSIZE"), ":2\r\n");
}

TEST_F(GenericCommands, flushing_empties_one_database_or_all) {
  EXPECT_EQ(say("MSET a 1 b 2"), "+OK\r\n");
  EXPECT_EQ(say("SELECT 1"), "+OK\r\n");
  EXPECT_EQ(say("SET c 1 EX 100"), "+OK\r\n");
  EXPECT_EQ(say("FLUSHDB"), "+OK\r\n");
  EXPECT_EQ(say("DBSIZE"), ":0\r\n");
  EXPECT_EQ(say("SELECT 0"), "+OK\r\n");
  EXPECT_EQ(say("DBSIZE"), ":2\r\n");
  EXPECT_EQ(say("FLUSHALL BOGUS"), "-ERR syntax error\r\n");
  EXPECT_EQ(say("FLUSHALL ASYNC"), "+OK\r\n");
  EXPECT_EQ(say("DBSIZE"), ":0\r\n");
}

TEST_F(GenericCommands, patterns_choose_keys) {
  EXPECT_EQ(say("MSET user:1 a user:2 b user:30 c other d"), "+OK\r\n");
  EXPECT_EQ(say("KEYS user:?"), "*2\r\n$6\r\nuser:1\r\n$6\r\nuser:2\r\n");
  EXPECT_EQ(say("KEYS *[30]"), "*1\r\n$7\r\nuser:30\r\n");
  EXPECT_EQ(say("KEYS nothing*"), "*0\r\n");
  EXPECT_EQ(say("SCAN 0 MATCH o*"), "*2\r\n$1\r\n0\r\n*1\r\n$5\r\nother\r\n");
  EXPECT_EQ(say("SCAN 0 TYPE list"), "*2\r\n$1\r\n0\r\n*0\r\n");
  EXPECT_EQ(say("SCAN 0 TYPE STRING MATCH o*"), "*2\r\n$1\r\n0\r\n*1\r\n$5\r\nother\r\n");
}

TEST_F(GenericCommands, a_scan_tells_every_key_once_whatever_its_pages) {
  std::set<std::string> all;
  for (int i = 0; i < 100; ++i) {
    all.insert(numbered_key(static_cast<std::uint64_t>(i)));
    ASSERT_EQ(say("SET " + numbered_key(static_cast<std::uint64_t>(i)) + " x"), "+OK\r\n");
  }
  for (const std::size_t count : {1u, 7u, 10u, 99u, 100u, 1000u}) {
    std::size_t pages = 0;
    EXPECT_EQ(scan_all(count, &pages), all);
    EXPECT_EQ(pages, (all.size() + count - 1) / count) << count;
  }
}

TEST_F(GenericCommands, a_cursor_survives_a_reopened_engine_and_removed_keys) {
  for (int i = 0; i < 30; ++i) say("SET " + numbered_key(static_cast<std::uint64_t>(i)) + " x");
  const std::string reply = say("SCAN 0 COUNT 10");
  const std::size_t at = reply.find("\r\n", 4) + 2;
  const std::string cursor = reply.substr(at, reply.find("\r\n", at) - at);
  reopen();
  EXPECT_EQ(say("DEL " + numbered_key(10)), ":1\r\n");
  const std::string next = say("SCAN " + cursor + " COUNT 100");
  EXPECT_THAT(next, HasSubstr("*19\r\n"));
  EXPECT_THAT(next, HasSubstr(numbered_key(11)));
}

TEST_F(GenericCommands, words_of_a_scan_are_judged) {
  for (const char* line : {"SCAN x", "SCAN 1x", "SCAN 99999999999999999999", "SCAN 12345"}) {
    EXPECT_EQ(say(line), "-ERR invalid cursor\r\n") << line;
  }
  for (const char* line : {"SCAN 0 COUNT", "SCAN 0 COUNT 0", "SCAN 0 BOGUS 1"}) {
    EXPECT_EQ(say(line), "-ERR syntax error\r\n") << line;
  }
  EXPECT_EQ(say("SCAN 0 COUNT x"), "-ERR value is not an integer or out of range\r\n");
}

}  // namespace
}  // namespace quartz::server
