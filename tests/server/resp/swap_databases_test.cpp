#include <chrono>
#include <string>

#include <gtest/gtest.h>

#include "server/resp/resp_conversation.hpp"

namespace quartz::server {
namespace {

class SwapDatabases : public RespConversation {};

TEST_F(SwapDatabases, each_key_goes_to_the_other_database_with_all_it_holds) {
  say("SET both here EX 100");
  say("HSET hash f 1 g 2");
  say("EXPIRE hash 50");
  say("SELECT 3");
  say("RPUSH both a b");
  say("ZADD zset 1 x 2 y");
  EXPECT_EQ(say("SWAPDB 0 3"), "+OK\r\n");
  EXPECT_EQ(say("DBSIZE"), ":2\r\n");
  EXPECT_EQ(say("GET both"), "$4\r\nhere\r\n");
  EXPECT_EQ(say("TTL both"), ":100\r\n");
  EXPECT_EQ(say("HGETALL hash"), "*4\r\n$1\r\nf\r\n$1\r\n1\r\n$1\r\ng\r\n$1\r\n2\r\n");
  EXPECT_EQ(say("TTL hash"), ":50\r\n");
  say("SELECT 0");
  EXPECT_EQ(say("DBSIZE"), ":2\r\n");
  EXPECT_EQ(say("LRANGE both 0 -1"), "*2\r\n$1\r\na\r\n$1\r\nb\r\n");
  EXPECT_EQ(say("TTL both"), ":-1\r\n");
  EXPECT_EQ(say("ZRANGE zset 0 -1"), "*2\r\n$1\r\nx\r\n$1\r\ny\r\n");
}

TEST_F(SwapDatabases, swapping_twice_changes_nothing_even_at_one_moment) {
  say("SADD a 1 2");
  say("SELECT 1");
  say("SET a x");
  say("SELECT 0");
  say("MULTI");
  say("SWAPDB 0 1");
  say("GET a");
  say("SWAPDB 1 0");
  EXPECT_EQ(say("EXEC"), "*3\r\n+OK\r\n$1\r\nx\r\n+OK\r\n");
  EXPECT_EQ(say("SMEMBERS a"), "*2\r\n$1\r\n1\r\n$1\r\n2\r\n");
  EXPECT_EQ(say("SADD a 3"), ":1\r\n");
  EXPECT_EQ(say("SCARD a"), ":3\r\n");
}

TEST_F(SwapDatabases, an_expiry_goes_on_in_the_other_database) {
  say("RPUSH a x");
  say("PEXPIRE a 100");
  EXPECT_EQ(say("SWAPDB 0 1"), "+OK\r\n");
  time_.pass(std::chrono::milliseconds(200));
  EXPECT_EQ(service().remove_expired(100).value(), 1U);
  say("SELECT 1");
  EXPECT_EQ(say("EXISTS a"), ":0\r\n");
}

TEST_F(SwapDatabases, watched_keys_of_both_databases_have_changed) {
  RespPeer other(server());
  say("SET a 1");
  say("WATCH a free");
  EXPECT_EQ(other.say("SWAPDB 1 0"), "+OK\r\n");
  say("MULTI");
  say("PING");
  EXPECT_EQ(say("EXEC"), "*-1\r\n");
  say("WATCH free");
  EXPECT_EQ(other.say("SWAPDB 1 0"), "+OK\r\n");
  say("MULTI");
  say("PING");
  EXPECT_EQ(say("EXEC"), "*1\r\n+PONG\r\n");
}

TEST_F(SwapDatabases, numbers_of_no_database_are_refused) {
  EXPECT_EQ(say("SWAPDB x 0"), "-ERR invalid first DB index\r\n");
  EXPECT_EQ(say("SWAPDB 99 2147483648"), "-ERR invalid second DB index\r\n");
  EXPECT_EQ(say("SWAPDB 0 16"), "-ERR DB index is out of range\r\n");
  EXPECT_EQ(say("SWAPDB -1 0"), "-ERR DB index is out of range\r\n");
  EXPECT_EQ(say("SWAPDB 2 2"), "+OK\r\n");
}

}  // namespace
}  // namespace quartz::server
