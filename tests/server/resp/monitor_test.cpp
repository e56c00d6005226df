#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/resp/monitors.hpp"
#include "server/resp/resp_conversation.hpp"

namespace quartz::server {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

class MonitoringClients : public RespConversation {
 protected:
  RespPeer other_{server(), "10.0.0.1:2"};
};

TEST_F(MonitoringClients, are_told_what_anybody_runs) {
  EXPECT_EQ(say("MONITOR"), "+OK\r\n");
  other_.say_words({"SET", "a", "x y\n"});
  EXPECT_THAT(
      me().pushed(),
      MatchesRegex("[+][0-9]+[.][0-9]{6} \\[0 10.0.0.1:2\\] \"SET\" \"a\" \"x y[\\]n\"\r\n"));
  other_.say("GET");
  EXPECT_EQ(me().pushed(), "");
  say("GET a");
  EXPECT_THAT(me().pushed(), HasSubstr("[0 127.0.0.1:1] \"GET\" \"a\"\r\n"));
}

TEST_F(MonitoringClients, see_no_secrets_and_not_how_the_server_is_operated) {
  say("MONITOR");
  other_.say("AUTH me hunter2");
  other_.say("CONFIG SET requirepass hunter2");
  const std::string seen = me().pushed();
  EXPECT_THAT(seen, HasSubstr("\"AUTH\" \"(redacted)\" \"(redacted)\""));
  EXPECT_THAT(seen, Not(HasSubstr("hunter2")));
  EXPECT_THAT(seen, Not(HasSubstr("CONFIG")));
}

TEST_F(MonitoringClients, see_the_commands_of_a_transaction_when_they_run) {
  say("MONITOR");
  other_.say("MULTI");
  other_.say("SET a 1");
  EXPECT_THAT(me().pushed(), Not(HasSubstr("SET")));
  other_.say("EXEC");
  EXPECT_THAT(me().pushed(), MatchesRegex("[^\n]*\"SET\" \"a\" \"1\"\r\n[^\n]*\"EXEC\"\r\n"));
}

TEST_F(MonitoringClients, stop_by_reset_or_by_leaving) {
  say("MONITOR");
  say("MONITOR");
  other_.say("PING");
  const std::string once = me().pushed();
  EXPECT_EQ(once.find("PING"), once.rfind("PING"));
  say("RESET");
  static_cast<void>(me().pushed());
  other_.say("PING");
  EXPECT_EQ(me().pushed(), "");
  {
    RespPeer third(server());
    third.say("MONITOR");
  }
  EXPECT_EQ(other_.say("PING"), "+PONG\r\n");
}

TEST_F(MonitoringClients, cannot_begin_in_a_transaction) {
  say("MULTI");
  say("MONITOR");
  EXPECT_EQ(say("EXEC"), "*1\r\n-ERR MONITOR isn't allowed for DENY BLOCKING client\r\n");
}

TEST(QuotedWords, escape_what_cannot_be_printed) {
  EXPECT_EQ(quoted_word(std::string("a\"\\\r\n\t\a\b\0\xff", 10)),
            "\"a\\\"\\\\\\r\\n\\t\\a\\b\\x00\\xff\"");
}

}  // namespace
}  // namespace quartz::server
