#include <chrono>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/resp/command_table.hpp"
#include "server/resp/resp_conversation.hpp"

namespace quartz::server {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class ConnectionCommands : public RespConversation {};

TEST_F(ConnectionCommands, a_client_is_answered) {
  EXPECT_EQ(say("PING"), "+PONG\r\n");
  EXPECT_EQ(say("ping hello"), "$5\r\nhello\r\n");
  EXPECT_EQ(say("PING a b"), "-ERR wrong number of arguments for 'ping' command\r\n");
  EXPECT_EQ(say("ECHO \"a b\""), "$3\r\na b\r\n");
  EXPECT_EQ(say("NOTHING x y"),
            "-ERR unknown command 'NOTHING', with args beginning with: 'x' 'y' \r\n");
  EXPECT_EQ(say("CLIENT NOTHING"), "-ERR unknown subcommand 'NOTHING'. Try CLIENT HELP.\r\n");
}

TEST_F(ConnectionCommands, hello_agrees_on_a_version) {
  EXPECT_THAT(say("HELLO"), AllOf(StartsWith("*14\r\n"), HasSubstr("$5\r\nproto\r\n:2\r\n")));
  EXPECT_THAT(say("HELLO 3 SETNAME me"),
              AllOf(StartsWith("%7\r\n"), HasSubstr("$5\r\nproto\r\n:3\r\n")));
  EXPECT_EQ(say("CLIENT GETNAME"), "$2\r\nme\r\n");
  EXPECT_EQ(say("HELLO 4"), "-NOPROTO unsupported protocol version\r\n");
  EXPECT_EQ(say("HELLO x"), "-ERR Protocol version is not an integer or out of range\r\n");
  EXPECT_EQ(say("HELLO 3 BOGUS"), "-ERR Syntax error in HELLO option 'BOGUS'\r\n");
  EXPECT_EQ(say("GET absent"), "_\r\n");
  EXPECT_THAT(say("HELLO 2"), StartsWith("*14\r\n"));
  EXPECT_EQ(say("GET absent"), "$-1\r\n");
}

TEST_F(ConnectionCommands, databases_are_apart) {
  EXPECT_EQ(say("SET a 0"), "+OK\r\n");
  EXPECT_EQ(say("SELECT 15"), "+OK\r\n");
  EXPECT_EQ(say("GET a"), "$-1\r\n");
  EXPECT_EQ(say("SELECT 16"), "-ERR DB index is out of range\r\n");
  EXPECT_EQ(say("SELECT -1"), "-ERR DB index is out of range\r\n");
  EXPECT_EQ(say("SELECT 2147483648"),
            "-ERR value is out of range, value must between -2147483648 and 2147483647\r\n");
  EXPECT_EQ(say("SELECT x"), "-ERR value is not an integer or out of range\r\n");
}

TEST_F(ConnectionCommands, quit_and_reset) {
  say("HELLO 3");
  say("SELECT 2");
  say("MULTI");
  EXPECT_EQ(say("RESET"), "+RESET\r\n");
  EXPECT_EQ(say("GET absent"), "$-1\r\n");
  EXPECT_EQ(say("EXEC"), "-ERR EXEC without MULTI\r\n");
  EXPECT_THAT(say("CLIENT INFO"), HasSubstr(" db=0 "));
  EXPECT_EQ(say("QUIT"), "+OK\r\n");
  EXPECT_TRUE(me().is_closed());
}

TEST_F(ConnectionCommands, clients_are_named_listed_and_ended) {
  RespPeer other(server(), "10.0.0.1:5");
  EXPECT_EQ(other.say("CLIENT SETNAME them"), "+OK\r\n");
  EXPECT_EQ(other.say("CLIENT SETNAME \"a b\"").substr(0, 5), "-ERR ");
  EXPECT_EQ(say("CLIENT GETNAME"), "$-1\r\n");
  EXPECT_THAT(say("CLIENT LIST"), AllOf(HasSubstr("addr=10.0.0.1:5 "), HasSubstr("name=them "),
                                        HasSubstr("addr=127.0.0.1:1 ")));
  const std::string id = std::to_string(other.client().id());
  EXPECT_THAT(say("CLIENT LIST ID " + id),
              AllOf(HasSubstr("id=" + id + " "), Not(HasSubstr("addr=127.0.0.1:1 "))));
  EXPECT_EQ(say("CLIENT KILL ID " + id), ":1\r\n");
  EXPECT_TRUE(other.is_closed());
  EXPECT_EQ(say("CLIENT KILL 1.2.3.4:5"), "-ERR No such client\r\n");
  EXPECT_EQ(say("CLIENT SETINFO LIB-NAME tests"), "+OK\r\n");
  EXPECT_THAT(say("CLIENT INFO"), HasSubstr("lib-name=tests"));
}

TEST_F(ConnectionCommands, others_see_what_a_client_did_last_and_when) {
  RespPeer other(server(), "10.0.0.1:5");
  EXPECT_EQ(other.client().description().last_command, "NULL");
  const auto before = std::chrono::steady_clock::now();
  EXPECT_LE(other.client().description().active_at, before);
  other.say("CLIENT SETNAME them");
  EXPECT_GE(other.client().description().active_at, before);
  EXPECT_THAT(say("CLIENT LIST"),
              AllOf(HasSubstr(" cmd=client|setname "), HasSubstr(" cmd=client|list ")));
  other.say("NOTHING");
  other.say("GET key");
  EXPECT_EQ(other.client().description().last_command, "get");
}

TEST_F(ConnectionCommands, replies_can_be_left_out) {
  EXPECT_EQ(me().send("CLIENT REPLY SKIP\r\nSET a 1\r\nGET a\r\n"), "$1\r\n1\r\n");
  EXPECT_EQ(me().send("CLIENT REPLY OFF\r\nSET a 2\r\nGET a\r\nNOTHING\r\n"), "");
  EXPECT_EQ(say("CLIENT REPLY ON"), "+OK\r\n");
  EXPECT_EQ(say("GET a"), "$1\r\n2\r\n");
}

TEST_F(ConnectionCommands, commands_are_described) {
  std::size_t top_level = 0;
  for (const auto& [name, command] : CommandTable::all().by_name()) {
    if (name.find('|') == std::string_view::npos) ++top_level;
    EXPECT_FALSE(command->summary.empty()) << name;
    EXPECT_FALSE(name_of(command->group).empty()) << name;
  }
  const std::string count = std::to_string(top_level);
  EXPECT_EQ(say("COMMAND COUNT"), ":" + count + "\r\n");
  EXPECT_THAT(say("COMMAND"), StartsWith("*" + count + "\r\n*10\r\n"));
  EXPECT_THAT(say("COMMAND INFO get nothing"),
              AllOf(StartsWith("*2\r\n*10\r\n$3\r\nget\r\n:2\r\n"), HasSubstr("*-1\r\n")));
  EXPECT_THAT(say("COMMAND DOCS get"), HasSubstr("summary"));
  EXPECT_EQ(say("COMMAND GETKEYS MSET a 1 b 2"), "*2\r\n$1\r\na\r\n$1\r\nb\r\n");
  EXPECT_EQ(say("COMMAND GETKEYS PING"), "-ERR The command has no key arguments\r\n");
  EXPECT_THAT(say("COMMAND LIST FILTERBY PATTERN ge*"), HasSubstr("getrange"));
}

TEST_F(ConnectionCommands, parameters_are_told_and_changed) {
  EXPECT_EQ(say("CONFIG GET databases"), "*2\r\n$9\r\ndatabases\r\n$2\r\n16\r\n");
  EXPECT_EQ(say("CONFIG GET nothing*"), "*0\r\n");
  EXPECT_EQ(say("CONFIG SET slowlog-max-len 5"), "+OK\r\n");
  EXPECT_EQ(say("CONFIG GET slowlog-max-len"), "*2\r\n$15\r\nslowlog-max-len\r\n$1\r\n5\r\n");
  EXPECT_EQ(say("CONFIG SET nothing 1"),
            "-ERR Unknown option or number of arguments for CONFIG SET - 'nothing'\r\n");
  EXPECT_THAT(say("CONFIG SET databases 5"), StartsWith("-ERR CONFIG SET failed"));
  EXPECT_THAT(say("CONFIG SET slowlog-max-len x"), StartsWith("-ERR CONFIG SET failed"));
  EXPECT_EQ(say("CONFIG RESETSTAT"), "+OK\r\n");
}

TEST_F(ConnectionCommands, parameters_are_changed_all_of_them_or_none) {
  const auto is_as_before = [&] {
    EXPECT_EQ(say("CONFIG GET slowlog-max-len"), "*2\r\n$15\r\nslowlog-max-len\r\n$3\r\n128\r\n");
    EXPECT_EQ(say("CONFIG GET notify-keyspace-events"),
              "*2\r\n$22\r\nnotify-keyspace-events\r\n$0\r\n\r\n");
    EXPECT_FALSE(service().key_events().wanted());
  };
  EXPECT_EQ(say("CONFIG SET slowlog-max-len 5 notify-keyspace-events KA "
                "latency-monitor-threshold abc"),
            "-ERR CONFIG SET failed (possibly related to argument 'latency-monitor-threshold') - "
            "argument couldn't be parsed into an integer\r\n");
  is_as_before();
  EXPECT_THAT(say("CONFIG SET slowlog-max-len 5 notify-keyspace-events ?"),
              HasSubstr("'notify-keyspace-events'"));
  is_as_before();
  EXPECT_EQ(say("CONFIG SET slowlog-max-len 5 SLOWLOG-max-len 6"),
            "-ERR CONFIG SET failed (possibly related to argument 'SLOWLOG-max-len') - duplicate "
            "parameter\r\n");
  is_as_before();
}

TEST_F(ConnectionCommands, info_tells_of_the_server_by_sections) {
  say("SET a 1 EX 100");
  say("SELECT 4");
  say("SET b 1");
  EXPECT_THAT(say("INFO"), AllOf(HasSubstr("# Server\r\n"), HasSubstr("# Stats\r\n"),
                                 HasSubstr("redis_version:")));
  EXPECT_THAT(say("INFO keyspace"),
              AllOf(HasSubstr("db0:keys=1,expires=1"), HasSubstr("db4:keys=1,expires=0"),
                    Not(HasSubstr("# Server"))));
  EXPECT_EQ(say("INFO nothing"), "$0\r\n\r\n");
}

}  // namespace
}  // namespace quartz::server
