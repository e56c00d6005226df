// What is known of reads that were sent twice, and of the servers that were asked.

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <string>
#include <utility>

#include <boost/asio/use_future.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/client_fixture.hpp"
#include "client/scripted_peer.hpp"
#include "quartz/client/client.hpp"

namespace quartz::client {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using testing::HasSubstr;

constexpr std::string_view kRefusal = "-LOADING the data set\r\n";

/// Of reads that are sent twice soon, all of them, and not tried again.
ClientConfig doubling_config(std::string url, milliseconds delay = milliseconds(1)) {
  ClientConfig config = patient_config(std::move(url));
  config.retry.attempts_max = 1;
  config.hedge = HedgeConfig{.delay = delay, .percent_max = 100};
  return config;
}

void expect_soon(const std::function<bool()>& is_so) {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (!is_so()) ASSERT_LT(std::chrono::steady_clock::now(), until);
}

/// Does with each read, by its number, what the test says; answers everything else.
ScriptedPeer::Script by_number(std::atomic<int>& reads,
                               std::function<void(PeerConnection&, int)> answer) {
  return [&reads, answer = std::move(answer)](PeerConnection& connection) {
    if (!connection.greet()) return;
    for (auto command = connection.read_command(); !command.empty();
         command = connection.read_command()) {
      if (command.starts_with("GET")) {
        answer(connection, reads.fetch_add(1));
      } else {
        connection.send("+OK\r\n");
      }
    }
  };
}

/// Of a read that is sent twice one is lost, by its number, and then the other one is refused.
ClientResult<std::optional<std::string>> read_of_which_one_is_lost(int lost) {
  std::atomic<int> reads{0};
  std::promise<void> one_is_lost;
  ScriptedPeer peer(by_number(reads, [&](PeerConnection& connection, int number) {
    if (number == lost) {
      expect_soon([&] { return reads.load() == 2; });
      return connection.reset();
    }
    one_is_lost.get_future().wait_for(kPatience);
    connection.send(kRefusal);
  }));
  ClientConfig config = doubling_config(peer.url());
  config.connections = 2;
  Client client{config};
  EXPECT_TRUE(client.set("begin", "x"));
  expect_soon([&] { return client.metrics().connections == 2; });
  auto value = client.async_get("k", asio::use_future);
  expect_soon([&] { return client.metrics().connections_lost == 1; });
  one_is_lost.set_value();
  return value.get();
}

TEST(EndsOfHedgedReads, tell_that_a_first_one_may_have_been_carried_out_that_was_lost) {
  EXPECT_THAT(read_of_which_one_is_lost(0), FailsAs(ClientErrc::unavailable, Executed::unknown));
}

TEST(EndsOfHedgedReads, tell_that_a_second_one_may_have_been_carried_out_that_was_lost) {
  EXPECT_THAT(read_of_which_one_is_lost(1), FailsAs(ClientErrc::unavailable, Executed::unknown));
}

TEST(EndsOfHedgedReads, tell_that_nothing_was_carried_out_if_both_were_refused) {
  std::atomic<int> reads{0};
  ScriptedPeer peer(by_number(reads, [&](PeerConnection& connection, int /*number*/) {
    expect_soon([&] { return reads.load() == 2; });
    connection.send(kRefusal);
  }));
  ClientConfig config = doubling_config(peer.url());
  config.connections = 2;
  Client client{config};
  ASSERT_TRUE(client.set("begin", "x"));
  expect_soon([&] { return client.metrics().connections == 2; });
  EXPECT_THAT(client.get("k"), FailsAs(ClientErrc::unavailable, Executed::no));
  EXPECT_EQ(client.metrics().hedges_won, 0u);
}

TEST(EndsOfHedgedReads, teach_the_client_which_endpoint_is_slow) {
  constexpr int kReads = 20;
  std::atomic<int> slow_reads{0};
  std::atomic<int> fast_reads{0};
  std::promise<void> begun;
  std::shared_future<void> has_begun(begun.get_future());
  const auto answer_slowly = by_number(slow_reads, [](PeerConnection&, int) {});
  ScriptedPeer slow([&](PeerConnection& connection) {
    // Not before the other one was asked: nothing is known of it, so that it is asked first.
    has_begun.wait();
    answer_slowly(connection);
  });
  ScriptedPeer fast(by_number(
      fast_reads, [](PeerConnection& connection, int) { connection.send("$1\r\nv\r\n"); }));
  ClientConfig config = doubling_config(slow.url(), milliseconds(20));
  config.endpoints.push_back(fast.url());
  Client client{config};
  const auto set = client.set("begin", "x");
  begun.set_value();
  ASSERT_TRUE(set);
  expect_soon([&] { return client.metrics().connections == 2; });
  for (int i = 0; i < kReads; ++i) ASSERT_TRUE(client.get("k"));
  EXPECT_EQ(fast_reads.load(), kReads);
  EXPECT_LT(slow_reads.load(), kReads / 2);
}

TEST(EndsOfHedgedReads, are_failures_of_both_endpoints_if_none_has_answered_in_time) {
  std::atomic<int> reads{0};
  const auto script = by_number(reads, [](PeerConnection&, int) {});
  ScriptedPeer one(script);
  ScriptedPeer other(script);
  ClientConfig config = doubling_config(one.url());
  config.endpoints.push_back(other.url());
  config.breaker.failures_max = 1;
  config.breaker.open_min = kPatience;
  config.breaker.open_max = kPatience;
  Client client{config};
  ASSERT_TRUE(client.set("begin", "x"));
  expect_soon([&] { return client.metrics().connections == 2; });
  const RequestOptions brief = {.timeout = kTimeToSend, .deadline = {}, .idempotency = {}};
  EXPECT_THAT(client.get("k", brief), FailsAs(ClientErrc::timed_out, Executed::unknown));
  ASSERT_EQ(client.metrics().hedges, 1u);
  const auto next = client.set("k", "v");
  ASSERT_FALSE(next);
  EXPECT_THAT(next.error().message(), HasSubstr("left alone after several failures"));
}

TEST(EndsOfHedgedReads, tell_nothing_of_what_reads_take_if_they_are_refusals) {
  constexpr int kRefused = 200;  // More than it takes to know.
  std::atomic<int> reads{0};
  ScriptedPeer peer(by_number(reads, [](PeerConnection& connection, int number) {
    if (number < kRefused) connection.send(kRefusal);
  }));
  ClientConfig config = doubling_config(peer.url(), milliseconds(0));
  config.connections = 2;
  config.hedge->delay_min = milliseconds(1);
  Client client{config};
  ASSERT_TRUE(client.set("begin", "x"));
  expect_soon([&] { return client.metrics().connections == 2; });
  for (int i = 0; i < kRefused; ++i) ASSERT_FALSE(client.get("k"));
  const RequestOptions brief = {.timeout = kTimeToSend, .deadline = {}, .idempotency = {}};
  EXPECT_THAT(client.get("k", brief), FailsAs(ClientErrc::timed_out, Executed::unknown));
  EXPECT_EQ(client.metrics().hedges, 0u);
}

}  // namespace
}  // namespace quartz::client
