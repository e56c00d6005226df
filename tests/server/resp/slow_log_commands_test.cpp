#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/resp/command_table.hpp"
#include "server/resp/logged_words.hpp"
#include "server/resp/resp_conversation.hpp"

namespace quartz::server {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

std::vector<std::string> logged(const std::vector<std::string>& words) {
  const std::vector<std::string_view> views(words.begin(), words.end());
  return logged_words(*CommandTable::all().find(views), views);
}

TEST(LoggedWords, long_ones_are_cut_off) {
  EXPECT_THAT(logged({"GET", std::string(128, 'x')}), ElementsAre("GET", std::string(128, 'x')));
  EXPECT_THAT(logged({"GET", std::string(130, 'x')}),
              ElementsAre("GET", std::string(128, 'x') + "... (2 more bytes)"));
}

TEST(LoggedWords, of_many_the_first_ones_are_kept) {
  std::vector<std::string> words(32, "x");
  words[0] = "DEL";
  EXPECT_EQ(logged(words), words);
  words.emplace_back("x");
  const auto shown = logged(words);
  ASSERT_EQ(shown.size(), 32u);
  EXPECT_EQ(shown.back(), "... (2 more arguments)");
}

TEST(LoggedWords, secrets_are_not_among_them) {
  EXPECT_THAT(logged({"AUTH", "secret"}), ElementsAre("AUTH", "(redacted)"));
  EXPECT_THAT(logged({"auth", "me", "secret"}), ElementsAre("auth", "(redacted)", "(redacted)"));
  EXPECT_THAT(logged({"HELLO", "3", "AUTH", "me", "secret", "SETNAME", "n"}),
              ElementsAre("HELLO", "3", "AUTH", "(redacted)", "(redacted)", "SETNAME", "n"));
  EXPECT_THAT(logged({"ACL", "SETUSER", "me", ">secret"}),
              ElementsAre("ACL", "SETUSER", "(redacted)", "(redacted)"));
  EXPECT_THAT(logged({"CONFIG", "SET", "requirepass", "secret", "maxclients", "1"}),
              ElementsAre("CONFIG", "SET", "requirepass", "(redacted)", "maxclients", "1"));
}

class SlowLogCommands : public RespConversation {};

TEST_F(SlowLogCommands, commands_that_reach_the_threshold_are_kept_with_who_sent_them) {
  say("CLIENT SETNAME tester");
  EXPECT_EQ(say("SLOWLOG LEN"), ":0\r\n");
  say("CONFIG SET slowlog-log-slower-than 0");
  say("SLOWLOG RESET");
  say("SET a 1");
  say("CONFIG SET slowlog-log-slower-than -1");
  EXPECT_THAT(
      say("SLOWLOG GET 1"),
      MatchesRegex("\\*1\r\n\\*6\r\n:[0-9]+\r\n:[0-9]+\r\n:[0-9]+\r\n\\*3\r\n\\$3\r\nSET\r\n"
                   "\\$1\r\na\r\n\\$1\r\n1\r\n\\$11\r\n127.0.0.1:1\r\n\\$6\r\ntester\r\n"));
}

TEST_F(SlowLogCommands, a_threshold_below_zero_keeps_nothing) {
  say("CONFIG SET slowlog-log-slower-than -1");
  say("SET a 1");
  EXPECT_EQ(say("SLOWLOG LEN"), ":0\r\n");
  EXPECT_EQ(say("CONFIG GET slowlog-log-slower-than"),
            "*2\r\n$23\r\nslowlog-log-slower-than\r\n$2\r\n-1\r\n");
}

TEST_F(SlowLogCommands, secrets_are_never_in_it) {
  say("CONFIG SET slowlog-log-slower-than 0");
  say("AUTH hunter2");
  say("HELLO 3 AUTH me hunter2");
  say("ACL SETUSER me >hunter2");
  EXPECT_THAT(say("SLOWLOG GET -1"), AllOf(HasSubstr("(redacted)"), Not(HasSubstr("hunter2"))));
}

TEST_F(SlowLogCommands, of_a_transaction_its_commands_are_kept_and_not_exec) {
  say("MULTI");
  say("SET a 1");
  say("CONFIG SET slowlog-log-slower-than 0");
  say("EXEC");
  const std::string log = say("SLOWLOG GET -1");
  EXPECT_THAT(log, AllOf(HasSubstr("SET"), Not(HasSubstr("EXEC"))));
}

TEST_F(SlowLogCommands, its_length_may_change) {
  say("CONFIG SET slowlog-log-slower-than 0");
  for (int i = 0; i < 20; ++i) say("PING");
  say("CONFIG SET slowlog-log-slower-than -1");
  EXPECT_THAT(say("SLOWLOG GET"), testing::StartsWith("*10\r\n"));
  say("CONFIG SET slowlog-max-len 3");
  EXPECT_EQ(say("SLOWLOG LEN"), ":3\r\n");
  EXPECT_EQ(say("SLOWLOG RESET"), "+OK\r\n");
  EXPECT_EQ(say("SLOWLOG LEN"), ":0\r\n");
}

TEST_F(SlowLogCommands, words_that_make_no_sense_are_refused) {
  const std::string count = "-ERR count should be greater than or equal to -1\r\n";
  EXPECT_EQ(say("SLOWLOG GET x"), count);
  EXPECT_EQ(say("SLOWLOG GET -2"), count);
  EXPECT_EQ(
      say("SLOWLOG GET 1 2"),
      "-ERR unknown subcommand or wrong number of arguments for 'GET'. Try SLOWLOG HELP.\r\n");
  EXPECT_THAT(say("CONFIG SET slowlog-log-slower-than -2"),
              HasSubstr("argument must be between -1"));
  EXPECT_THAT(say("CONFIG SET slowlog-max-len x"), HasSubstr("parsed into an integer"));
}

}  // namespace
}  // namespace quartz::server
