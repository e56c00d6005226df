#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/resp/waiting_peer.hpp"

namespace quartz::server {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr std::string_view kNoElement = "*-1\r\n";
constexpr std::string_view kElementOfZ = "*3\r\n$1\r\nz\r\n$1\r\na\r\n$1\r\n1\r\n";

TEST_F(WaitingClients, what_is_there_is_taken_at_once) {
  say("ZADD z 1 a 2 b");
  EXPECT_EQ(first_.say("BZPOPMIN y z 0"), kElementOfZ);
  EXPECT_EQ(first_.say("BZPOPMAX z 0"), "*3\r\n$1\r\nz\r\n$1\r\nb\r\n$1\r\n2\r\n");
  EXPECT_EQ(say("EXISTS z"), ":0\r\n");
}

TEST_F(WaitingClients, a_write_lets_the_first_to_come_take_it_and_then_the_next) {
  EXPECT_EQ(first_.say("BZPOPMIN z 0"), "");
  EXPECT_EQ(second_.say("BZPOPMAX z 0"), "");
  say("ZADD z 1 a 2 b 3 c");
  EXPECT_FALSE(second_.woken());
  EXPECT_EQ(first_.after_wake(), kElementOfZ);
  EXPECT_EQ(second_.after_wake(), "*3\r\n$1\r\nz\r\n$1\r\nc\r\n$1\r\n3\r\n");
  EXPECT_EQ(say("ZRANGE z 0 -1"), "*1\r\n$1\r\nb\r\n");
}

TEST_F(WaitingClients, requests_behind_it_are_answered_after_it) {
  EXPECT_EQ(first_.say("BZPOPMIN z 0"), "");
  EXPECT_EQ(first_.say("PING"), "");
  EXPECT_EQ(first_.say("ECHO a"), "");
  say("ZADD z 1 a");
  EXPECT_EQ(first_.after_wake(), std::string(kElementOfZ) + "+PONG\r\n$1\r\na\r\n");
}

TEST_F(WaitingClients, requests_before_it_take_effect_before_it_waits) {
  EXPECT_EQ(first_.say("SET k v\r\nBZPOPMIN z 0"), "+OK\r\n");
  EXPECT_EQ(say("GET k"), "$1\r\nv\r\n");
}

TEST_F(WaitingClients, the_time_ends_with_nothing) {
  EXPECT_EQ(first_.say("BZPOPMIN z 1000"), "");
  EXPECT_EQ(first_.after_timeout(), kNoElement);
  EXPECT_FALSE(first_.waits());
  say("ZADD z 1 a");
  EXPECT_FALSE(first_.woken());
}

TEST_F(WaitingClients, a_vain_wake_lets_it_wait_on) {
  first_.say("BZPOPMIN z 0");
  say("ZADD z 1 a");
  say("ZREM z a");
  EXPECT_EQ(first_.after_wake(), "");
  EXPECT_TRUE(first_.waits());
  say("ZADD z 1 a");
  EXPECT_EQ(first_.after_wake(), kElementOfZ);
}

TEST_F(WaitingClients, a_key_of_another_kind_is_refused_at_once_and_passed_over_later) {
  say("SET z v");
  EXPECT_THAT(first_.say("BZPOPMIN z 0"), HasSubstr("-WRONGTYPE "));
  first_.say("BZPOPMIN y z 0");
  EXPECT_FALSE(first_.waits());
  say("DEL z");
  EXPECT_EQ(first_.say("BZPOPMIN y z 0"), "");
  say("SET y v");
  EXPECT_EQ(first_.after_wake(), "");
  say("ZADD z 1 a");
  EXPECT_EQ(first_.after_wake(), kElementOfZ);
}

TEST_F(WaitingClients, a_sorted_set_that_comes_by_another_name_wakes_too) {
  first_.say("BZPOPMIN z 0");
  say("ZADD y 1 a");
  say("RENAME y z");
  EXPECT_EQ(first_.after_wake(), kElementOfZ);
}

TEST_F(WaitingClients, only_keys_of_its_database_wake) {
  first_.say("SELECT 3");
  first_.say("BZPOPMIN z 0");
  say("ZADD z 1 a");
  EXPECT_FALSE(first_.woken());
  say("SELECT 3");
  say("ZADD z 1 a");
  EXPECT_EQ(first_.after_wake(), kElementOfZ);
}

TEST_F(WaitingClients, one_that_disconnects_takes_nothing_and_leaves_its_turn_to_the_next) {
  first_.say("BZPOPMIN z 0");
  second_.say("BZPOPMIN z 0");
  EXPECT_THAT(say("INFO clients"), HasSubstr("blocked_clients:2\r\n"));
  say("ZADD z 1 a");
  first_.disconnect();
  EXPECT_EQ(second_.after_wake(), kElementOfZ);
  EXPECT_THAT(say("INFO clients"), HasSubstr("blocked_clients:0\r\n"));
}

TEST_F(WaitingClients, others_can_end_the_wait) {
  const std::string id = std::to_string(first_.client().id());
  EXPECT_EQ(say("CLIENT UNBLOCK " + id), ":0\r\n");
  first_.say("BZPOPMIN z 0");
  EXPECT_THAT(say("CLIENT LIST"), AllOf(HasSubstr("flags=b"), HasSubstr("cmd=bzpopmin ")));
  EXPECT_EQ(say("CLIENT UNBLOCK " + id), ":1\r\n");
  EXPECT_EQ(first_.after_wake(), kNoElement);
  first_.say("BZPOPMIN z 0");
  EXPECT_EQ(say("CLIENT UNBLOCK " + id + " ERROR"), ":1\r\n");
  EXPECT_EQ(first_.after_wake(), "-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n");
  EXPECT_EQ(say("CLIENT UNBLOCK " + id + " NOW"),
            "-ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR\r\n");
  EXPECT_EQ(say("CLIENT UNBLOCK x"), "-ERR value is not an integer or out of range\r\n");
}

TEST_F(WaitingClients, nothing_waits_between_multi_and_exec) {
  first_.say("MULTI");
  EXPECT_EQ(first_.say("BZPOPMIN z 0"), "+QUEUED\r\n");
  EXPECT_EQ(first_.say("EXEC"), "*1\r\n*-1\r\n");
}

TEST_F(WaitingClients, a_client_that_cannot_be_woken_does_not_wait) {
  EXPECT_EQ(say("BZPOPMIN z 0"), kNoElement);
}

TEST_F(WaitingClients, a_reply_that_is_not_wanted_is_dropped_after_the_wait) {
  first_.say("CLIENT REPLY OFF");
  first_.say("BZPOPMIN z 0");
  say("ZADD z 1 a");
  EXPECT_EQ(first_.after_wake(), "");
  EXPECT_FALSE(first_.waits());
  EXPECT_EQ(say("EXISTS z"), ":0\r\n");
}

TEST_F(WaitingClients, several_members_can_be_waited_for) {
  EXPECT_EQ(first_.say("BZMPOP 0 2 y z MAX COUNT 2"), "");
  say("ZADD z 1 a 2 b 3 c");
  EXPECT_EQ(first_.after_wake(),
            "*2\r\n$1\r\nz\r\n*2\r\n*2\r\n$1\r\nc\r\n$1\r\n3\r\n*2\r\n$1\r\nb\r\n$1\r\n2\r\n");
}

TEST_F(WaitingClients, times_that_make_no_sense_are_refused) {
  EXPECT_EQ(first_.say("BZPOPMIN z -1"), "-ERR timeout is negative\r\n");
  EXPECT_EQ(first_.say("BZPOPMIN z x"), "-ERR timeout is not a float or out of range\r\n");
  EXPECT_EQ(first_.say("BZPOPMIN z 1e300"), "-ERR timeout is out of range\r\n");
  EXPECT_EQ(first_.say("BZMPOP 0 0 z MIN"), "-ERR numkeys should be greater than 0\r\n");
  EXPECT_FALSE(first_.waits());
}

}  // namespace
}  // namespace quartz::server
