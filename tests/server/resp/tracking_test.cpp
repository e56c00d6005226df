#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/resp/command_burst.hpp"
#include "server/resp/invalidation_table.hpp"
#include "server/resp/resp_conversation.hpp"

namespace quartz::server {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string invalidated(std::string_view key) {
  return ">2\r\n$10\r\ninvalidate\r\n*1\r\n$" + std::to_string(key.size()) + "\r\n" +
         std::string(key) + "\r\n";
}
constexpr std::string_view kAllInvalidated = ">2\r\n$10\r\ninvalidate\r\n_\r\n";

/// A client that tracks, and one that writes.
class Tracking : public RespConversation {
 protected:
  Tracking() { say("HELLO 3"); }
  std::string write(std::string_view line) { return writer_.say(line); }

  RespPeer writer_{server()};
};

TEST_F(Tracking, tells_of_a_key_once_when_another_client_changes_it) {
  EXPECT_EQ(say("CLIENT TRACKING on"), "+OK\r\n");
  say("GET k");
  write("SET k 1");
  EXPECT_EQ(me().pushed(), invalidated("k"));
  write("SET k 2");
  write("SET other 1");
  EXPECT_EQ(me().pushed(), "");
  say("MGET k j");
  write("MSET k 1 j 2");
  EXPECT_EQ(me().pushed(), invalidated("k") + invalidated("j"));
}

TEST_F(Tracking, tells_of_own_writes_behind_their_replies) {
  say("CLIENT TRACKING on");
  EXPECT_EQ(me().send("SET k 4\r\nGET k\r\nSET k 5\r\nPING\r\n"),
            "+OK\r\n$1\r\n4\r\n+OK\r\n" + invalidated("k") + "+PONG\r\n");
  EXPECT_EQ(me().pushed(), "");
}

TEST_F(Tracking, tells_nothing_inside_of_exec) {
  say("CLIENT TRACKING on");
  EXPECT_EQ(me().send("MULTI\r\nGET k\r\nSET k 5\r\nGET k\r\nEXEC\r\nPING\r\n"),
            "+OK\r\n+QUEUED\r\n+QUEUED\r\n+QUEUED\r\n*3\r\n_\r\n+OK\r\n$1\r\n5\r\n" +
                invalidated("k") + "+PONG\r\n");
}

TEST_F(Tracking, leaves_out_own_writes_with_noloop) {
  say("CLIENT TRACKING on NOLOOP");
  say("GET k");
  EXPECT_EQ(say("SET k 1"), "+OK\r\n");
  say("GET k");
  write("SET k 2");
  EXPECT_EQ(me().pushed(), invalidated("k"));
}

TEST_F(Tracking, tells_of_everything_when_databases_are_emptied) {
  say("CLIENT TRACKING on");
  write("SET k 1");
  say("GET k");
  write("FLUSHALL");
  EXPECT_EQ(me().pushed(), kAllInvalidated);
  EXPECT_EQ(say("FLUSHALL"), "+OK\r\n" + std::string(kAllInvalidated));
}

TEST_F(Tracking, tells_of_expired_keys) {
  say("CLIENT TRACKING on");
  write("SET k 1 PX 100");
  say("GET k");
  time_.pass(std::chrono::milliseconds(200));
  ASSERT_EQ(service().remove_expired(10).value(), 1u);
  EXPECT_EQ(me().pushed(), invalidated("k"));
}

TEST_F(Tracking, by_prefixes_needs_no_reads) {
  EXPECT_EQ(say("CLIENT TRACKING on BCAST PREFIX a: PREFIX b:"), "+OK\r\n");
  write("MSET a:1 1 b:1 1 c:1 1");
  EXPECT_EQ(me().pushed(), invalidated("a:1") + invalidated("b:1"));
  EXPECT_EQ(say("CLIENT TRACKING on BCAST PREFIX a:b"),
            "-ERR Prefix 'a:b' overlaps with an existing prefix 'a:'. Prefixes for a single client "
            "must not overlap.\r\n");
  EXPECT_EQ(say("CLIENT TRACKINGINFO"),
            "%3\r\n$5\r\nflags\r\n~2\r\n$2\r\non\r\n$5\r\nbcast\r\n$8\r\nredirect\r\n:0\r\n"
            "$8\r\nprefixes\r\n*2\r\n$2\r\na:\r\n$2\r\nb:\r\n");
  EXPECT_EQ(say("CLIENT TRACKING off"), "+OK\r\n");
  write("SET a:1 2");
  EXPECT_EQ(me().pushed(), "");
}

TEST_F(Tracking, opted_into_is_of_what_is_read_behind_caching_yes) {
  say("CLIENT TRACKING on OPTIN");
  say("GET k");
  write("SET k 1");
  EXPECT_EQ(me().pushed(), "");
  EXPECT_EQ(say("CLIENT CACHING yes"), "+OK\r\n");
  EXPECT_THAT(say("CLIENT TRACKINGINFO"), HasSubstr("caching-yes"));
  say("GET k");
  say("GET j");
  write("MSET k 2 j 2");
  EXPECT_EQ(me().pushed(), invalidated("k"));
  EXPECT_THAT(say("CLIENT CACHING no"), StartsWith("-ERR CLIENT CACHING NO is only valid"));
}

TEST_F(Tracking, opted_out_of_is_not_of_what_is_read_behind_caching_no) {
  say("CLIENT TRACKING on OPTOUT");
  say("CLIENT CACHING no");
  say("GET k");
  say("GET j");
  write("MSET k 1 j 2");
  EXPECT_EQ(me().pushed(), invalidated("j"));
}

TEST_F(Tracking, can_be_told_to_another_client_as_messages) {
  RespPeer listener(server());
  listener.say("SUBSCRIBE __redis__:invalidate");
  const std::string id = std::to_string(listener.client().id());
  EXPECT_EQ(writer_.say("CLIENT TRACKING on REDIRECT " + id), "+OK\r\n");
  EXPECT_EQ(writer_.say("CLIENT GETREDIR"), ":" + id + "\r\n");
  writer_.say("GET k");
  say("SET k 1");
  EXPECT_EQ(listener.pushed(),
            "*3\r\n$7\r\nmessage\r\n$20\r\n__redis__:invalidate\r\n*1\r\n$1\r\nk\r\n");
  say("FLUSHALL");
  EXPECT_EQ(listener.pushed(), "*3\r\n$7\r\nmessage\r\n$20\r\n__redis__:invalidate\r\n$-1\r\n");
}

TEST_F(Tracking, can_be_told_to_a_client_that_listens_to_the_shard_only) {
  RespPeer listener(server());
  listener.say("SSUBSCRIBE x");
  writer_.say("CLIENT TRACKING on REDIRECT " + std::to_string(listener.client().id()));
  writer_.say("GET k");
  say("SET k 1");
  EXPECT_EQ(listener.pushed(),
            "*3\r\n$7\r\nmessage\r\n$20\r\n__redis__:invalidate\r\n*1\r\n$1\r\nk\r\n");
}

TEST_F(Tracking, is_told_to_another_client_also_between_commands_that_run_again) {
  // Whoever sees every command comes between a command and its commit.
  bool in_between = false;
  const auto monitor =
      std::make_shared<RespClient>(server(), ClientDescription(),
                                   ClientWire{.push =
                                                  [&](const std::string& line) {
                                                    if (line.find("\"INCR\"") == std::string::npos)
                                                      return;
                                                    if (std::exchange(in_between, true)) return;
                                                    ASSERT_TRUE(engine().put("n", "5").has_value());
                                                  },
                                              .close = [] {}});
  server().add(monitor);
  std::string answered;
  monitor->receive("MONITOR\r\n", answered);
  ASSERT_EQ(answered, "+OK\r\n");
  write("CLIENT TRACKING on REDIRECT " + std::to_string(me().client().id()));
  write("GET k");
  std::string requests;
  std::string replies;
  for (std::size_t i = 0; i < CommandBurst::kCommandsMax; ++i) {
    requests += request_of({"SET", "k", std::to_string(i)});
    replies += "+OK\r\n";
  }
  EXPECT_EQ(me().send(requests + request_of({"INCR", "n"}) + request_of({"GET", "n"})),
            replies + invalidated("k") + ":6\r\n$1\r\n6\r\n");
  EXPECT_TRUE(in_between);
}

TEST_F(Tracking, is_listed_with_whom_it_is_told_to) {
  EXPECT_THAT(say("CLIENT INFO"), HasSubstr(" redir=-1 "));
  const std::string id = std::to_string(writer_.client().id());
  say("CLIENT TRACKING on REDIRECT " + id);
  EXPECT_THAT(say("CLIENT INFO"), HasSubstr(" redir=" + id + " "));
  say("CLIENT TRACKING on");
  EXPECT_THAT(say("CLIENT INFO"), HasSubstr(" redir=0 "));
  say("CLIENT TRACKING off");
  EXPECT_THAT(say("CLIENT INFO"), HasSubstr(" redir=-1 "));
}

TEST_F(Tracking, says_when_the_client_that_was_to_be_told_has_gone) {
  std::string id;
  {
    RespPeer listener(server());
    id = std::to_string(listener.client().id());
    say("CLIENT TRACKING on REDIRECT " + id);
  }
  say("GET k");
  write("SET k 1");
  EXPECT_EQ(me().pushed(), ">2\r\n$21\r\ntracking-redir-broken\r\n:" + id + "\r\n");
  EXPECT_THAT(say("CLIENT TRACKINGINFO"), HasSubstr("broken_redirect"));
}

TEST_F(Tracking, refuses_what_makes_no_sense_in_redis_s_words) {
  EXPECT_EQ(say("CLIENT CACHING yes"),
            "-ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN "
            "or OPTOUT mode enabled\r\n");
  EXPECT_EQ(say("CLIENT TRACKING on REDIRECT 99999"),
            "-ERR The client ID you want redirect to does not exist\r\n");
  EXPECT_EQ(say("CLIENT TRACKING on REDIRECT x"),
            "-ERR value is not an integer or out of range\r\n");
  EXPECT_EQ(say("CLIENT TRACKING maybe"), "-ERR syntax error\r\n");
  EXPECT_EQ(say("CLIENT TRACKING on FOO"), "-ERR syntax error\r\n");
  EXPECT_EQ(say("CLIENT TRACKING on PREFIX a"),
            "-ERR PREFIX option requires BCAST mode to be enabled\r\n");
  EXPECT_EQ(say("CLIENT TRACKING on OPTIN OPTOUT"),
            "-ERR You can't specify both OPTIN mode and OPTOUT mode\r\n");
  EXPECT_EQ(say("CLIENT TRACKING on BCAST OPTIN"),
            "-ERR OPTIN and OPTOUT are not compatible with BCAST\r\n");
  EXPECT_EQ(say("CLIENT GETREDIR"), ":-1\r\n");
}

TEST_F(Tracking, forgets_keys_beyond_the_bound_by_telling_of_them) {
  InvalidationTable table(server(), 2);
  TrackingOptions options;
  options.on = true;
  table.enable(me().client().id(), options);
  const std::vector<std::string_view> keys = {"a", "b", "c"};
  table.remember(me().client().id(), keys);
  EXPECT_EQ(table.key_count(), 2u);
  EXPECT_THAT(me().pushed(), StartsWith(">2\r\n$10\r\ninvalidate\r\n*1\r\n"));
}

TEST_F(Tracking, forgets_clients_that_come_and_go_while_a_key_stays_the_same) {
  InvalidationTable table(server());
  TrackingOptions options;
  options.on = true;
  const std::vector<std::string_view> keys = {"hot"};
  const std::uint64_t stays = me().client().id();
  table.enable(stays, options);
  table.remember(stays, keys);
  for (std::uint64_t id = 1'000; id < 11'000; ++id) {
    table.enable(id, options);
    table.remember(id, keys);
    table.disable(id);
  }
  EXPECT_LE(table.number_count(), 8u);
  const std::vector<ChangedKey> changed = {{.key = "hot"}};
  table.changed(changed, nullptr);
  EXPECT_EQ(me().pushed(), invalidated("hot"));
  EXPECT_EQ(table.number_count(), 0u);
}

TEST_F(Tracking, remembers_all_clients_that_stay) {
  InvalidationTable table(server());
  TrackingOptions options;
  options.on = true;
  const std::vector<std::string_view> keys = {"hot", "warm"};
  for (std::uint64_t id = 1'000; id < 1'100; ++id) {
    table.enable(id, options);
    table.remember(id, keys);
    table.remember(id, keys);
  }
  EXPECT_EQ(table.number_count(), 200u);
  table.emptied(0, nullptr);
  EXPECT_EQ(table.number_count(), 0u);
}

}  // namespace
}  // namespace quartz::server
