// The shell without a terminal: lines from arguments, from a file and from a pipe.

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/shell/shell_target_fixture.hpp"
#include "client/closed_port.hpp"
#include "client/scripted_peer.hpp"
#include "server/test_certificate.hpp"

namespace quartz {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

class VerbShell : public ShellOfEachKind {
 protected:
  ToolRun run(const std::vector<std::string>& more, std::string_view input = {}) const {
    std::vector<std::string> words = arguments();
    words.insert(words.end(), more.begin(), more.end());
    return run_tool(words, input);
  }
};

INSTANTIATE_TEST_SUITE_P(Kinds, VerbShell, testing::Values(ShellKind::directory, ShellKind::server),
                         name_of_kind);

TEST_P(VerbShell, runs_commands_in_their_order_and_prints_bare_values) {
  const ToolRun done =
      run({"-c", "SET a 'two words'", "-c", "GET a", "-c", "GET absent", "-c", "MGET a b"});
  EXPECT_THAT(done, ExitsWith(0));
  EXPECT_EQ(done.out, "OK\ntwo words\n\ntwo words\n\n");
  EXPECT_THAT(done.err, IsEmpty());
}

TEST_P(VerbShell, runs_the_lines_of_a_pipe_past_comments_and_empty_ones) {
  const ToolRun done = run({}, "# first\n\nSET a 1\n  INCR a  \r\n");
  EXPECT_THAT(done, ExitsWith(0));
  EXPECT_EQ(done.out, "OK\n2\n");
}

TEST_P(VerbShell, runs_the_lines_of_a_file) {
  write_file(scratch_ / "lines", "SET a 1\nGET a");
  EXPECT_EQ(run({"--file", (scratch_ / "lines").string()}).out, "OK\n1\n");
  EXPECT_THAT(run({"--file", (scratch_ / "absent").string()}), ExitsWith(5));
}

TEST_P(VerbShell, stops_at_the_first_error_unless_it_is_to_go_on) {
  const ToolRun stopped = run({}, "SET a 1\nHGET a f\nSET b 1\n");
  EXPECT_THAT(stopped, ExitsWith(2));
  EXPECT_EQ(stopped.out, "OK\n");
  EXPECT_THAT(stopped.err, HasSubstr("WRONGTYPE"));
  EXPECT_EQ(run({"-c", "EXISTS b"}).out, "0\n");
  const ToolRun went_on = run({"--keep-going"}, "HGET a f\nSET b 1\n");
  EXPECT_THAT(went_on, ExitsWith(2));
  EXPECT_EQ(went_on.out, "OK\n");
}

TEST_P(VerbShell, takes_any_byte) {
  const ToolRun done = run({"-c", R"(SET "\x00\xff" "\x01\n")", "-c", R"(GET "\x00\xff")"});
  EXPECT_EQ(done.out, "OK\n\x01\n\n");
}

TEST_P(VerbShell, prints_in_the_form_that_was_asked_for) {
  EXPECT_EQ(run({"--format", "json", "-c", "HSET h f v", "-c", "HGETALL h"}).out,
            "1\n{\"f\":\"v\"}\n");
  EXPECT_EQ(run({"--format", "pretty", "-c", "HGETALL h"}).out, "1# \"f\" => \"v\"\n");
  EXPECT_THAT(run({"--format", "nonsense", "-c", "PING"}), ExitsWith(2));
}

TEST_P(VerbShell, has_its_own_commands_there_as_well) {
  EXPECT_EQ(run({"-c", "SET a 1", "-c", "\\scan a"}).out,
            "OK\nkey\ttype\texpires in\tholds\na\tstring\t-\t1\n");
  EXPECT_THAT(run({"-c", "\\nonsense"}), ExitsWith(2));
  EXPECT_THAT(run({"-c", "\\help nonsense"}), ExitsWith(1));
}

TEST_P(VerbShell, keeps_a_transaction_and_a_database_from_line_to_line) {
  EXPECT_EQ(run({}, "SELECT 5\nMULTI\nSET a 1\nINCR a\nEXEC\n").out,
            "OK\nOK\nQUEUED\nQUEUED\nOK\n2\n");
  EXPECT_EQ(run({}, "EXISTS a\nSELECT 5\nEXISTS a\n").out, "0\nOK\n1\n");
}

TEST_P(VerbShell, ends_its_subscriptions_by_name) {
  EXPECT_EQ(run({}, "UNSUBSCRIBE\nPING\n").out, "unsubscribe\n\n0\nPONG\n");
}

TEST_P(VerbShell, refuses_to_do_without_replies) {
  const ToolRun refused = run({"-c", "CLIENT REPLY OFF"});
  EXPECT_THAT(refused, ExitsWith(2));
  EXPECT_THAT(refused.err, HasSubstr("waits for replies"));
}

TEST_P(VerbShell, speaks_the_older_protocol_if_it_is_told_to) {
  const ToolRun done = run({"--format", "json"}, "HELLO 2\nHSET h f v\nHGETALL h\n");
  EXPECT_THAT(done.out, StartsWith("[\"server\",\"redis\","));
  EXPECT_THAT(done.out, EndsWith("\n1\n[\"f\",\"v\"]\n"));
}

TEST_P(VerbShell, leaves_at_quit_without_what_comes_behind) {
  EXPECT_EQ(run({}, "PING\nQUIT\nPING\n").out, "PONG\n");
  EXPECT_EQ(run({}, "\\quit\nPING\n").out, "");
}

TEST(VerbShellTarget, must_be_there) {
  const ScratchDirectory scratch;
  EXPECT_THAT(run_tool({"shell", (scratch / "absent").string(), "-c", "PING"}), ExitsWith(1));
  const client::ClosedPort nobody;
  const ToolRun refused = run_tool({"shell", nobody.url(), "-c", "PING"});
  EXPECT_THAT(refused, ExitsWith(5));
  EXPECT_THAT(refused.err, HasSubstr("Connection refused"));
}

TEST(VerbShellTarget, can_tell_a_terminal_nothing_by_its_errors) {
  client::ScriptedPeer refusing([](client::PeerConnection& connection) {
    connection.answer_all([](const std::string&) { return "-ERR \x1b[2J\r\n"; });
  });
  client::ScriptedPeer welcoming([](client::PeerConnection& connection) {
    if (!connection.greet()) return;
    connection.answer_all([](const std::string&) { return "-ERR \x1b[2J\r\n"; });
  });
  for (const auto& url : {refusing.url(), welcoming.url()}) {
    const ToolRun run = run_tool({"shell", url, "-c", "PING"});
    EXPECT_THAT(run, ExitsWith(2));
    EXPECT_THAT(run.err, AllOf(HasSubstr("ERR \\x1b[2J"), Not(HasSubstr("\x1b"))));
  }
}

TEST(VerbShellTls, asks_the_server_for_proof_unless_it_is_told_not_to) {
  const ScratchDirectory scratch;
  const auto certificate = server::make_test_certificate(scratch.path(), "localhost");
  server::ServerProcess server({"--data-dir", (scratch / "data").string(), "--http", "false",
                                "--resp-port", "0", "--tls-certificate-file",
                                certificate.certificate_file, "--tls-key-file",
                                certificate.key_file});
  const std::string target = "quartzs://localhost:" + std::to_string(server.read_port());
  EXPECT_EQ(
      run_tool({"shell", target, "--ca-file", certificate.certificate_file, "-c", "PING"}).out,
      "PONG\n");
  EXPECT_EQ(run_tool({"shell", target, "--server-proof", "none", "-c", "PING"}).out, "PONG\n");
  const ToolRun distrusted = run_tool({"shell", target, "-c", "PING"});
  EXPECT_THAT(distrusted, ExitsWith(5));
  EXPECT_THAT(distrusted.err, HasSubstr("self-signed certificate"));
  EXPECT_THAT(run_tool({"shell", target, "--ca-file", "absent.pem", "-c", "PING"}), ExitsWith(2));
}

TEST(VerbShellUser, is_known_by_a_secret_from_a_file_or_the_environment) {
  const ScratchDirectory scratch;
  const std::string data = (scratch / "data").string();
  write_file(scratch / "secret", run_tool({"keys", "create", data, "shop", "kv:read"}).out);
  server::ServerProcess server(
      {"--data-dir", data, "--http", "false", "--resp-port", "0", "--auth-required", "true"});
  const std::string target = "127.0.0.1:" + std::to_string(server.read_port());
  const std::string secret = (scratch / "secret").string();
  const std::vector<std::string> user = {"shell", target, "--user", "shop"};
  auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), user.begin(), user.end());
    return more;
  };
  EXPECT_EQ(run_tool(with({"--secret-file", secret, "-c", "EXISTS a"})).out, "0\n");
  EXPECT_THAT(run_tool(with({"--secret-file", secret, "-c", "SET a 1"})).err, HasSubstr("NOPERM"));
  EXPECT_EQ(run_shell("export QUARTZ_SHELL_SECRET=$(cat " + secret + "); $QUARTZ shell " + target +
                      " --user shop -c 'EXISTS a'")
                .out,
            "0\n");
  EXPECT_THAT(run_tool({"shell", target, "-c", "GET a"}).err, HasSubstr("NOAUTH"));
  std::string typed = file_text(secret);
  typed.pop_back();
  EXPECT_EQ(run_tool({"shell", target, "-q"}, "AUTH shop " + typed + "\nEXISTS a\n").out,
            "OK\n0\n");
  write_file(scratch / "wrong", "wrong\n");
  const ToolRun refused =
      run_tool(with({"--secret-file", (scratch / "wrong").string(), "-c", "PING"}));
  EXPECT_THAT(refused, ExitsWith(2));
  EXPECT_THAT(refused.err, HasSubstr("WRONGPASS"));
}

}  // namespace
}  // namespace quartz
