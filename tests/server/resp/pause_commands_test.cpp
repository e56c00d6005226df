#include <chrono>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/resp/client_pauses.hpp"
#include "server/resp/waiting_peer.hpp"

namespace quartz::server {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;
using Clock = ClientPauses::Clock;

TEST(ClientPauses, hold_until_the_time_has_come) {
  ClientPauses pauses;
  const auto now = Clock::now();
  EXPECT_FALSE(pauses.any());
  pauses.begin(ClientPauses::Kind::all, now + seconds(100));
  EXPECT_EQ(pauses.until(false, now), now + seconds(100));
  EXPECT_EQ(pauses.until(false, now + seconds(100)), std::nullopt);
  EXPECT_FALSE(pauses.any());
}

TEST(ClientPauses, of_writes_let_others_through) {
  ClientPauses pauses;
  const auto now = Clock::now();
  pauses.begin(ClientPauses::Kind::writes, now + seconds(100));
  EXPECT_EQ(pauses.until(false, now), std::nullopt);
  EXPECT_NE(pauses.until(true, now), std::nullopt);
}

TEST(ClientPauses, become_neither_shorter_nor_laxer) {
  ClientPauses pauses;
  const auto now = Clock::now();
  pauses.begin(ClientPauses::Kind::all, now + seconds(100));
  pauses.begin(ClientPauses::Kind::writes, now + seconds(50));
  EXPECT_EQ(pauses.until(false, now), now + seconds(100));
  pauses.end();
  EXPECT_EQ(pauses.until(true, now), std::nullopt);
}

TEST(ClientPauses, one_that_is_over_leaves_nothing_to_the_next) {
  ClientPauses pauses;
  const auto now = Clock::now();
  pauses.begin(ClientPauses::Kind::all, now - seconds(1));
  pauses.begin(ClientPauses::Kind::writes, now + seconds(50));
  EXPECT_EQ(pauses.until(false, now), std::nullopt);
}

TEST(ClientPauses, have_no_effect_once_the_server_stops) {
  ClientPauses pauses;
  pauses.begin(ClientPauses::Kind::all, Clock::now() + seconds(100));
  pauses.end_for_good();
  EXPECT_FALSE(pauses.any());
  pauses.begin(ClientPauses::Kind::all, Clock::now() + seconds(100));
  EXPECT_FALSE(pauses.any());
}

class PausedClients : public WaitingClients {
 protected:
  std::string held_;
};

TEST_F(PausedClients, writes_are_held_and_reads_are_not) {
  first_.say("SET a 1");
  EXPECT_EQ(say("CLIENT PAUSE 100000 WRITE"), "+OK\r\n");
  EXPECT_EQ(first_.say("GET a"), "$1\r\n1\r\n");
  EXPECT_EQ(first_.say("SET a 2"), "");
  EXPECT_TRUE(first_.waits());
  EXPECT_EQ(second_.say("GET a"), "$1\r\n1\r\n");
  EXPECT_EQ(say("CLIENT UNPAUSE"), "+OK\r\n");
  EXPECT_EQ(first_.after_wake(), "+OK\r\n");
  EXPECT_EQ(second_.say("GET a"), "$1\r\n2\r\n");
}

TEST_F(PausedClients, requests_around_a_held_one_keep_their_order) {
  say("CLIENT PAUSE 100000 WRITE");
  EXPECT_EQ(first_.say("PING\r\nSET a 1\r\nGET a"), "+PONG\r\n");
  EXPECT_EQ(first_.say("GET b"), "");
  say("CLIENT UNPAUSE");
  EXPECT_EQ(first_.after_wake(), "+OK\r\n$1\r\n1\r\n$-1\r\n");
}

TEST_F(PausedClients, all_commands_are_held_until_the_time_is_over) {
  say("CLIENT PAUSE 100000");
  EXPECT_EQ(first_.say("PING"), "");
  EXPECT_TRUE(first_.waits());
  EXPECT_GT(first_.client().waits_until(), Clock::now() + seconds(50));
  server().pauses().end();
  EXPECT_EQ(first_.after_timeout(), "+PONG\r\n");
  EXPECT_FALSE(first_.waits());
}

TEST_F(PausedClients, a_wake_in_vain_lets_it_wait_on) {
  say("CLIENT PAUSE 100000 WRITE");
  EXPECT_EQ(first_.say("SET a 1"), "");
  first_.client().wake_if_held();
  EXPECT_EQ(first_.after_wake(), "");
  EXPECT_TRUE(first_.waits());
}

TEST_F(PausedClients, a_transaction_that_writes_is_held_at_its_write_and_at_its_end) {
  first_.say("MULTI");
  EXPECT_EQ(first_.say("SET a 1"), "+QUEUED\r\n");
  second_.say("MULTI");
  EXPECT_EQ(second_.say("GET a"), "+QUEUED\r\n");
  say("CLIENT PAUSE 100000 WRITE");
  EXPECT_EQ(first_.say("EXEC"), "");
  EXPECT_EQ(second_.say("EXEC"), "*1\r\n$-1\r\n");
  second_.say("MULTI");
  EXPECT_EQ(second_.say("SET a 2"), "");
  say("CLIENT UNPAUSE");
  EXPECT_EQ(first_.after_wake(), "*1\r\n+OK\r\n");
  EXPECT_EQ(second_.after_wake(), "+QUEUED\r\n");
}

TEST_F(PausedClients, messages_are_held_as_writes_are) {
  say("CLIENT PAUSE 100000 WRITE");
  EXPECT_EQ(first_.say("PUBLISH c m"), "");
}

TEST_F(PausedClients, what_is_wrong_is_said_at_once) {
  say("CLIENT PAUSE 100000");
  EXPECT_THAT(first_.say("NOSUCH"), HasSubstr("-ERR unknown command"));
  EXPECT_THAT(first_.say("GET"), HasSubstr("-ERR wrong number of arguments"));
}

TEST_F(PausedClients, one_that_waits_for_a_key_takes_nothing_meanwhile) {
  EXPECT_EQ(first_.say("BLPOP l 0"), "");
  say("CLIENT PAUSE 100000 WRITE");
  service()
      .run(*service().databases().find(0),
           [](DatabaseView& view) -> Result<bool> {
             view.put_string("other", std::nullopt, "x");
             return true;
           })
      .value();
  first_.client().resume(Clock::now(), held_);
  EXPECT_EQ(held_, "");
  EXPECT_TRUE(first_.waits());
  EXPECT_LT(first_.client().waits_until(), Clock::now() + seconds(200));
  say("CLIENT UNPAUSE");
  EXPECT_TRUE(first_.woken());
  EXPECT_EQ(first_.after_wake(), "");
  say("LPUSH l x");
  EXPECT_EQ(first_.after_wake(), "*2\r\n$1\r\nl\r\n$1\r\nx\r\n");
}

TEST_F(PausedClients, who_cannot_wait_is_refused) {
  say("CLIENT PAUSE 100000 WRITE");
  EXPECT_EQ(say("SET a 1"), "-BUSY Commands are held back by CLIENT PAUSE\r\n");
  say("CLIENT UNPAUSE");
  EXPECT_EQ(say("SET a 1"), "+OK\r\n");
}

TEST_F(PausedClients, whose_exec_is_refused_are_in_no_transaction_any_more) {
  say("MULTI");
  say("SET a 1");
  first_.say("CLIENT PAUSE 100000 WRITE");
  EXPECT_EQ(say("EXEC"),
            "-EXECABORT Transaction discarded because of: BUSY Commands are held back by CLIENT "
            "PAUSE\r\n");
  first_.say("CLIENT UNPAUSE");
  EXPECT_EQ(say("EXEC"), "-ERR EXEC without MULTI\r\n");
  EXPECT_EQ(say("EXISTS a"), ":0\r\n");
}

// Two that pause at the same time wait for all others, but not for each other.
TEST_F(PausedClients, a_pause_waits_for_commands_under_way_and_several_pauses_end) {
  std::thread other([this] {
    for (int i = 0; i < 2'000; ++i) second_.say("CLIENT PAUSE 0 WRITE");
  });
  for (int i = 0; i < 2'000; ++i) first_.say("CLIENT PAUSE 0 WRITE");
  other.join();
  EXPECT_EQ(say("SET a 1"), "+OK\r\n");
}

TEST_F(PausedClients, nothing_is_written_after_the_reply_to_a_pause) {
  std::thread writing([this] {
    while (!second_.waits()) second_.say("INCR n");
  });
  while (say("GET n") == "$-1\r\n") std::this_thread::yield();
  EXPECT_EQ(say("CLIENT PAUSE 100000 WRITE"), "+OK\r\n");
  const std::string at_once = say("GET n");
  writing.join();
  EXPECT_EQ(say("GET n"), at_once);
}

TEST_F(PausedClients, words_that_make_no_sense_are_refused) {
  EXPECT_EQ(say("CLIENT PAUSE x"), "-ERR timeout is not an integer or out of range\r\n");
  EXPECT_EQ(say("CLIENT PAUSE -1"), "-ERR timeout is negative\r\n");
  EXPECT_EQ(say("CLIENT PAUSE 1 SOME"), "-ERR CLIENT PAUSE mode must be WRITE or ALL\r\n");
  EXPECT_EQ(
      say("CLIENT PAUSE 1 ALL x"),
      "-ERR unknown subcommand or wrong number of arguments for 'PAUSE'. Try CLIENT HELP.\r\n");
}

}  // namespace
}  // namespace quartz::server
