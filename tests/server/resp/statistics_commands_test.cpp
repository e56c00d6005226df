#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/resp/command_table.hpp"
#include "server/resp/resp_conversation.hpp"

namespace quartz::server {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

class StatisticsCommands : public RespConversation {
 protected:
  /// The line about a command in INFO commandstats, without the times.
  std::string counts_of(std::string_view command) {
    const std::string text = say("INFO commandstats");
    const std::string name = "cmdstat_" + std::string(command) + ":";
    const std::size_t begin = text.find(name);
    if (begin == std::string::npos) return {};
    const std::string line = text.substr(begin, text.find("\r\n", begin) - begin);
    const std::size_t calls = line.find("calls=");
    const std::size_t rejected = line.find("rejected_calls=");
    return line.substr(calls, line.find(',') - calls) + " " + line.substr(rejected);
  }
  std::uint64_t calls_of(std::string_view name) {
    return server().statistics().of(*CommandTable::all().find(name)).latency.count();
  }
};

TEST_F(StatisticsCommands, calls_are_counted_under_the_name_of_the_command_or_subcommand) {
  say("SET a 1");
  say("get a");
  say("GET b");
  say("CONFIG GET maxmemory");
  EXPECT_EQ(counts_of("set"), "calls=1 rejected_calls=0,failed_calls=0");
  EXPECT_EQ(counts_of("get"), "calls=2 rejected_calls=0,failed_calls=0");
  EXPECT_EQ(counts_of("config|get"), "calls=1 rejected_calls=0,failed_calls=0");
  EXPECT_EQ(counts_of("config"), "");
  EXPECT_EQ(counts_of("del"), "");
}

TEST_F(StatisticsCommands, every_command_of_a_pipeline_counts) {
  me().send("SET a 1\r\nGET a\r\n" + request_of({"GET", "a"}) + request_of({"GET", "a"}));
  EXPECT_EQ(counts_of("get"), "calls=3 rejected_calls=0,failed_calls=0");
}

TEST_F(StatisticsCommands, errors_are_failures_or_rejections) {
  say("LPUSH l a");
  say("GET l");
  say("GET");
  EXPECT_EQ(counts_of("get"), "calls=1 rejected_calls=1,failed_calls=1");
  say("NOSUCH");
  EXPECT_EQ(say("INFO errorstats"),
            "$66\r\n# Errorstats\r\nerrorstat_ERR:count=2\r\nerrorstat_WRONGTYPE:count=1\r\n\r\n");
  EXPECT_THAT(say("INFO stats"), HasSubstr("total_error_replies:3\r\n"));
}

TEST_F(StatisticsCommands, commands_between_multi_and_exec_count_when_they_run) {
  say("LPUSH l a");
  say("MULTI");
  say("INCR a");
  say("GET l");
  EXPECT_EQ(calls_of("incr"), 0u);
  say("EXEC");
  EXPECT_EQ(counts_of("incr"), "calls=1 rejected_calls=0,failed_calls=0");
  EXPECT_EQ(counts_of("get"), "calls=1 rejected_calls=0,failed_calls=1");
  EXPECT_EQ(counts_of("exec"), "calls=1 rejected_calls=0,failed_calls=0");
  EXPECT_EQ(server().statistics().errors().all().at("WRONGTYPE"), 1u);
}

TEST_F(StatisticsCommands, the_information_by_default_leaves_out_what_is_long) {
  say("SET a 1");
  for (const char* asked : {"INFO", "INFO default"}) {
    EXPECT_THAT(say(asked), AllOf(HasSubstr("# Errorstats"), Not(HasSubstr("# Commandstats")),
                                  Not(HasSubstr("# Latencystats"))));
  }
  for (const char* asked : {"INFO all", "INFO everything"}) {
    EXPECT_THAT(say(asked), AllOf(HasSubstr("# Commandstats"), HasSubstr("# Errorstats"),
                                  HasSubstr("# Latencystats"), HasSubstr("# Keyspace")));
  }
}

TEST_F(StatisticsCommands, percentiles_are_told_in_microseconds) {
  say("SET a 1");
  EXPECT_THAT(
      say("INFO latencystats"),
      MatchesRegex("[^#]*# Latencystats\r\nlatency_percentiles_usec_set:p50=[0-9]+[.][0-9]{3},"
                   "p99=[0-9]+[.][0-9]{3},p99[.]9=[0-9]+[.][0-9]{3}\r\n\r\n"));
}

TEST_F(StatisticsCommands, a_reset_lets_all_count_from_zero) {
  say("SET a 1");
  say("GET");
  say("CONFIG RESETSTAT");
  EXPECT_EQ(counts_of("set"), "");
  EXPECT_EQ(counts_of("get"), "");
  EXPECT_EQ(say("INFO errorstats"), "$14\r\n# Errorstats\r\n\r\n");
  EXPECT_THAT(say("INFO stats"), AllOf(HasSubstr("total_error_replies:0\r\n"),
                                       HasSubstr("total_connections_received:0\r\n")));
}

// Times are whatever they are, so that the histogram is filled by hand.
TEST_F(StatisticsCommands, a_histogram_has_what_took_at_most_so_long) {
  const Command& get = *CommandTable::all().find("get");
  for (const std::uint64_t nanoseconds : {500u, 1'500u, 1'600u, 300'000u}) {
    server().statistics().called(get, nanoseconds);
  }
  EXPECT_EQ(say("LATENCY HISTOGRAM get"),
            "*2\r\n$3\r\nget\r\n*4\r\n$5\r\ncalls\r\n:4\r\n$14\r\nhistogram_usec\r\n"
            "*6\r\n:1\r\n:1\r\n:2\r\n:3\r\n:528\r\n:4\r\n");
  say("HELLO 3");
  EXPECT_EQ(say("LATENCY HISTOGRAM get"),
            "%1\r\n$3\r\nget\r\n%2\r\n$5\r\ncalls\r\n:4\r\n$14\r\nhistogram_usec\r\n"
            "%3\r\n:1\r\n:1\r\n:2\r\n:3\r\n:528\r\n:4\r\n");
}

TEST_F(StatisticsCommands, histograms_are_of_all_commands_or_of_those_asked_for) {
  say("SET a 1");
  say("CONFIG GET maxmemory");
  say("CONFIG RESETSTAT");
  say("SET a 1");
  say("CONFIG GET maxmemory");
  EXPECT_THAT(
      say("LATENCY HISTOGRAM config nosuch"),
      AllOf(HasSubstr("config|get"), HasSubstr("config|resetstat"), Not(HasSubstr("$3\r\nset"))));
  EXPECT_THAT(say("LATENCY HISTOGRAM"), HasSubstr("$3\r\nset\r\n"));
  EXPECT_EQ(say("LATENCY HISTOGRAM nosuch"), "*0\r\n");
}

TEST_F(StatisticsCommands, events_that_take_long_are_told) {
  EXPECT_EQ(say("LATENCY LATEST"), "*0\r\n");
  EXPECT_THAT(say("LATENCY DOCTOR"), HasSubstr("latency-monitor-threshold is 0"));
  say("CONFIG SET latency-monitor-threshold 5");
  EXPECT_THAT(say("LATENCY DOCTOR"), HasSubstr("Nothing took 5 ms"));
  server().note_commit(7'000'000);
  EXPECT_THAT(say("LATENCY LATEST"),
              MatchesRegex("\\*1\r\n\\*4\r\n\\$6\r\ncommit\r\n:[0-9]+\r\n:7\r\n:7\r\n"));
  EXPECT_THAT(say("LATENCY HISTORY commit"), MatchesRegex("\\*1\r\n\\*2\r\n:[0-9]+\r\n:7\r\n"));
  EXPECT_EQ(say("LATENCY HISTORY none"), "*0\r\n");
  EXPECT_THAT(say("LATENCY GRAPH commit"), HasSubstr("commit - high 7 ms, low 7 ms"));
  EXPECT_EQ(say("LATENCY GRAPH none"), "-ERR No samples available for event 'none'\r\n");
  EXPECT_THAT(say("LATENCY DOCTOR"), HasSubstr("commit: 1 spikes, 7 ms on average"));
  EXPECT_EQ(say("LATENCY RESET none commit"), ":1\r\n");
  EXPECT_EQ(say("LATENCY LATEST"), "*0\r\n");
}

TEST_F(StatisticsCommands, a_commit_is_over_when_it_has_been_synced) {
  RespServer durable(service(), {.durability = Durability::disk});
  RespPeer peer(durable);
  peer.say("GET a");
  const std::uint64_t before = durable.statistics().commits().count();
  EXPECT_EQ(peer.send("SET a 1\r\nSET b 2\r\n"), "+OK\r\n+OK\r\n");
  EXPECT_TRUE(peer.client().unsynced());
  EXPECT_EQ(durable.statistics().commits().count(), before);
  peer.client().note_synced();
  EXPECT_FALSE(peer.client().unsynced());
  EXPECT_EQ(durable.statistics().commits().count(), before + 1);
}

TEST_F(StatisticsCommands, fast_commands_are_events_of_their_own) {
  say("CONFIG SET latency-monitor-threshold 1");
  const std::vector<std::string_view> words{"x"};
  const CommandTable& table = CommandTable::all();
  server().note_call(me().client(), *table.find("get"), words, 2'000'000);
  server().note_call(me().client(), *table.find("keys"), words, 3'000'000);
  const auto events = server().latency_events().all();
  EXPECT_EQ(events.at("fast-command").longest, 2);
  EXPECT_EQ(events.at("command").longest, 3);
}

TEST_F(StatisticsCommands, memory_of_a_key_is_that_of_its_rows) {
  EXPECT_EQ(say("MEMORY USAGE none"), "$-1\r\n");
  say("SET key value");
  EXPECT_EQ(say("MEMORY USAGE key"), ":8\r\n");
  say("EXPIRE key 1000");
  EXPECT_EQ(say("MEMORY USAGE key"), ":16\r\n");
  say("HSET h a 1");
  const std::string one = say("MEMORY USAGE h SAMPLES 0");
  say("HSET h b 2");
  const std::string two = say("MEMORY USAGE h SAMPLES 0");
  // A generation of eight bytes, the field and its value.
  EXPECT_EQ(std::stoi(two.substr(1)) - std::stoi(one.substr(1)), 10);
  for (int i = 0; i < 20; ++i) say("HSET g " + std::to_string(10 + i) + " x");
  EXPECT_EQ(say("MEMORY USAGE g"), say("MEMORY USAGE g SAMPLES 0"));
  EXPECT_EQ(say("MEMORY USAGE g SAMPLES -1"), "-ERR syntax error\r\n");
  EXPECT_EQ(say("MEMORY USAGE g SAMPLES 1 SAMPLES 0"), say("MEMORY USAGE g SAMPLES 0"));
  EXPECT_EQ(say("MEMORY USAGE g SAMPLES 1 SAMPLES"), "-ERR syntax error\r\n");
  EXPECT_EQ(say("MEMORY USAGE none SAMPLES SAMPLES x"),
            "-ERR value is not an integer or out of range\r\n");
}

TEST_F(StatisticsCommands, memory_of_the_server_is_that_of_tables_and_caches) {
  say("SET key value");
  EXPECT_THAT(say("MEMORY STATS"), AllOf(HasSubstr("memtables.bytes"), HasSubstr("row-cache.rows"),
                                         HasSubstr("clients.count\r\n:1\r\n")));
  EXPECT_THAT(say("MEMORY MALLOC-STATS"), HasSubstr("in_use_bytes:"));
  EXPECT_EQ(say("MEMORY PURGE"), "+OK\r\n");
  EXPECT_THAT(say("MEMORY DOCTOR"), HasSubstr("storage.memtable_bytes"));
}

TEST_F(StatisticsCommands, help_names_the_subcommands) {
  EXPECT_THAT(say("LATENCY HELP"), HasSubstr("HISTOGRAM"));
  EXPECT_THAT(say("SLOWLOG HELP"), HasSubstr("RESET"));
  EXPECT_THAT(say("MEMORY HELP"), HasSubstr("USAGE"));
}

TEST_F(StatisticsCommands, there_are_no_replicas_to_wait_for) {
  EXPECT_EQ(say("WAIT 1 0"), ":0\r\n");
  EXPECT_EQ(say("WAIT 0 -1"), "-ERR timeout is negative\r\n");
  EXPECT_EQ(say("WAIT a 0"), "-ERR value is not an integer or out of range\r\n");
}

}  // namespace
}  // namespace quartz::server
