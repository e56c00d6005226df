#include <chrono>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/resp/resp_conversation.hpp"
#include "support/result_matchers.hpp"

namespace quartz::server {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

class PubsubCommands : public RespConversation {};

TEST_F(PubsubCommands, what_is_published_reaches_who_listens) {
  RespPeer other(server());
  EXPECT_EQ(other.say("SUBSCRIBE news sport"),
            "*3\r\n$9\r\nsubscribe\r\n$4\r\nnews\r\n:1\r\n"
            "*3\r\n$9\r\nsubscribe\r\n$5\r\nsport\r\n:2\r\n");
  EXPECT_EQ(other.say("PSUBSCRIBE ne*"), "*3\r\n$10\r\npsubscribe\r\n$3\r\nne*\r\n:3\r\n");
  EXPECT_EQ(say("PUBLISH news hello"), ":2\r\n");
  EXPECT_EQ(other.pushed(),
            "*3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$5\r\nhello\r\n"
            "*4\r\n$8\r\npmessage\r\n$3\r\nne*\r\n$4\r\nnews\r\n$5\r\nhello\r\n");
  EXPECT_EQ(say("PUBLISH weather rain"), ":0\r\n");
  EXPECT_EQ(other.say("UNSUBSCRIBE news"), "*3\r\n$11\r\nunsubscribe\r\n$4\r\nnews\r\n:2\r\n");
  EXPECT_EQ(say("PUBLISH news again"), ":1\r\n");
  EXPECT_EQ(other.say("UNSUBSCRIBE"), "*3\r\n$11\r\nunsubscribe\r\n$5\r\nsport\r\n:1\r\n");
  EXPECT_EQ(other.say("PUNSUBSCRIBE"), "*3\r\n$12\r\npunsubscribe\r\n$3\r\nne*\r\n:0\r\n");
  EXPECT_EQ(other.say("UNSUBSCRIBE"), "*3\r\n$11\r\nunsubscribe\r\n$-1\r\n:0\r\n");
  EXPECT_EQ(say("PUBLISH news more"), ":0\r\n");
}

TEST_F(PubsubCommands, channels_of_the_shard_are_others_than_those_of_all) {
  RespPeer other(server());
  EXPECT_EQ(other.say("SSUBSCRIBE news sport"),
            "*3\r\n$10\r\nssubscribe\r\n$4\r\nnews\r\n:1\r\n"
            "*3\r\n$10\r\nssubscribe\r\n$5\r\nsport\r\n:2\r\n");
  EXPECT_EQ(other.say("PSUBSCRIBE *"), "*3\r\n$10\r\npsubscribe\r\n$1\r\n*\r\n:1\r\n");
  EXPECT_EQ(say("SPUBLISH news hello"), ":1\r\n");
  EXPECT_EQ(other.pushed(), "*3\r\n$8\r\nsmessage\r\n$4\r\nnews\r\n$5\r\nhello\r\n");
  EXPECT_EQ(say("PUBLISH sport goal"), ":1\r\n");
  EXPECT_EQ(other.pushed(), "*4\r\n$8\r\npmessage\r\n$1\r\n*\r\n$5\r\nsport\r\n$4\r\ngoal\r\n");
  EXPECT_EQ(say("PUBSUB SHARDCHANNELS n*"), "*1\r\n$4\r\nnews\r\n");
  EXPECT_EQ(say("PUBSUB SHARDNUMSUB news other"),
            "*4\r\n$4\r\nnews\r\n:1\r\n$5\r\nother\r\n:0\r\n");
  EXPECT_EQ(say("PUBSUB CHANNELS"), "*0\r\n");
  EXPECT_THAT(say("CLIENT LIST"), HasSubstr(" sub=0 psub=1 ssub=2 "));
  EXPECT_EQ(other.say("SUNSUBSCRIBE news"), "*3\r\n$12\r\nsunsubscribe\r\n$4\r\nnews\r\n:1\r\n");
  EXPECT_EQ(other.say("SUNSUBSCRIBE"), "*3\r\n$12\r\nsunsubscribe\r\n$5\r\nsport\r\n:0\r\n");
  EXPECT_EQ(other.say("SUNSUBSCRIBE"), "*3\r\n$12\r\nsunsubscribe\r\n$-1\r\n:0\r\n");
  EXPECT_EQ(say("SPUBLISH news more"), ":0\r\n");
}

TEST_F(PubsubCommands, who_listens_to_the_shard_only_listens_all_the_same) {
  RespPeer other(server());
  other.say("SSUBSCRIBE news");
  EXPECT_EQ(other.say("PING"), "*2\r\n$4\r\npong\r\n$0\r\n\r\n");
  EXPECT_EQ(other.say("PING hi"), "*2\r\n$4\r\npong\r\n$2\r\nhi\r\n");
  const std::string its_id = "id=" + std::to_string(other.client().id()) + " ";
  EXPECT_THAT(say("CLIENT LIST TYPE pubsub"), HasSubstr(its_id));
  EXPECT_THAT(say("CLIENT LIST TYPE normal"), Not(HasSubstr(its_id)));
  other.say("SUNSUBSCRIBE");
  EXPECT_EQ(other.say("PING"), "+PONG\r\n");
  EXPECT_THAT(say("CLIENT LIST TYPE normal"), HasSubstr(its_id));
}

TEST_F(PubsubCommands, what_exec_sends_to_the_shard_stays_there) {
  RespPeer other(server());
  other.say("SSUBSCRIBE a");
  EXPECT_THAT(other.say("GET a"), HasSubstr("-ERR Can't execute 'get'"));
  say("MULTI");
  say("SPUBLISH a x");
  say("PUBLISH a y");
  EXPECT_EQ(say("EXEC"), "*2\r\n:1\r\n:0\r\n");
  EXPECT_EQ(other.pushed(), "*3\r\n$8\r\nsmessage\r\n$1\r\na\r\n$1\r\nx\r\n");
  other.client().unsubscribe_all();
  EXPECT_EQ(other.say("GET a"), "$-1\r\n");
}

TEST_F(PubsubCommands, a_listener_of_resp2_may_say_little_else) {
  EXPECT_THAT(say("SUBSCRIBE a"), HasSubstr("subscribe"));
  EXPECT_EQ(say("GET a"),
            "-ERR Can't execute 'get': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / "
            "RESET are allowed in this context\r\n");
  EXPECT_EQ(say("PING"), "*2\r\n$4\r\npong\r\n$0\r\n\r\n");
  EXPECT_EQ(say("RESET"), "+RESET\r\n");
  EXPECT_EQ(say("GET a"), "$-1\r\n");
}

TEST_F(PubsubCommands, a_listener_of_resp3_goes_on_as_before) {
  say("HELLO 3");
  EXPECT_EQ(say("SUBSCRIBE a"), ">3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n");
  EXPECT_EQ(say("SET a 1"), "+OK\r\n");
  EXPECT_EQ(say("PUBLISH a x"), ":1\r\n");
  EXPECT_EQ(me().pushed(), ">3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\nx\r\n");
}

TEST_F(PubsubCommands, listeners_are_counted) {
  RespPeer other(server());
  other.say("SUBSCRIBE news sport");
  other.say("PSUBSCRIBE n* s*");
  EXPECT_EQ(say("PUBSUB CHANNELS"), "*2\r\n$4\r\nnews\r\n$5\r\nsport\r\n");
  EXPECT_EQ(say("PUBSUB CHANNELS n*"), "*1\r\n$4\r\nnews\r\n");
  EXPECT_EQ(say("PUBSUB NUMSUB news other"), "*4\r\n$4\r\nnews\r\n:1\r\n$5\r\nother\r\n:0\r\n");
  EXPECT_EQ(say("PUBSUB NUMPAT"), ":2\r\n");
  other.client().unsubscribe_all();
  EXPECT_EQ(say("PUBSUB CHANNELS"), "*0\r\n");
}

TEST_F(PubsubCommands, events_of_keys_are_published_once_chosen) {
  RespPeer other(server());
  other.say("PSUBSCRIBE __key*");
  EXPECT_EQ(say("SET a 1"), "+OK\r\n");
  EXPECT_EQ(other.pushed(), "");
  EXPECT_EQ(say("CONFIG SET notify-keyspace-events KEA"), "+OK\r\n");
  EXPECT_EQ(say("SET a 1"), "+OK\r\n");
  EXPECT_EQ(other.pushed(),
            "*4\r\n$8\r\npmessage\r\n$6\r\n__key*\r\n$16\r\n__keyspace@0__:a\r\n$3\r\nset\r\n"
            "*4\r\n$8\r\npmessage\r\n$6\r\n__key*\r\n$18\r\n__keyevent@0__:set\r\n$1\r\na\r\n");
  EXPECT_EQ(say("CONFIG SET notify-keyspace-events Eg"), "+OK\r\n");
  EXPECT_EQ(say("INCR a"), ":2\r\n");
  EXPECT_EQ(other.pushed(), "");
  EXPECT_EQ(say("EXPIRE a 10"), ":1\r\n");
  EXPECT_THAT(other.pushed(), HasSubstr("__keyevent@0__:expire\r\n"));
  EXPECT_EQ(say("DEL a"), ":1\r\n");
  EXPECT_THAT(other.pushed(), HasSubstr("__keyevent@0__:del\r\n"));
}

TEST_F(PubsubCommands, an_expired_key_is_told_of_when_it_is_removed) {
  RespPeer other(server());
  other.say("SUBSCRIBE __keyevent@0__:expired");
  say("CONFIG SET notify-keyspace-events Ex");
  EXPECT_EQ(say("SET a 1 EX 10"), "+OK\r\n");
  time_.pass(10s);
  EXPECT_THAT(service().remove_expired(10), Succeeds());
  EXPECT_EQ(other.pushed(), "*3\r\n$7\r\nmessage\r\n$22\r\n__keyevent@0__:expired\r\n$1\r\na\r\n");
  EXPECT_THAT(service().remove_expired(10), Succeeds());
  EXPECT_EQ(other.pushed(), "");
}

TEST_F(PubsubCommands, what_a_transaction_does_not_commit_is_not_told_of) {
  RespPeer other(server());
  other.say("SUBSCRIBE __keyevent@0__:set");
  say("CONFIG SET notify-keyspace-events E$");
  EXPECT_EQ(say("WATCH a"), "+OK\r\n");
  ASSERT_THAT(engine().put("a", "x"), Succeeds());
  EXPECT_EQ(say("MULTI"), "+OK\r\n");
  EXPECT_EQ(say("SET a 1"), "+QUEUED\r\n");
  EXPECT_EQ(say("EXEC"), "*-1\r\n");
  EXPECT_EQ(other.pushed(), "");
}

TEST_F(PubsubCommands, a_transaction_publishes_when_it_is_committed) {
  RespPeer other(server());
  other.say("SUBSCRIBE news");
  EXPECT_EQ(say("MULTI"), "+OK\r\n");
  EXPECT_EQ(say("PUBLISH news hello"), "+QUEUED\r\n");
  EXPECT_EQ(other.pushed(), "");
  EXPECT_EQ(say("EXEC"), "*1\r\n:1\r\n");
  EXPECT_EQ(other.pushed(), "*3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$5\r\nhello\r\n");
  // One that fails publishes nothing.
  EXPECT_EQ(say("WATCH a"), "+OK\r\n");
  ASSERT_THAT(engine().put("a", "x"), Succeeds());
  EXPECT_EQ(say("MULTI"), "+OK\r\n");
  EXPECT_EQ(say("PUBLISH news again"), "+QUEUED\r\n");
  EXPECT_EQ(say("EXEC"), "*-1\r\n");
  EXPECT_EQ(other.pushed(), "");
}

TEST_F(PubsubCommands, transactions_that_run_again_publish_once) {
  RespPeer listener(server());
  listener.say("SUBSCRIBE news");
  constexpr std::size_t kTimes = 200;
  const auto publish = [&] {
    RespPeer peer(server());
    for (std::size_t i = 0; i < kTimes; ++i) {
      peer.send("MULTI\r\nINCR n\r\nPUBLISH news x\r\nEXEC\r\n");
    }
  };
  std::thread one(publish);
  std::thread two(publish);
  one.join();
  two.join();
  const std::string message = "*3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$1\r\nx\r\n";
  EXPECT_EQ(listener.pushed().size(), 2 * kTimes * message.size());
}

TEST_F(PubsubCommands, choices_of_events_are_judged_and_told) {
  EXPECT_EQ(say("CONFIG SET notify-keyspace-events K?"),
            "-ERR CONFIG SET failed (possibly related to argument 'notify-keyspace-events') - "
            "notify-keyspace-events: unknown class '?'\r\n");
  EXPECT_EQ(say("CONFIG SET notify-keyspace-events KEA"), "+OK\r\n");
  EXPECT_EQ(say("CONFIG GET notify-keyspace-events"),
            "*2\r\n$22\r\nnotify-keyspace-events\r\n$3\r\nAKE\r\n");
  EXPECT_EQ(say("CONFIG SET notify-keyspace-events \"\""), "+OK\r\n");
  EXPECT_EQ(say("CONFIG GET notify-keyspace-events"),
            "*2\r\n$22\r\nnotify-keyspace-events\r\n$0\r\n\r\n");
}

}  // namespace
}  // namespace quartz::server
