#include <atomic>
#include <barrier>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/auth/access_control.hpp"
#include "server/resp/once.hpp"
#include "server/resp/resp_conversation.hpp"

namespace quartz::server {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class OnceCommands : public RespConversation {};

TEST_F(OnceCommands, are_carried_out_once_and_replied_to_each_time) {
  EXPECT_EQ(say("QUARTZ.ONCE me 1 INCRBY n 5"), ":5\r\n");
  EXPECT_EQ(say("QUARTZ.ONCE me 1 INCRBY n 5"), ":5\r\n");
  EXPECT_EQ(say("quartz.once me 2 incrby n 5"), ":10\r\n");
  EXPECT_EQ(say("GET n"), "$2\r\n10\r\n");
  EXPECT_EQ(say("QUARTZ.ONCE me 3 LPUSH l a b"), ":2\r\n");
  EXPECT_EQ(say("QUARTZ.ONCE me 3 LPUSH l a b"), ":2\r\n");
  EXPECT_EQ(say("QUARTZ.ONCE me 4 LPOP l 2"), "*2\r\n$1\r\nb\r\n$1\r\na\r\n");
  EXPECT_EQ(say("QUARTZ.ONCE me 4 LPOP l 2"), "*2\r\n$1\r\nb\r\n$1\r\na\r\n");
}

TEST_F(OnceCommands, belong_to_all_connections_of_a_client) {
  EXPECT_EQ(say("QUARTZ.ONCE me 1 INCR n"), ":1\r\n");
  RespPeer other(server());
  EXPECT_EQ(other.say("QUARTZ.ONCE me 1 INCR n"), ":1\r\n");
  EXPECT_EQ(other.say("QUARTZ.ONCE other 1 INCR n"), ":2\r\n");
}

TEST_F(OnceCommands, survive_a_restart) {
  EXPECT_EQ(say("QUARTZ.ONCE me 1 INCR n"), ":1\r\n");
  reopen();
  EXPECT_EQ(say("QUARTZ.ONCE me 1 INCR n"), ":1\r\n");
  EXPECT_EQ(say("GET n"), "$1\r\n1\r\n");
}

TEST_F(OnceCommands, refuse_another_command_or_database_with_the_same_key) {
  EXPECT_EQ(say("QUARTZ.ONCE me 1 INCR n"), ":1\r\n");
  for (const char* other : {"QUARTZ.ONCE me 1 INCR m", "QUARTZ.ONCE me 1 DECR n",
                            "QUARTZ.ONCE me 1 INCRBY n 1", "QUARTZ.ONCE me 1 SET n 1"}) {
    EXPECT_THAT(say(other), StartsWith("-ONCEREUSED ")) << other;
  }
  say("SELECT 3");
  EXPECT_THAT(say("QUARTZ.ONCE me 1 INCR n"), StartsWith("-ONCEREUSED "));
  say("SELECT 0");
  EXPECT_EQ(say("GET n"), "$1\r\n1\r\n");
}

TEST_F(OnceCommands, that_fail_may_be_tried_again) {
  say("SET n text");
  EXPECT_THAT(say("QUARTZ.ONCE me 1 INCR n"), StartsWith("-ERR value is not an integer"));
  say("SET n 1");
  EXPECT_EQ(say("QUARTZ.ONCE me 1 INCR n"), ":2\r\n");
  EXPECT_EQ(say("QUARTZ.ONCE me 1 INCR n"), ":2\r\n");
}

TEST_F(OnceCommands, are_such_as_write_at_once) {
  for (const char* line :
       {"QUARTZ.ONCE me 1 GET n", "QUARTZ.ONCE me 1 NONSENSE", "QUARTZ.ONCE me 1 BLPOP l 0",
        "QUARTZ.ONCE me 1 EXEC", "QUARTZ.ONCE me 1 PING", "QUARTZ.ONCE me 1 CONFIG SET a b",
        "QUARTZ.ONCE me 1 VADD v VALUES 1 1 a", "QUARTZ.ONCE me 1 QUARTZ.ONCE me 2 INCR n"}) {
    EXPECT_THAT(say(line), HasSubstr("is no command that writes")) << line;
  }
  EXPECT_EQ(say("QUARTZ.ONCE me 1 INCR"), "-ERR wrong number of arguments for 'incr' command\r\n");
  EXPECT_EQ(say("QUARTZ.ONCE me 1"),
            "-ERR wrong number of arguments for 'quartz.once' command\r\n");
}

TEST_F(OnceCommands, need_a_key_that_is_one) {
  EXPECT_THAT(say("QUARTZ.ONCE me x INCR n"), HasSubstr("not an integer"));
  EXPECT_THAT(say("QUARTZ.ONCE \"\" 1 INCR n"), HasSubstr("1 to 255 bytes"));
  EXPECT_THAT(say_words({"QUARTZ.ONCE", std::string(256, 'x'), "1", "INCR", "n"}),
              HasSubstr("1 to 255 bytes"));
  EXPECT_EQ(say_words({"QUARTZ.ONCE", std::string(255, '\0'), "-1", "INCR", "n"}), ":1\r\n");
}

TEST_F(OnceCommands, may_stand_in_pipelines_also_twice) {
  std::string requests;
  for (const char* sequence : {"1", "2", "1", "2", "3"}) {
    requests += request_of({"QUARTZ.ONCE", "me", sequence, "INCR", "n"});
  }
  EXPECT_EQ(me().send(requests + request_of({"GET", "n"})),
            ":1\r\n:2\r\n:1\r\n:2\r\n:3\r\n$1\r\n3\r\n");
}

TEST_F(OnceCommands, make_a_transaction_repeatable_as_a_whole) {
  const std::string transaction =
      request_of({"MULTI"}) + request_of({"QUARTZ.ONCE", "me", "1", "DECRBY", "mine", "5"}) +
      request_of({"QUARTZ.ONCE", "me", "2", "INCRBY", "yours", "5"}) + request_of({"EXEC"});
  const std::string replies = "+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n:-5\r\n:5\r\n";
  EXPECT_EQ(me().send(transaction), replies);
  EXPECT_EQ(me().send(transaction), replies);
  EXPECT_EQ(say("MGET mine yours"), "*2\r\n$2\r\n-5\r\n$1\r\n5\r\n");
}

TEST_F(OnceCommands, that_cannot_be_carried_spoil_a_transaction) {
  say("MULTI");
  EXPECT_THAT(say("QUARTZ.ONCE me 1 GET n"), StartsWith("-ERR "));
  EXPECT_THAT(say("EXEC"), StartsWith("-EXECABORT "));
}

TEST_F(OnceCommands, are_forgotten_with_a_transaction_that_is_discarded) {
  say("MULTI");
  say("QUARTZ.ONCE me 1 INCR n");
  say("DISCARD");
  EXPECT_EQ(say("QUARTZ.ONCE me 1 INCR n"), ":1\r\n");
}

TEST_F(OnceCommands, count_only_what_was_committed) {
  say("WATCH n");
  say("MULTI");
  say("QUARTZ.ONCE me 1 INCR n");
  RespPeer(server()).say("SET n 5");
  EXPECT_EQ(say("EXEC"), "*-1\r\n");
  say("LPUSH l x");
  EXPECT_THAT(say("QUARTZ.ONCE me 2 INCR l"), StartsWith("-WRONGTYPE"));
  EXPECT_EQ(service().idempotency_keys().count(), 0u);
  EXPECT_EQ(service().idempotency_keys().bytes(), 0u);
  EXPECT_EQ(say("QUARTZ.ONCE me 1 INCR n"), ":6\r\n");
  EXPECT_EQ(say("QUARTZ.ONCE me 1 INCR n"), ":6\r\n");
  EXPECT_EQ(service().idempotency_keys().count(), 1u);
}

TEST_F(OnceCommands, say_that_they_were_done_where_the_reply_would_be_of_the_other_protocol) {
  say("ZADD z 1 a");
  EXPECT_EQ(say("QUARTZ.ONCE me 1 ZINCRBY z 1 a"), "$1\r\n2\r\n");
  RespPeer modern(server());
  modern.say("HELLO 3");
  EXPECT_THAT(modern.say("QUARTZ.ONCE me 1 ZINCRBY z 1 a"), StartsWith("-ONCEDONE "));
  EXPECT_EQ(modern.say("QUARTZ.ONCE me 2 ZINCRBY z 1 a"), ",3\r\n");
  EXPECT_EQ(modern.say("QUARTZ.ONCE me 2 ZINCRBY z 1 a"), ",3\r\n");
}

TEST_F(OnceCommands, say_that_they_were_done_where_the_reply_was_large) {
  say_words({"SET", "large", std::string(20'000, 'x')});
  EXPECT_THAT(say("QUARTZ.ONCE me 1 GETDEL large"), StartsWith("$20000\r\n"));
  EXPECT_THAT(say("QUARTZ.ONCE me 1 GETDEL large"), StartsWith("-ONCEDONE "));
}

TEST_F(OnceCommands, tell_those_who_track_and_those_who_listen) {
  RespPeer reader(server());
  reader.say("HELLO 3");
  reader.say("CLIENT TRACKING ON");
  reader.say("GET n");
  say("QUARTZ.ONCE me 1 INCR n");
  EXPECT_THAT(reader.pushed(), HasSubstr("invalidate"));
  reader.say("GET n");
  say("QUARTZ.ONCE me 1 INCR n");
  EXPECT_EQ(reader.pushed(), "");
}

TEST_F(OnceCommands, have_the_keys_of_what_they_carry) {
  EXPECT_EQ(say("COMMAND GETKEYS QUARTZ.ONCE me 1 MSET a 1 b 2"), "*2\r\n$1\r\na\r\n$1\r\nb\r\n");
}

TEST_F(OnceCommands, outlive_the_keys_that_they_wrote) {
  say("QUARTZ.ONCE me 1 INCR n");
  say("FLUSHALL");
  EXPECT_EQ(say("QUARTZ.ONCE me 1 INCR n"), ":1\r\n");
  EXPECT_EQ(say("EXISTS n"), ":0\r\n");
  EXPECT_EQ(say("DBSIZE"), ":0\r\n");
}

TEST_F(OnceCommands, are_carried_out_by_one_of_those_who_try_at_the_same_time) {
  constexpr int kRounds = 200;
  constexpr int kClients = 4;
  std::barrier start(kClients);
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int i = 0; i < kClients; ++i) {
    threads.emplace_back([&] {
      RespPeer peer(server());
      for (int round = 1; round <= kRounds; ++round) {
        start.arrive_and_wait();
        const std::string reply = peer.say("QUARTZ.ONCE me " + std::to_string(round) + " INCR n");
        if (reply != ":" + std::to_string(round) + "\r\n") ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong.load(), 0);
  EXPECT_EQ(service().idempotency_keys().count(), static_cast<std::uint64_t>(kRounds));
  EXPECT_EQ(say("GET n"), "$3\r\n200\r\n");
}

class OnceCommandsOfUsers : public OnceCommands {
 protected:
  std::unique_ptr<Users> users_ = Users::open(engine()).value();
  AuthenticationConfig config_;
  ServerLog log_{[](LogLevel, std::string_view) {}};
  AccessControl access_{*users_, config_, log_};
  RespServer guarded_{service(), {.access = &access_}};

  void log_in(RespPeer& peer, const std::string& name, std::string_view scope) {
    const std::vector<Scope> scopes = {parse_scope(scope).value()};
    const std::string secret = users_->create(name, scopes).value();
    ASSERT_EQ(peer.say("AUTH " + name + " " + secret), "+OK\r\n");
  }
};

TEST_F(OnceCommandsOfUsers, need_the_rights_of_what_they_carry) {
  RespPeer peer(guarded_);
  log_in(peer, "shop", "kv:write:app:");
  EXPECT_EQ(peer.say("QUARTZ.ONCE me 1 INCR app:n"), ":1\r\n");
  EXPECT_THAT(peer.say("QUARTZ.ONCE me 2 INCR n"), StartsWith("-NOPERM "));
  EXPECT_THAT(peer.say("QUARTZ.ONCE me 3 FLUSHALL"), StartsWith("-"));
  EXPECT_EQ(peer.say("QUARTZ.ONCE me 2 INCR app:n"), ":2\r\n");
}

TEST_F(OnceCommandsOfUsers, do_not_tell_one_user_what_another_was_replied) {
  RespPeer one(guarded_);
  log_in(one, "one", "kv:write");
  RespPeer two(guarded_);
  log_in(two, "two", "kv:write");
  EXPECT_EQ(one.say("QUARTZ.ONCE me 1 INCR n"), ":1\r\n");
  EXPECT_EQ(two.say("QUARTZ.ONCE me 1 INCR n"), ":2\r\n");
}

}  // namespace
}  // namespace quartz::server
