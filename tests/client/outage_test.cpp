#include <atomic>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "client/client_fixture.hpp"
#include "client/closed_port.hpp"
#include "client/scripted_peer.hpp"
#include "quartz/client/client.hpp"
#include "support/number_from_environment.hpp"

namespace quartz::client {
namespace {

// A server that is down is sent this much for each request of a caller, at most.
constexpr double kAmplificationMax = 1.15;

/// As applications have it, but that waits between attempts are short.
ClientConfig usual_config(std::string url) {
  ClientConfig config;
  config.endpoints = {std::move(url)};
  config.request_timeout = kPatience;
  config.connect_timeout = kPatience;
  config.retry.backoff_base = std::chrono::milliseconds(1);
  config.retry.backoff_max = std::chrono::milliseconds(1);
  config.breaker.open_min = std::chrono::milliseconds(1);
  config.breaker.open_max = std::chrono::milliseconds(1);
  return config;
}

/// QUARTZ_OUTAGE_REQUESTS are asked, one after another, of which none succeeds; how many attempts
/// there were for each.
double amplification_of(Client& client) {
  const std::uint64_t requests = number_from_environment("QUARTZ_OUTAGE_REQUESTS", 1'000);
  for (std::uint64_t i = 0; i < requests; ++i) EXPECT_FALSE(client.get("k"));
  const double attempts = static_cast<double>(requests + client.metrics().retries);
  const double amplification = attempts / static_cast<double>(requests);
  std::cout << requests << " requests, " << amplification << " attempts each\n";
  return amplification;
}

TEST(Outages, of_a_server_that_is_not_there_are_not_made_worse_by_retries) {
  const ClosedPort port;
  Client client{usual_config(port.url())};
  EXPECT_LE(amplification_of(client), kAmplificationMax);
}

TEST(Outages, of_a_server_that_ends_each_connection_are_not_made_worse_by_retries) {
  std::atomic<std::uint64_t> seen{0};
  ScriptedPeer peer([&](PeerConnection& connection) {
    if (!connection.greet()) return;
    if (connection.read_command() == "GET k") ++seen;
    connection.reset();
  });
  Client client{usual_config(peer.url())};
  EXPECT_LE(amplification_of(client), kAmplificationMax);
  const ClientMetrics metrics = client.metrics();
  EXPECT_LE(seen.load(), metrics.operations.front().count + metrics.retries);
}

TEST(Outages, of_a_server_that_refuses_everything_are_not_made_worse_by_retries) {
  std::atomic<std::uint64_t> seen{0};
  ScriptedPeer peer([&](PeerConnection& connection) {
    if (!connection.greet()) return;
    connection.answer_all([&](const std::string& command) {
      if (command == "GET k") ++seen;
      return "-LOADING the data set\r\n";
    });
  });
  Client client{usual_config(peer.url())};
  EXPECT_LE(amplification_of(client), kAmplificationMax);
}

}  // namespace
}  // namespace quartz::client
