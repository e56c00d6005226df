#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/resp/waiting_peer.hpp"

namespace quartz::server {
namespace {

using testing::HasSubstr;

constexpr std::string_view kNothing = "*-1\r\n";

class BlockingListCommands : public WaitingClients {};

TEST_F(BlockingListCommands, values_are_taken_from_the_first_list_that_has_any) {
  say("RPUSH l a b c");
  EXPECT_EQ(first_.say("BLPOP k l 0"), "*2\r\n$1\r\nl\r\n$1\r\na\r\n");
  EXPECT_EQ(first_.say("BRPOP k l 0"), "*2\r\n$1\r\nl\r\n$1\r\nc\r\n");
  EXPECT_EQ(first_.say("BLMPOP 0 2 k l LEFT COUNT 9"), "*2\r\n$1\r\nl\r\n*1\r\n$1\r\nb\r\n");
}

TEST_F(BlockingListCommands, a_push_of_several_values_serves_clients_in_the_order_they_came) {
  EXPECT_EQ(first_.say("BLPOP l 0"), "");
  EXPECT_EQ(second_.say("BRPOP l 0"), "");
  say("RPUSH l a b c");
  EXPECT_EQ(first_.after_wake(), "*2\r\n$1\r\nl\r\n$1\r\na\r\n");
  EXPECT_EQ(second_.after_wake(), "*2\r\n$1\r\nl\r\n$1\r\nc\r\n");
  EXPECT_EQ(say("LRANGE l 0 -1"), "*1\r\n$1\r\nb\r\n");
}

TEST_F(BlockingListCommands, a_value_that_one_client_moves_serves_the_one_that_waits_for_it) {
  first_.say("BLMOVE a b LEFT RIGHT 0");
  second_.say("BRPOPLPUSH b c 0");
  say("RPUSH a v");
  EXPECT_EQ(first_.after_wake(), "$1\r\nv\r\n");
  EXPECT_EQ(second_.after_wake(), "$1\r\nv\r\n");
  EXPECT_EQ(say("LRANGE c 0 -1"), "*1\r\n$1\r\nv\r\n");
}

TEST_F(BlockingListCommands, where_a_value_goes_is_looked_at_when_there_is_one) {
  say("SET b v");
  EXPECT_EQ(first_.say("BLMOVE a b LEFT LEFT 0"), "");
  say("RPUSH a v");
  EXPECT_THAT(first_.after_wake(), HasSubstr("-WRONGTYPE "));
  EXPECT_FALSE(first_.waits());
  EXPECT_EQ(say("LLEN a"), ":1\r\n");
}

TEST_F(BlockingListCommands, a_source_of_another_kind_is_passed_over_after_a_wait) {
  first_.say("BLMOVE a b LEFT LEFT 0");
  say("SET a v");
  EXPECT_EQ(first_.after_wake(), "");
  say("DEL a");
  say("RPUSH a v");
  EXPECT_EQ(first_.after_wake(), "$1\r\nv\r\n");
}

TEST_F(BlockingListCommands, the_end_of_the_time_is_no_value_but_nothing_at_all) {
  for (const char* line : {"BLPOP l 9", "BRPOP l 9", "BLMPOP 9 1 l LEFT", "BRPOPLPUSH l m 9",
                           "BLMOVE l m LEFT LEFT 9"}) {
    EXPECT_EQ(first_.say(line), "") << line;
    EXPECT_EQ(first_.after_timeout(), kNothing) << line;
  }
}

TEST_F(BlockingListCommands, between_multi_and_exec_there_is_nothing_at_once) {
  first_.say("MULTI");
  first_.say("BLPOP l 0");
  first_.say("BLMOVE l m LEFT LEFT 0");
  EXPECT_EQ(first_.say("EXEC"), "*2\r\n*-1\r\n$-1\r\n");
}

TEST_F(BlockingListCommands, a_sorted_set_does_not_serve_who_waits_for_a_list) {
  first_.say("BLPOP k 0");
  second_.say("BZPOPMIN k 0");
  say("ZADD k 1 a");
  EXPECT_EQ(first_.after_wake(), "");
  EXPECT_EQ(second_.after_wake(), "*3\r\n$1\r\nk\r\n$1\r\na\r\n$1\r\n1\r\n");
  say("RPUSH k v");
  EXPECT_EQ(first_.after_wake(), "*2\r\n$1\r\nk\r\n$1\r\nv\r\n");
}

TEST_F(BlockingListCommands, words_that_make_no_sense_are_refused) {
  EXPECT_EQ(first_.say("BLMPOP x 0 l LEFT"), "-ERR numkeys should be greater than 0\r\n");
  EXPECT_EQ(first_.say("BLMPOP x 1 l FIRST"), "-ERR syntax error\r\n");
  EXPECT_EQ(first_.say("BLMPOP x 1 l LEFT"), "-ERR timeout is not a float or out of range\r\n");
  EXPECT_EQ(first_.say("BLMPOP 0 1 l LEFT COUNT 0"), "-ERR count should be greater than 0\r\n");
  EXPECT_EQ(first_.say("BLMOVE a b UP LEFT 0"), "-ERR syntax error\r\n");
  say("SET s v");
  EXPECT_THAT(first_.say("BLPOP s 0"), HasSubstr("-WRONGTYPE "));
}

}  // namespace
}  // namespace quartz::server
