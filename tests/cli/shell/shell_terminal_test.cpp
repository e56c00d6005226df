// The prompt in a terminal, as somebody meets it who types.

#include <csignal>
#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/shell/shell_target_fixture.hpp"
#include "cli/shell/terminal_tool.hpp"

namespace quartz {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class ShellTerminal : public ShellOfEachKind {
 protected:
  /// What appears between a line that is entered and the next prompt.
  std::string answer(TerminalTool& tool, const std::string& line) {
    tool.type(line + "\n");
    tool.wait_for("\n");  // What was typed.
    return tool.wait_for(prompt());
  }
  std::string prompt() const { return target_ + "> "; }
};

INSTANTIATE_TEST_SUITE_P(Kinds, ShellTerminal,
                         testing::Values(ShellKind::directory, ShellKind::server), name_of_kind);

TEST_P(ShellTerminal, answers_commands_and_shows_what_they_are) {
  TerminalTool tool(arguments(), home());
  tool.wait_for(prompt());
  EXPECT_THAT(answer(tool, "SET user:1 \"two words\""), HasSubstr("OK\n"));
  EXPECT_THAT(answer(tool, "GET user:1"), HasSubstr("\"two words\"\n"));
  EXPECT_THAT(answer(tool, "GET absent"), HasSubstr("(nil)\n"));
  EXPECT_THAT(answer(tool, "HSET h f v"), HasSubstr("(integer) 1\n"));
  EXPECT_THAT(answer(tool, "HGETALL h"), HasSubstr("1# \"f\" => \"v\"\n"));
  EXPECT_THAT(answer(tool, "HGET h"), HasSubstr("(error) ERR wrong number of arguments"));
  EXPECT_THAT(answer(tool, "GET \"a"), HasSubstr("unbalanced quotes"));
  EXPECT_THAT(answer(tool, "GET ä"), HasSubstr("(nil)\n"));
}

TEST_P(ShellTerminal, tells_in_the_prompt_which_database_and_whether_a_transaction_is_open) {
  TerminalTool tool(arguments(), home());
  tool.wait_for(prompt());
  tool.type("SELECT 2\n");
  tool.wait_for(target_ + "[2]> ");
  tool.type("MULTI\n");
  tool.wait_for(target_ + "[2](TX)> ");
  tool.type("SET a 1\n");
  tool.wait_for("QUEUED");
  tool.wait_for(target_ + "[2](TX)> ");
  tool.type("\\stats\n");
  tool.wait_for("not within a transaction");
  tool.wait_for(target_ + "[2](TX)> ");
  tool.type("EXEC\n");
  tool.wait_for("1) OK");
  tool.wait_for(target_ + "[2]> ");
}

TEST_P(ShellTerminal, has_help_on_itself_on_commands_and_on_groups) {
  TerminalTool tool(arguments(), home());
  tool.wait_for(prompt());
  EXPECT_THAT(answer(tool, "\\help"), AllOf(HasSubstr("\\nearest KEY K"), HasSubstr("\\quit")));
  EXPECT_THAT(answer(tool, "\\help getdel"), AllOf(HasSubstr("what it does"), HasSubstr("getdel")));
  EXPECT_THAT(answer(tool, "\\help CLIENT"), HasSubstr("client kill"));
  EXPECT_THAT(answer(tool, "\\help sorted-set"), HasSubstr("zadd"));
  EXPECT_THAT(answer(tool, "\\help nonsense"), HasSubstr("neither a command nor a group"));
  EXPECT_THAT(answer(tool, "\\nonsense"), HasSubstr("no command of the shell"));
}

TEST_P(ShellTerminal, shows_keys_with_what_they_hold) {
  TerminalTool tool(arguments(), home());
  tool.wait_for(prompt());
  answer(tool, "MSET user:1 Alice user:2 Bob other 1");
  answer(tool, "RPUSH user:list a b c");
  answer(tool, "PEXPIRE user:2 3600000");
  const std::string shown = answer(tool, "\\scan user:");
  EXPECT_THAT(shown, AllOf(HasSubstr("Alice"), HasSubstr("3 elements"), Not(HasSubstr("other"))));
  EXPECT_THAT(shown, testing::ContainsRegex("user:2 +string +3[0-9.]+ s  Bob"));
  EXPECT_THAT(answer(tool, "\\scan * 1"), HasSubstr("(nothing)"));
  EXPECT_THAT(answer(tool, "\\scan user: nonsense"), HasSubstr("\\scan [PREFIX [N]]"));
}

TEST_P(ShellTerminal, shows_databases_and_statistics) {
  TerminalTool tool(arguments(), home());
  tool.wait_for(prompt());
  answer(tool, "SET a 1");
  EXPECT_THAT(answer(tool, "\\databases"), testing::ContainsRegex("0 +1 +0\n"));
  EXPECT_THAT(answer(tool, "\\stats server"),
              AllOf(HasSubstr("section"), HasSubstr("redis_version")));
  EXPECT_THAT(answer(tool, "\\stats"), HasSubstr("Keyspace"));
}

TEST_P(ShellTerminal, shows_vector_sets_and_searches_them) {
  TerminalTool tool(arguments(), home());
  tool.wait_for(prompt());
  answer(tool, "VADD films VALUES 3 1 0 0 alien");
  answer(tool, "VADD films VALUES 3 0 1 0 brazil SETATTR '{\"year\":1985}'");
  EXPECT_THAT(answer(tool, "\\collections"), testing::ContainsRegex("films +2 +3 +int8"));
  EXPECT_THAT(answer(tool, "\\nearest films 1 1 0 0"),
              AllOf(testing::ContainsRegex("1 +alien +[0-9.]+"), Not(HasSubstr("brazil"))));
  EXPECT_THAT(answer(tool, "\\nearest films 2 ELE brazil"),
              AllOf(testing::ContainsRegex("1 +brazil"), HasSubstr("{\"year\":1985}")));
  EXPECT_THAT(answer(tool, "\\nearest films 2"), HasSubstr("\\nearest KEY K"));
}

TEST_P(ShellTerminal, tells_how_long_commands_took_if_it_is_to) {
  TerminalTool tool(arguments(), home());
  tool.wait_for(prompt());
  EXPECT_THAT(answer(tool, "\\timing on"), HasSubstr("timing is on"));
  EXPECT_THAT(answer(tool, "GET a"), testing::ContainsRegex("\\([0-9.]+ (ns|µs|ms|s)\\)"));
  answer(tool, "\\timing off");
  EXPECT_THAT(answer(tool, "GET a"), Not(testing::ContainsRegex("\\([0-9.]+ [nµm]?s\\)")));
}

TEST_P(ShellTerminal, is_left_by_a_command_by_ctrl_d_and_by_quit) {
  for (const char* const keys : {"\\quit\n", "\x04", "QUIT\n"}) {
    TerminalTool tool(arguments(), home());
    tool.wait_for(prompt());
    tool.type(keys);
    EXPECT_EQ(tool.finish(), 0) << keys;
  }
}

TEST_P(ShellTerminal, completes_commands_and_subcommands_with_tab) {
  TerminalTool tool(arguments(), home());
  tool.wait_for(prompt());
  tool.type("getde\t");
  tool.wait_for("getdel ");
  tool.type("a\n");
  tool.wait_for("(nil)");
  tool.wait_for(prompt());
  tool.type("CLIENT SETN\t");
  tool.wait_for("CLIENT SETNAME ");
  tool.type("me\n");
  tool.wait_for("OK");
  tool.wait_for(prompt());
  tool.type("\\tim\t");
  tool.wait_for("\\timing ");
  tool.type("\x03");
  tool.wait_for(prompt());
  tool.type("HSET\t");
  tool.wait_for("HSETNX");
  tool.type("\x03");
  tool.wait_for("^C");
  tool.wait_for(prompt());
  tool.type("zunion\t");
  EXPECT_THAT(tool.wait_for("zunionstore"), HasSubstr("zunion"));
}

TEST_P(ShellTerminal, remembers_lines_beyond_its_end_but_no_secrets) {
  {
    TerminalTool tool(arguments(), home());
    tool.wait_for(prompt());
    answer(tool, "SET first 1");
    answer(tool, "AUTH hidden");
    EXPECT_EQ((tool.type("\x04"), tool.finish()), 0);
  }
  TerminalTool tool(arguments(), home());
  tool.wait_for(prompt());
  tool.type("\033[A");  // The arrow upwards.
  tool.wait_for("SET first 1");
  tool.type("0\n");
  tool.wait_for("OK");
  tool.wait_for(prompt());
  EXPECT_THAT(answer(tool, "GET first"), HasSubstr("\"10\""));
  const std::string history = home() + "/quartz/history";
  EXPECT_EQ(file_text(history), "SET first 1\nSET first 10\nGET first\n");
  EXPECT_EQ(std::filesystem::status(history).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_P(ShellTerminal, drops_the_line_at_ctrl_c_and_tells_how_to_leave) {
  TerminalTool tool(arguments(), home());
  tool.wait_for(prompt());
  tool.type("SET a 1");
  tool.wait_for("SET a 1");
  tool.type("\x03");
  EXPECT_THAT(tool.wait_for(prompt()), AllOf(HasSubstr("^C\n"), Not(HasSubstr("Ctrl-D"))));
  tool.type("\x03");
  EXPECT_THAT(tool.wait_for(prompt()), HasSubstr("\\quit or Ctrl-D leaves"));
  EXPECT_THAT(answer(tool, "GET a"), HasSubstr("(nil)"));
}

TEST_P(ShellTerminal, breaks_a_command_off_at_ctrl_c_and_goes_on) {
  TerminalTool tool(arguments(), home());
  tool.wait_for(prompt());
  answer(tool, "SELECT 0");
  tool.type("MONITOR\n");
  tool.wait_for("listening");
  tool.type("\x03");
  tool.wait_for("no longer listening");
  tool.wait_for(prompt());
  EXPECT_THAT(answer(tool, "PING"), HasSubstr("PONG"));
}

TEST_P(ShellTerminal, stays_in_its_database_behind_what_was_listened_to) {
  TerminalTool tool(arguments(), home());
  tool.wait_for(prompt());
  tool.type("SELECT 3\n");
  tool.wait_for("[3]> ");
  tool.type("SET here 1\n");
  tool.wait_for("[3]> ");
  tool.type("SUBSCRIBE news\n");
  tool.wait_for("\"subscribe\"");
  tool.wait_for("listening");
  tool.type("\x03");
  tool.wait_for("[3]> ");
  tool.type("GET here\n");
  tool.wait_for("\"1\"");
}

class ShellOnServer : public testing::Test {
 protected:
  std::string home() const { return (scratch_ / "home").string(); }

  ScratchDirectory scratch_;
  std::unique_ptr<ServerForShell> server_ =
      std::make_unique<ServerForShell>((scratch_ / "data").string());
  std::string prompt_ = server_->address() + "> ";
};

TEST_F(ShellOnServer, hears_what_others_publish) {
  TerminalTool tool({"shell", server_->address()}, home());
  tool.wait_for(prompt_);
  tool.type("SUBSCRIBE news other\n");
  tool.wait_for("listening");
  EXPECT_THAT(run_tool({"shell", server_->address(), "-c", "PUBLISH news 'hello you'"}),
              ExitsWith(0));
  tool.wait_for("\"hello you\"");
  tool.type("\x03");
  tool.wait_for(prompt_);
}

TEST_F(ShellOnServer, sees_what_others_do) {
  TerminalTool tool({"shell", server_->address()}, home());
  tool.wait_for(prompt_);
  tool.type("MONITOR\n");
  tool.wait_for("listening");
  EXPECT_THAT(run_tool({"shell", server_->address(), "-c", "SET a 1"}), ExitsWith(0));
  tool.wait_for("\"SET\" \"a\" \"1\"");
}

TEST_F(ShellOnServer, breaks_a_wait_off) {
  TerminalTool tool({"shell", server_->address()}, home());
  tool.wait_for(prompt_);
  tool.type("CLIENT ID\n");
  tool.wait_for("(integer)");
  tool.wait_for(prompt_);
  tool.type("BLPOP queue 0\n");
  // The server counts who waits.
  while (
      run_tool({"shell", server_->address(), "-c", "INFO clients"}).out.find("blocked_clients:1") ==
      std::string::npos) {
  }
  tool.type("\x03");
  tool.wait_for("interrupted");
  tool.wait_for(prompt_);
  tool.type("PING\n");
  tool.wait_for("PONG");
}

TEST_F(ShellOnServer, connects_again_when_the_server_is_back_and_says_so) {
  TerminalTool tool({"shell", server_->address()}, home());
  tool.wait_for(prompt_);
  const std::uint16_t port = server_->port();
  server_->process().signal(SIGTERM);
  server_->process().finish();
  tool.type("PING\n");
  tool.wait_for("Connection refused");
  tool.wait_for(prompt_);
  server_ = std::make_unique<ServerForShell>((scratch_ / "data").string(), port);
  tool.type("PING\n");
  tool.wait_for("connected to " + server_->address() + " again");
  tool.wait_for("PONG");
}

TEST_F(ShellOnServer, never_goes_on_with_a_transaction_that_is_gone) {
  TerminalTool tool({"shell", server_->address()}, home());
  tool.wait_for(prompt_);
  tool.type("MULTI\n");
  tool.wait_for("(TX)> ");
  const std::uint16_t port = server_->port();
  server_->process().signal(SIGTERM);
  server_->process().finish();
  server_ = std::make_unique<ServerForShell>((scratch_ / "data").string(), port);
  tool.type("SET a 1\n");
  tool.wait_for("nothing of it was carried out");
  tool.wait_for(prompt_);
  tool.type("GET a\n");
  tool.wait_for("(nil)");
}

TEST_F(ShellOnServer, ends_with_the_signal_s_status_when_it_is_told_to_while_it_waits) {
  TerminalTool tool({"shell", server_->address()}, home());
  tool.wait_for(prompt_);
  tool.type("MONITOR\n");
  tool.wait_for("listening");
  tool.signal(SIGTERM);
  EXPECT_EQ(tool.finish(), 143);
}

TEST(ShellTerminalStart, fails_where_there_is_nothing_to_talk_to) {
  const ScratchDirectory scratch;
  TerminalTool none({"shell", (scratch / "absent").string()}, scratch.path().string());
  EXPECT_EQ(none.finish(), 1);
  EXPECT_THAT(none.rest(), HasSubstr("not_found"));
}

}  // namespace
}  // namespace quartz
