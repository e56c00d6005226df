#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/resp/resp_conversation.hpp"

namespace quartz::server {
namespace {

using testing::HasSubstr;

const std::string kTrace = "4bf92f3577b34da6a3ce929d0e0e4736";
const std::string kTraced = "QUARTZ.TRACE 00-" + kTrace + "-00f067aa0ba902b7-01 ";

class TracedCommands : public RespConversation {};

TEST_F(TracedCommands, reply_as_they_would_without) {
  EXPECT_EQ(say(kTraced + "SET k v"), "+OK\r\n");
  EXPECT_EQ(me().client().trace_id(), kTrace);
  EXPECT_EQ(say("quartz.trace" + kTraced.substr(12) + "GET k"), "$1\r\nv\r\n");
  EXPECT_EQ(say(kTraced + "NOTHING"), say("NOTHING"));
  EXPECT_EQ(say(kTraced + "GET"), say("GET"));
  EXPECT_EQ(say(kTraced + "QUARTZ.ONCE me 1 INCR n"), ":1\r\n");
  EXPECT_EQ(say(kTraced + "QUARTZ.ONCE me 1 INCR n"), ":1\r\n");
}

TEST_F(TracedCommands, are_the_only_ones_of_their_trace) {
  EXPECT_EQ(say(kTraced + "SET k v"), "+OK\r\n");
  EXPECT_EQ(say("GET k"), "$1\r\nv\r\n");
  EXPECT_EQ(me().client().trace_id(), "");
}

TEST_F(TracedCommands, may_be_a_part_of_a_transaction) {
  EXPECT_EQ(say("MULTI"), "+OK\r\n");
  EXPECT_EQ(say(kTraced + "SET k v"), "+QUEUED\r\n");
  EXPECT_EQ(say(kTraced + "EXEC"), "*1\r\n+OK\r\n");
  EXPECT_EQ(say("GET k"), "$1\r\nv\r\n");
}

TEST_F(TracedCommands, need_a_trace_and_a_command) {
  EXPECT_EQ(say("QUARTZ.TRACE 00-0-0-01 GET k"), "-ERR this is no traceparent\r\n");
  EXPECT_EQ(say(kTraced + kTraced + "GET k"), "-ERR a command belongs to one trace\r\n");
  EXPECT_EQ(say(kTraced), "-ERR wrong number of arguments for 'quartz.trace' command\r\n");
  EXPECT_EQ(say("QUARTZ.TRACE"), "-ERR wrong number of arguments for 'quartz.trace' command\r\n");
}

TEST_F(TracedCommands, are_known_to_who_asks) {
  EXPECT_THAT(say("COMMAND INFO QUARTZ.TRACE"), HasSubstr("quartz.trace"));
}

}  // namespace
}  // namespace quartz::server
