#include <chrono>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/resp/resp_conversation.hpp"
#include "support/result_matchers.hpp"

namespace quartz::server {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class TransactionCommands : public RespConversation {};

TEST_F(TransactionCommands, commands_wait_for_exec_and_answer_together) {
  RespPeer other(server());
  EXPECT_EQ(say("MULTI"), "+OK\r\n");
  EXPECT_EQ(say("SET a 1"), "+QUEUED\r\n");
  EXPECT_EQ(say("INCR a"), "+QUEUED\r\n");
  EXPECT_EQ(say("GET a"), "+QUEUED\r\n");
  EXPECT_EQ(other.say("GET a"), "$-1\r\n");
  EXPECT_EQ(say("EXEC"), "*3\r\n+OK\r\n:2\r\n$1\r\n2\r\n");
  EXPECT_EQ(other.say("GET a"), "$1\r\n2\r\n");
  EXPECT_EQ(say("MULTI"), "+OK\r\n");
  EXPECT_EQ(say("EXEC"), "*0\r\n");
}

TEST_F(TransactionCommands, discarded_commands_do_nothing) {
  EXPECT_EQ(say("MULTI"), "+OK\r\n");
  EXPECT_EQ(say("SET a 1"), "+QUEUED\r\n");
  EXPECT_EQ(say("DISCARD"), "+OK\r\n");
  EXPECT_EQ(say("GET a"), "$-1\r\n");
}

TEST_F(TransactionCommands, what_makes_no_sense_is_refused) {
  EXPECT_EQ(say("EXEC"), "-ERR EXEC without MULTI\r\n");
  EXPECT_EQ(say("DISCARD"), "-ERR DISCARD without MULTI\r\n");
  EXPECT_EQ(say("MULTI"), "+OK\r\n");
  EXPECT_EQ(say("MULTI"), "-ERR MULTI calls can not be nested\r\n");
  EXPECT_EQ(say("WATCH a"), "-ERR WATCH inside MULTI is not allowed\r\n");
  EXPECT_EQ(say("SET a 1"), "+QUEUED\r\n");
  EXPECT_EQ(say("EXEC"), "*1\r\n+OK\r\n");
}

TEST_F(TransactionCommands, a_command_that_cannot_be_queued_undoes_the_whole) {
  for (const char* line : {"NOCOMMAND", "GET", "SET a"}) {
    EXPECT_EQ(say("MULTI"), "+OK\r\n");
    EXPECT_EQ(say("SET a 1"), "+QUEUED\r\n");
    EXPECT_TRUE(say(line).starts_with("-ERR ")) << line;
    EXPECT_EQ(say("EXEC"), "-EXECABORT Transaction discarded because of previous errors.\r\n");
    EXPECT_EQ(say("GET a"), "$-1\r\n");
  }
  EXPECT_EQ(say("MULTI"), "+OK\r\n");
  EXPECT_EQ(say("EXEC now"),
            "-EXECABORT Transaction discarded because of: wrong number of arguments for 'exec' "
            "command\r\n");
  EXPECT_EQ(say("EXEC"), "-ERR EXEC without MULTI\r\n");
}

TEST_F(TransactionCommands, a_command_that_fails_leaves_the_others_alone) {
  EXPECT_EQ(say("SET text x"), "+OK\r\n");
  EXPECT_EQ(say("MULTI"), "+OK\r\n");
  EXPECT_EQ(say("SET a 1"), "+QUEUED\r\n");
  EXPECT_EQ(say("INCR text"), "+QUEUED\r\n");
  EXPECT_EQ(say("SET b 2"), "+QUEUED\r\n");
  EXPECT_EQ(say("EXEC"), "*3\r\n+OK\r\n-ERR value is not an integer or out of range\r\n+OK\r\n");
  EXPECT_EQ(say("MGET a b"), "*2\r\n$1\r\n1\r\n$1\r\n2\r\n");
}

TEST_F(TransactionCommands, databases_may_change_within) {
  EXPECT_EQ(say("MULTI"), "+OK\r\n");
  for (const char* line : {"SET a 0", "SELECT 2", "SET a 2", "MOVE a 3"}) {
    EXPECT_EQ(say(line), "+QUEUED\r\n");
  }
  EXPECT_EQ(say("EXEC"), "*4\r\n+OK\r\n+OK\r\n+OK\r\n:1\r\n");
  EXPECT_EQ(say("EXISTS a"), ":0\r\n");
  EXPECT_EQ(say("SELECT 3"), "+OK\r\n");
  EXPECT_EQ(say("GET a"), "$1\r\n2\r\n");
  EXPECT_EQ(say("SELECT 0"), "+OK\r\n");
  EXPECT_EQ(say("GET a"), "$1\r\n0\r\n");
}

TEST_F(TransactionCommands, a_watched_key_that_stays_lets_exec_run) {
  EXPECT_EQ(say("SET a 1"), "+OK\r\n");
  EXPECT_EQ(say("WATCH a absent"), "+OK\r\n");
  RespPeer other(server());
  EXPECT_EQ(other.say("SET b 1"), "+OK\r\n");
  EXPECT_EQ(other.say("GET a"), "$1\r\n1\r\n");
  EXPECT_EQ(other.say("PERSIST a"), ":0\r\n");
  EXPECT_EQ(say("MULTI"), "+OK\r\n");
  EXPECT_EQ(say("INCR a"), "+QUEUED\r\n");
  EXPECT_EQ(say("EXEC"), "*1\r\n:2\r\n");
}

TEST_F(TransactionCommands, a_watched_key_that_changes_lets_exec_do_nothing) {
  for (const char* line : {"SET a 9", "SET a 1", "APPEND a x", "DEL a", "EXPIRE a 100",
                           "RENAME a z", "RENAME other a", "FLUSHDB", "FLUSHALL", "MOVE a 1"}) {
    ASSERT_EQ(say("MSET a 1 other 2"), "+OK\r\n");
    RespPeer other(server());
    EXPECT_EQ(say("WATCH a"), "+OK\r\n");
    EXPECT_EQ(other.say(line)[0] == '-', false) << line;
    EXPECT_EQ(say("MULTI"), "+OK\r\n");
    EXPECT_EQ(say("SET done 1"), "+QUEUED\r\n");
    EXPECT_EQ(say("EXEC"), "*-1\r\n") << line;
    EXPECT_EQ(say("EXISTS done"), ":0\r\n") << line;
    say("SELECT 1");
    say("FLUSHDB");
    say("SELECT 0");
  }
}

TEST_F(TransactionCommands, a_watched_key_is_changed_by_its_own_client_too) {
  EXPECT_EQ(say("WATCH a"), "+OK\r\n");
  EXPECT_EQ(say("SET a 1"), "+OK\r\n");
  EXPECT_EQ(say("MULTI"), "+OK\r\n");
  EXPECT_EQ(say("EXEC"), "*-1\r\n");
  // That ended the watch.
  EXPECT_EQ(say("SET a 2"), "+OK\r\n");
  EXPECT_EQ(say("MULTI"), "+OK\r\n");
  EXPECT_EQ(say("EXEC"), "*0\r\n");
}

TEST_F(TransactionCommands, a_write_behind_the_servers_back_is_noticed) {
  EXPECT_EQ(say("SET a 1"), "+OK\r\n");
  EXPECT_EQ(say("WATCH a"), "+OK\r\n");
  EXPECT_EQ(say("MULTI"), "+OK\r\n");
  EXPECT_EQ(say("SET a mine"), "+QUEUED\r\n");
  ASSERT_THAT(engine().put("a", "embedded"), Succeeds());
  EXPECT_EQ(say("EXEC"), "*-1\r\n");
  EXPECT_EQ(read(engine(), "a"), "embedded");
}

TEST_F(TransactionCommands, a_watched_key_that_expires_has_changed) {
  EXPECT_EQ(say("SET a 1 EX 10"), "+OK\r\n");
  EXPECT_EQ(say("WATCH a"), "+OK\r\n");
  time_.pass(10s);
  EXPECT_EQ(say("MULTI"), "+OK\r\n");
  EXPECT_EQ(say("SET b 1"), "+QUEUED\r\n");
  EXPECT_EQ(say("EXEC"), "*-1\r\n");
  // One that was gone already when it was watched has not.
  EXPECT_THAT(service().remove_expired(10), Succeeds());
  EXPECT_EQ(say("WATCH a"), "+OK\r\n");
  time_.pass(10s);
  EXPECT_THAT(service().remove_expired(10), Succeeds());
  EXPECT_EQ(say("MULTI"), "+OK\r\n");
  EXPECT_EQ(say("SET b 1"), "+QUEUED\r\n");
  EXPECT_EQ(say("EXEC"), "*1\r\n+OK\r\n");
}

TEST_F(TransactionCommands, a_watch_can_be_given_up) {
  RespPeer other(server());
  for (const char* line : {"UNWATCH", "DISCARD"}) {
    EXPECT_EQ(say("WATCH a"), "+OK\r\n");
    EXPECT_EQ(other.say("INCR a")[0], ':');
    if (line == std::string("DISCARD")) say("MULTI");
    EXPECT_EQ(say(line), "+OK\r\n");
    EXPECT_EQ(say("MULTI"), "+OK\r\n");
    EXPECT_EQ(say("EXEC"), "*0\r\n") << line;
  }
}

TEST_F(TransactionCommands, a_key_that_is_watched_again_is_what_it_was_at_first) {
  RespPeer other(server());
  EXPECT_EQ(say("WATCH a b a"), "+OK\r\n");
  EXPECT_EQ(other.say("SET a 1"), "+OK\r\n");
  EXPECT_EQ(say("WATCH a"), "+OK\r\n");
  EXPECT_EQ(say("MULTI"), "+OK\r\n");
  EXPECT_EQ(say("EXEC"), "*-1\r\n");
  EXPECT_EQ(say("WATCH a"), "+OK\r\n");
  EXPECT_EQ(say("MULTI"), "+OK\r\n");
  EXPECT_EQ(say("EXEC"), "*0\r\n");
}

TEST_F(TransactionCommands, a_reset_ends_a_transaction_and_its_watch) {
  RespPeer other(server());
  EXPECT_EQ(say("WATCH a"), "+OK\r\n");
  EXPECT_EQ(say("MULTI"), "+OK\r\n");
  EXPECT_EQ(other.say("SET a 1"), "+OK\r\n");
  EXPECT_EQ(say("RESET"), "+RESET\r\n");
  EXPECT_EQ(say("EXEC"), "-ERR EXEC without MULTI\r\n");
  EXPECT_EQ(say("MULTI"), "+OK\r\n");
  EXPECT_EQ(say("PING"), "+QUEUED\r\n");
  EXPECT_EQ(say("EXEC"), "*1\r\n+PONG\r\n");
}

TEST_F(TransactionCommands, an_unwatch_that_was_queued_changes_nothing) {
  RespPeer other(server());
  EXPECT_EQ(say("WATCH a"), "+OK\r\n");
  EXPECT_EQ(say("MULTI"), "+OK\r\n");
  EXPECT_EQ(say("UNWATCH"), "+QUEUED\r\n");
  EXPECT_EQ(say("INCR b"), "+QUEUED\r\n");
  EXPECT_EQ(say("EXEC"), "*2\r\n+OK\r\n:1\r\n");
  EXPECT_EQ(say("WATCH a"), "+OK\r\n");
  EXPECT_EQ(say("MULTI"), "+OK\r\n");
  EXPECT_EQ(say("UNWATCH"), "+QUEUED\r\n");
  EXPECT_EQ(other.say("SET a 1"), "+OK\r\n");
  EXPECT_EQ(say("EXEC"), "*-1\r\n");
}

TEST_F(TransactionCommands, clients_are_told_how_many_commands_wait) {
  RespPeer other(server());
  EXPECT_THAT(other.say("CLIENT LIST"), HasSubstr(" multi=-1 "));
  EXPECT_EQ(say("MULTI"), "+OK\r\n");
  const std::string mine = "CLIENT LIST ID " + std::to_string(me().client().id());
  EXPECT_THAT(other.say(mine), HasSubstr(" multi=0 "));
  EXPECT_EQ(say("CLIENT INFO"), "+QUEUED\r\n");
  EXPECT_EQ(say("SET a 1"), "+QUEUED\r\n");
  EXPECT_THAT(other.say(mine), HasSubstr(" multi=2 "));
  EXPECT_THAT(say("EXEC"), HasSubstr(" multi=2 "));
  EXPECT_THAT(other.say(mine), HasSubstr(" multi=-1 "));
  EXPECT_EQ(say("MULTI"), "+OK\r\n");
  EXPECT_EQ(say("SET a 1"), "+QUEUED\r\n");
  EXPECT_EQ(say("DISCARD"), "+OK\r\n");
  EXPECT_THAT(other.say(mine), HasSubstr(" multi=-1 "));
}

TEST_F(TransactionCommands, a_watched_key_is_one_of_its_database) {
  RespPeer other(server());
  EXPECT_EQ(say("WATCH a"), "+OK\r\n");
  EXPECT_EQ(other.say("SELECT 1"), "+OK\r\n");
  EXPECT_EQ(other.say("SET a 1"), "+OK\r\n");
  EXPECT_EQ(say("MULTI"), "+OK\r\n");
  EXPECT_EQ(say("EXEC"), "*0\r\n");
  EXPECT_EQ(say("SELECT 1"), "+OK\r\n");
  EXPECT_EQ(say("WATCH a"), "+OK\r\n");
  EXPECT_EQ(say("SELECT 0"), "+OK\r\n");
  EXPECT_EQ(other.say("SET a 2"), "+OK\r\n");
  EXPECT_EQ(say("MULTI"), "+OK\r\n");
  EXPECT_EQ(say("EXEC"), "*-1\r\n");
}

TEST_F(TransactionCommands, in_resp3_nothing_has_its_own_form) {
  say("HELLO 3");
  RespPeer other(server());
  EXPECT_EQ(say("WATCH a"), "+OK\r\n");
  EXPECT_EQ(other.say("SET a 1"), "+OK\r\n");
  EXPECT_EQ(say("MULTI"), "+OK\r\n");
  EXPECT_EQ(say("EXEC"), "_\r\n");
}

}  // namespace
}  // namespace quartz::server
