#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/resp/command_burst.hpp"
#include "server/resp/resp_conversation.hpp"

namespace quartz::server {
namespace {

using testing::HasSubstr;

class Pipeline : public RespConversation {};

TEST_F(Pipeline, requests_may_be_split_anywhere) {
  const std::string requests = request_of({"SET", "a", "x\r\ny"}) + "GET a\r\n" +
                               request_of({"MULTI"}) + request_of({"APPEND", "a", "z"}) +
                               request_of({"EXEC"}) + "PING \"two words\"\r\n" +
                               request_of({"DEL", "a"});
  const std::string replies =
      "+OK\r\n$4\r\nx\r\ny\r\n+OK\r\n+QUEUED\r\n*1\r\n:5\r\n$9\r\ntwo words\r\n:1\r\n";
  for (std::size_t split = 0; split <= requests.size(); ++split) {
    RespPeer peer(server());
    const std::string first = peer.send(requests.substr(0, split));
    EXPECT_EQ(first + peer.send(requests.substr(split)), replies) << "split at " << split;
  }
  RespPeer slow(server());
  std::string all;
  for (const char byte : requests) all += slow.send(std::string(1, byte));
  EXPECT_EQ(all, replies);
}

TEST_F(Pipeline, an_error_in_the_middle_stops_nothing) {
  EXPECT_EQ(me().send("SET a x\r\nINCR a\r\nBOGUS\r\nSET b 1\r\nGET\r\nINCR b\r\n"),
            "+OK\r\n-ERR value is not an integer or out of range\r\n"
            "-ERR unknown command 'BOGUS', with args beginning with: \r\n+OK\r\n"
            "-ERR wrong number of arguments for 'get' command\r\n:2\r\n");
  EXPECT_EQ(say("MGET a b"), "*2\r\n$1\r\nx\r\n$1\r\n2\r\n");
}

TEST_F(Pipeline, commands_see_what_those_before_them_wrote) {
  EXPECT_EQ(me().send(request_of({"SET", "a", "1", "EX", "100"}) + request_of({"INCR", "a"}) +
                      request_of({"RENAME", "a", "b"}) + request_of({"KEYS", "*"}) +
                      request_of({"TTL", "b"}) + request_of({"FLUSHDB"}) + request_of({"DBSIZE"}) +
                      request_of({"SETNX", "b", "2"}) + request_of({"DBSIZE"})),
            "+OK\r\n:2\r\n+OK\r\n*1\r\n$1\r\nb\r\n:100\r\n+OK\r\n:0\r\n:1\r\n:1\r\n");
}

TEST_F(Pipeline, a_long_one_is_answered_in_several_bursts) {
  std::string requests;
  std::string replies;
  const std::size_t count = 5 * CommandBurst::kCommandsMax + 3;
  for (std::size_t i = 1; i <= count; ++i) {
    requests += request_of({"INCR", "n"});
    replies += ":" + std::to_string(i) + "\r\n";
  }
  EXPECT_EQ(me().send(requests), replies);
}

TEST_F(Pipeline, bursts_that_meet_run_again_and_lose_nothing) {
  constexpr int kThreads = 4;
  constexpr int kBursts = 60;
  constexpr int kInBurst = 15;
  std::string burst;
  for (int i = 0; i < kInBurst; ++i) burst += request_of({"INCR", "n"});
  std::vector<std::string> heard(kThreads);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      RespPeer peer(server());
      for (int i = 0; i < kBursts; ++i) heard[static_cast<std::size_t>(t)] += peer.send(burst);
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::string total = std::to_string(kThreads * kBursts * kInBurst);
  EXPECT_EQ(say("GET n"), "$" + std::to_string(total.size()) + "\r\n" + total + "\r\n");
  // Each number was told to exactly one.
  std::set<std::string> numbers;
  for (const std::string& replies : heard) {
    for (std::size_t at = 0; at < replies.size();) {
      const std::size_t end = replies.find("\r\n", at);
      EXPECT_TRUE(numbers.insert(replies.substr(at, end - at)).second);
      at = end + 2;
    }
  }
  EXPECT_EQ(numbers.size(), static_cast<std::size_t>(kThreads * kBursts * kInBurst));
}

TEST_F(Pipeline, transactions_that_meet_run_again_and_lose_nothing) {
  constexpr int kThreads = 3;
  constexpr int kTimes = 150;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      RespPeer peer(server());
      for (int i = 0; i < kTimes; ++i) {
        peer.send("MULTI\r\nINCR left\r\nINCR right\r\nEXEC\r\n");
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::string total = std::to_string(kThreads * kTimes);
  const std::string value = "$" + std::to_string(total.size()) + "\r\n" + total + "\r\n";
  EXPECT_EQ(say("MGET left right"), "*2\r\n" + value + value);
}

TEST_F(Pipeline, what_is_no_request_ends_the_connection_behind_the_replies) {
  for (const char* bytes : {"*1\r\n+PING\r\n", "*x\r\n", "*1\r\n$-5\r\n"}) {
    RespPeer peer(server());
    const std::string reply = peer.send(std::string("PING\r\n") + bytes + "PING\r\n");
    EXPECT_TRUE(reply.starts_with("+PONG\r\n-ERR Protocol error")) << reply;
    EXPECT_TRUE(peer.is_closed());
    EXPECT_EQ(peer.send("PING\r\n"), "");
  }
}

TEST_F(Pipeline, empty_lines_and_arrays_are_passed_over) {
  EXPECT_EQ(me().send("\r\n*0\r\n\r\nPING\r\n"), "+PONG\r\n");
}

}  // namespace
}  // namespace quartz::server
