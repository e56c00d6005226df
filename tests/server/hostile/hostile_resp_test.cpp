#include <memory>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/hostile/hostile_server.hpp"

namespace quartz::server {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class HostileResp : public HostileClients {
 protected:
  // All that whoever sends these bytes gets before he is let go.
  std::string answer_to(std::string_view bytes) {
    RawClient client(resp_port());
    client.send(bytes);
    return client.receive_rest();
  }
  // The line that answers a request.
  static std::string reply_of(RawClient& client, std::string_view request) {
    client.send(request);
    std::string line;
    while (!line.ends_with("\r\n")) {
      const std::string more = client.receive_bytes(1);
      if (more.empty()) return line;
      line += more;
    }
    return line.substr(0, line.size() - 2);
  }
  void serve_with_few_buffers() {
    ServerConfig config = both_protocols();
    config.limits.buffered_bytes_max = 1 << 20;
    serve(config);
  }
};

TEST_F(HostileResp, lengths_beyond_all_bounds_are_refused) {
  serve(both_protocols());
  for (const char* bomb :
       {"*2147483647\r\n", "*1048577\r\n", "*9223372036854775808\r\n", "*99999999999999999999\r\n",
        "*1\r\n$536870913\r\n", "*1\r\n$2147483647\r\n", "*1\r\n$9223372036854775808\r\n",
        "*1\r\n$-5\r\n", "*x\r\n", "*1x\r\n", "*1\r\n$x\r\n", "*1\r\n*1\r\n", "*1\r\n:1\r\n",
        "*1\r\n\r\n"}) {
    EXPECT_THAT(answer_to(bomb), StartsWith("-ERR Protocol error")) << bomb;
  }
  EXPECT_TRUE(others_are_served());
}

TEST_F(HostileResp, lines_without_an_end_are_refused) {
  serve(both_protocols());
  EXPECT_THAT(answer_to(std::string(100'000, 'a')), StartsWith("-ERR Protocol error"));
  EXPECT_THAT(answer_to("*" + std::string(100'000, '1')), StartsWith("-ERR Protocol error"));
  EXPECT_THAT(answer_to("*1\r\n$" + std::string(100'000, '1')), StartsWith("-ERR Protocol error"));
  EXPECT_THAT(answer_to("GET \"unbalanced\r\n"), StartsWith("-ERR Protocol error"));
  EXPECT_TRUE(others_are_served());
}

TEST_F(HostileResp, nothing_behind_what_is_not_understood_is_done) {
  serve(both_protocols());
  EXPECT_THAT(answer_to("SET a 1\r\n*x\r\nSET a 2\r\n"), StartsWith("+OK\r\n-ERR Protocol error"));
  RawClient client(resp_port());
  client.send("GET a\r\n");
  EXPECT_EQ(client.receive_bytes(7), "$1\r\n1\r\n");
}

TEST_F(HostileResp, whoever_is_not_known_yet_may_not_send_much) {
  ServerConfig config = both_protocols();
  config.authentication.required = true;
  serve(config);
  EXPECT_THAT(answer_to("*11\r\n"), StartsWith("-ERR Protocol error"));
  EXPECT_THAT(answer_to("*2\r\n$4\r\nPING\r\n$16385\r\n"), StartsWith("-ERR Protocol error"));
}

TEST_F(HostileResp, requests_of_all_connections_together_are_bounded) {
  ServerConfig config = both_protocols();
  config.limits.buffered_bytes_max = 1 << 20;
  config.logger = log_.logger();
  serve(config);
  const std::string part(900'000, 'x');
  const std::string head = "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$900001\r\n";
  RawClient first(resp_port());
  first.send(head + part);
  wait_until_held(part.size());
  RawClient second(resp_port());
  second.send(head + part);
  EXPECT_THAT(second.receive_rest(), StartsWith("-ERR too much is waiting"));
  EXPECT_THAT(log_.line_with("is let go"), HasSubstr("limits.buffered_bytes_max"));
  first.send("x\r\n");
  EXPECT_EQ(first.receive_bytes(5), "+OK\r\n");
  wait_until_nothing_is_held();
  RawClient third(resp_port());
  third.send(head + part + "x\r\n");
  EXPECT_EQ(third.receive_bytes(5), "+OK\r\n");
  EXPECT_TRUE(others_are_served());
}

TEST_F(HostileResp, what_all_transactions_together_queue_is_bounded) {
  serve_with_few_buffers();
  RawClient client(resp_port());
  EXPECT_EQ(reply_of(client, "MULTI\r\n"), "+OK");
  const std::string set =
      fmt::format("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$40000\r\n{}\r\n", std::string(40'000, 'x'));
  std::string reply = "+QUEUED";
  for (int i = 0; i < 40 && reply == "+QUEUED"; ++i) reply = reply_of(client, set);
  EXPECT_THAT(reply, StartsWith("-ERR too much is waiting in all connections together"));
  // It is spoiled, and nothing of it is kept any longer, nor is what comes behind.
  wait_until_nothing_is_held();
  EXPECT_EQ(reply_of(client, set), "+QUEUED");
  EXPECT_EQ(reply_of(client, "EXEC\r\n"),
            "-EXECABORT Transaction discarded because of previous errors.");
  EXPECT_EQ(reply_of(client, "EXISTS k\r\n"), ":0");
  EXPECT_TRUE(others_are_served());
}

TEST_F(HostileResp, a_queue_is_given_back_whichever_way_its_transaction_ends) {
  serve_with_few_buffers();
  const std::string set =
      fmt::format("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$40000\r\n{}\r\n", std::string(40'000, 'x'));
  const auto begin = [&](RawClient& client) {
    EXPECT_EQ(reply_of(client, "MULTI\r\n"), "+OK");
    EXPECT_EQ(reply_of(client, set), "+QUEUED");
    wait_until_held(20'000);
  };
  for (const char* end : {"DISCARD\r\n", "RESET\r\n", "EXEC now\r\n", "EXEC\r\n"}) {
    RawClient client(resp_port());
    begin(client);
    EXPECT_THAT(reply_of(client, end), testing::AnyOf("+OK", "+RESET", StartsWith("-EXEC"), "*1"));
    wait_until_nothing_is_held();
  }
  begin(*std::make_unique<RawClient>(resp_port()));
  wait_until_nothing_is_held();
}

TEST_F(HostileResp, watched_keys_of_all_connections_are_bounded) {
  serve_with_few_buffers();
  RawClient client(resp_port());
  std::string reply = "+OK";
  for (int i = 0; i < 100 && reply == "+OK"; ++i) {
    const std::string key = std::to_string(i) + std::string(30'000, 'k');
    reply = reply_of(client, fmt::format("*2\r\n$5\r\nWATCH\r\n${}\r\n{}\r\n", key.size(), key));
  }
  EXPECT_THAT(reply, StartsWith("-ERR too much is waiting in all connections together"));
  EXPECT_EQ(reply_of(client, "UNWATCH\r\n"), "+OK");
  wait_until_nothing_is_held();
  EXPECT_TRUE(others_are_served());
}

TEST_F(HostileResp, a_key_that_is_watched_again_takes_nothing_more) {
  serve_with_few_buffers();
  RawClient client(resp_port());
  const std::string watch =
      fmt::format("*2\r\n$5\r\nWATCH\r\n$30000\r\n{}\r\n", std::string(30'000, 'k'));
  for (int i = 0; i < 100; ++i) ASSERT_EQ(reply_of(client, watch), "+OK") << i;
}

TEST_F(HostileResp, a_subscriber_that_does_not_read_is_let_go) {
  ServerConfig config = both_protocols();
  config.limits.unread_bytes_max = 64 << 10;
  config.logger = log_.logger();
  serve(config);
  RawClient subscriber(resp_port());
  subscriber.send("SUBSCRIBE news\r\n");
  const std::string subscribed = "*3\r\n$9\r\nsubscribe\r\n$4\r\nnews\r\n:1\r\n";
  ASSERT_EQ(subscriber.receive_bytes(subscribed.size()), subscribed);
  RawClient publisher(resp_port());
  const std::string message = fmt::format("*3\r\n$7\r\nPUBLISH\r\n$4\r\nnews\r\n$50000\r\n{}\r\n",
                                          std::string(50'000, 'x'));
  std::string heard = ":1\r\n";
  for (int i = 0; i < 2'000 && heard == ":1\r\n"; ++i) {
    publisher.send(message);
    heard = publisher.receive_bytes(4);
  }
  EXPECT_EQ(heard, ":0\r\n");
  EXPECT_THAT(log_.line_with("is let go"), HasSubstr("limits.unread_bytes_max"));
  EXPECT_TRUE(others_are_served());
}

TEST_F(HostileResp, who_takes_nothing_of_his_answers_is_let_go) {
  ServerConfig config = both_protocols();
  config.limits.unread_timeout = std::chrono::milliseconds(100);
  config.logger = log_.logger();
  serve(config);
  ASSERT_TRUE(engine_.put("large", std::string(1 << 20, 'x')));
  RawClient client(resp_port());
  std::string requests;
  for (int i = 0; i < 64; ++i) requests += "GET large\r\n";
  client.send(requests);
  EXPECT_THAT(log_.line_with("is let go"), HasSubstr("it takes nothing"));
  EXPECT_TRUE(others_are_served());
}

}  // namespace
}  // namespace quartz::server
