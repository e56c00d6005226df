#include "quartz/client/client_metrics.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/use_future.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/client_fixture.hpp"
#include "client/closed_port.hpp"
#include "client/operations.hpp"
#include "client/scripted_peer.hpp"
#include "quartz/client/client.hpp"

namespace quartz::client {
namespace {

namespace asio = boost::asio;
using testing::HasSubstr;

/// How many requests of that name had that end.
std::uint64_t count_of(const ClientMetrics& metrics, std::string_view name,
                       std::optional<ClientErrc> failure = std::nullopt) {
  const auto found = std::ranges::find_if(metrics.operations, [&](const auto& operation) {
    return operation.name == name && operation.failure == failure;
  });
  return found == metrics.operations.end() ? 0 : found->count;
}

class MetricsOfClients : public ServedClient {};

TEST_F(MetricsOfClients, count_requests_by_command_and_end) {
  Client client{patient_config(url())};
  EXPECT_EQ(client.metrics().connections_max, 1u);
  EXPECT_TRUE(client.metrics().operations.empty());
  ASSERT_TRUE(client.set("k", "v"));
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(client.get("k"));
  ASSERT_FALSE(client.incr("k"));
  ASSERT_TRUE(client.exec(Batch().add(commands::incr("n")).add({"GET", "n"})));
  ASSERT_TRUE(client.command({"object", "ENCODING", "k"}));
  ASSERT_TRUE(client.command({"get", "k"}));
  const ClientMetrics metrics = client.metrics();
  EXPECT_EQ(count_of(metrics, "SET"), 1u);
  EXPECT_EQ(count_of(metrics, "GET"), 4u);
  EXPECT_EQ(count_of(metrics, "INCR"), 0u);
  EXPECT_EQ(count_of(metrics, "INCR", ClientErrc::rejected), 1u);
  EXPECT_EQ(count_of(metrics, "EXEC"), 1u);
  EXPECT_EQ(count_of(metrics, "other"), 1u);
  EXPECT_EQ(metrics.connections, 1u);
  EXPECT_EQ(metrics.connections_opened, 1u);
  EXPECT_EQ(metrics.requests, 0u);
  EXPECT_FALSE(metrics.near_cache);
  for (const ClientMetrics::Operation& operation : metrics.operations) {
    EXPECT_GT(operation.total.count(), 0) << operation.name;
    EXPECT_LE(operation.p50, operation.p99) << operation.name;
  }
}

TEST_F(MetricsOfClients, are_text_for_a_page_that_is_scraped) {
  Client client{patient_config(url())};
  ASSERT_TRUE(client.get("k"));
  const std::string text = client.metrics_text();
  EXPECT_THAT(text, HasSubstr("db_client_operation_duration_seconds_count{db_system_name="
                              "\"quartz\",db_operation_name=\"GET\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("db_client_connection_count{db_client_connection_pool_name="
                              "\"shared\",state=\"used\"} 1\n"));
  EXPECT_THAT(text, testing::EndsWith("# EOF\n"));
}

TEST_F(MetricsOfClients, tell_what_the_near_cache_does) {
  ClientConfig config = patient_config(url());
  config.near_cache.emplace();
  Client client{config};
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(client.get("k"));
  const auto near = client.metrics().near_cache.value();
  EXPECT_EQ(near.misses, 1u);
  EXPECT_EQ(near.hits, 9u);
  EXPECT_EQ(near.entries, 1u);
  EXPECT_GT(near.bytes, 0u);
  EXPECT_EQ(count_of(client.metrics(), "GET"), 1u);
  EXPECT_THAT(client.metrics_text(), HasSubstr("quartz_client_near_cache_hits_total 9\n"));
}

TEST(MetricsOfFailures, count_attempts_and_connections) {
  const ClosedPort port;
  Client client{patient_config(port.url())};
  ASSERT_FALSE(client.get("k"));
  const ClientMetrics metrics = client.metrics();
  EXPECT_EQ(count_of(metrics, "GET", ClientErrc::unavailable), 1u);
  EXPECT_EQ(metrics.retries, 2u);
  EXPECT_EQ(metrics.retries_refused, 0u);
  EXPECT_GE(metrics.connections_failed, 1u);
  EXPECT_EQ(metrics.connections_opened, 0u);
  EXPECT_EQ(metrics.connections, 0u);
}

TEST(MetricsOfFailures, count_connections_that_end_and_retries_without_budget) {
  ScriptedPeer peer([](PeerConnection& connection) {
    if (connection.greet()) connection.read_command();
  });
  ClientConfig config = patient_config(peer.url());
  config.retry.budget_tokens = 0;
  Client client{config};
  EXPECT_THAT(client.get("k"), WasStoppedBy(RetryStop::budget));
  EXPECT_EQ(client.metrics().retries_refused, 1u);
  EXPECT_GE(client.metrics().connections_lost, 1u);
}

TEST(MetricsOfRequests, tell_how_many_are_under_way_and_wait) {
  ScriptedPeer peer([](PeerConnection& connection) { connection.swallow(); });
  ClientConfig config = patient_config(peer.url());
  config.limits.requests_max = 1;
  Client client{config};
  asio::cancellation_signal first_signal;
  auto first =
      client.async_get("k", asio::bind_cancellation_slot(first_signal.slot(), asio::use_future));
  asio::cancellation_signal signal;
  auto second =
      client.async_get("k", asio::bind_cancellation_slot(signal.slot(), asio::use_future));
  const auto patience = std::chrono::steady_clock::now() + kPatience;
  while (client.metrics().requests_waiting == 0 && std::chrono::steady_clock::now() < patience) {
  }
  EXPECT_EQ(client.metrics().requests, 1u);
  EXPECT_EQ(client.metrics().requests_waiting, 1u);
  signal.emit(asio::cancellation_type::terminal);
  EXPECT_FALSE(second.get());
  first_signal.emit(asio::cancellation_type::terminal);
  EXPECT_FALSE(first.get());
  EXPECT_EQ(client.metrics().requests, 0u);
  EXPECT_EQ(client.metrics().requests_waiting, 0u);
  EXPECT_EQ(count_of(client.metrics(), "GET", ClientErrc::cancelled), 2u);
}

TEST(Operations, are_named_by_the_first_word_of_a_request) {
  const auto name = [](std::string_view request) {
    return operation_names()[operation_of(request)];
  };
  EXPECT_EQ(name("*2\r\n$3\r\nGET\r\n$1\r\nk\r\n"), "GET");
  EXPECT_EQ(name("*2\r\n$3\r\nget\r\n$3\r\nSET\r\n"), "GET");
  EXPECT_EQ(name("*1\r\n$5\r\nMULTI\r\n*1\r\n$4\r\nEXEC\r\n"), "EXEC");
  EXPECT_EQ(name("*1\r\n$6\r\nAPPEND\r\n"), "APPEND");
  EXPECT_EQ(name("*1\r\n$6\r\nZSCORE\r\n"), "ZSCORE");
  EXPECT_EQ(name("*1\r\n$6\r\nZZZZZZ\r\n"), "other");
  EXPECT_EQ(name("*1\r\n$0\r\n\r\n"), "other");
  EXPECT_EQ(name("*0\r\n"), "other");
  EXPECT_EQ(name("*1\r\n$30\r\nA.NAME.LONGER.THAN.ANY.OF.THEM\r\n"), "other");
}

}  // namespace
}  // namespace quartz::client
