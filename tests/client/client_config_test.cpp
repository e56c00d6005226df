#include "quartz/client/client_config.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/client_fixture.hpp"

namespace quartz::client {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::StartsWith;

TEST(ClientConfigs, make_sense_as_they_are) { EXPECT_TRUE(check(ClientConfig{})); }

TEST(ClientConfigs, are_refused_with_the_option_that_makes_none) {
  using Change = std::function<void(ClientConfig&)>;
  const std::vector<std::pair<std::string, Change>> changes = {
      {"endpoints", [](auto& config) { config.endpoints.clear(); }},
      {"endpoints", [](auto& config) { config.endpoints = {"quartz://h", "http://h"}; }},
      {"name", [](auto& config) { config.name = "two words"; }},
      {"connections", [](auto& config) { config.connections = 0; }},
      {"connections", [](auto& config) { config.connections = 17; }},
      {"request_timeout", [](auto& config) { config.request_timeout = milliseconds(-1); }},
      {"connect_timeout", [](auto& config) { config.connect_timeout = milliseconds(0); }},
      {"heartbeat_interval", [](auto& config) { config.heartbeat_interval = milliseconds(-1); }},
      {"heartbeat_timeout", [](auto& config) { config.heartbeat_timeout = milliseconds(0); }},
      {"keep_alive.idle", [](auto& config) { config.keep_alive.idle = seconds(-1); }},
      {"keep_alive.idle", [](auto& config) { config.keep_alive.idle = seconds(32'768); }},
      {"keep_alive.interval", [](auto& config) { config.keep_alive.interval = seconds(0); }},
      {"keep_alive.count", [](auto& config) { config.keep_alive.count = 128; }},
      {"tls", [](auto& config) { config.tls.key_file = "key.pem"; }},
      {"limits.requests_max", [](auto& config) { config.limits.requests_max = 0; }},
      {"limits.request_bytes_max", [](auto& config) { config.limits.request_bytes_max = 0; }},
      {"limits.waiting_bytes_max", [](auto& config) { config.limits.waiting_bytes_max = 0; }},
      {"limits.unanswered_max", [](auto& config) { config.limits.unanswered_max = 0; }},
      {"leases.connections_max", [](auto& config) { config.leases.connections_max = 0; }},
      {"leases.connecting_max", [](auto& config) { config.leases.connecting_max = 0; }},
      {"leases.waiting_max", [](auto& config) { config.leases.waiting_max = 0; }},
      {"leases.acquire_timeout",
       [](auto& config) { config.leases.acquire_timeout = milliseconds(0); }},
      {"leases.idle_timeout", [](auto& config) { config.leases.idle_timeout = milliseconds(0); }},
      {"leases.lifetime", [](auto& config) { config.leases.lifetime = milliseconds(0); }},
      {"hedge.delay", [](auto& config) { config.hedge = HedgeConfig{.delay = milliseconds(-1)}; }},
      {"hedge.delay_min",
       [](auto& config) { config.hedge = HedgeConfig{.delay_min = milliseconds(-1)}; }},
      {"hedge.percentile", [](auto& config) { config.hedge = HedgeConfig{.percentile = 1}; }},
      {"hedge.percent_max", [](auto& config) { config.hedge = HedgeConfig{.percent_max = 101}; }},
      {"retry.attempts_max", [](auto& config) { config.retry.attempts_max = 0; }},
      {"retry.backoff_base", [](auto& config) { config.retry.backoff_base = milliseconds(-1); }},
      {"retry.backoff_max", [](auto& config) { config.retry.backoff_max = milliseconds(1); }},
      {"breaker.open_min", [](auto& config) { config.breaker.open_min = milliseconds(0); }},
      {"breaker.open_max", [](auto& config) { config.breaker.open_max = milliseconds(1); }},
  };
  for (const auto& [option, change] : changes) {
    ClientConfig config;
    change(config);
    const auto checked = check(config);
    ASSERT_FALSE(checked) << option;
    EXPECT_EQ(checked.error().code(), ClientErrc::invalid_argument);
    EXPECT_THAT(checked.error().message(), StartsWith(option + ":"));
  }
}

TEST(ClientConfigs, have_no_times_of_more_than_a_year) {
  using Change = std::function<void(ClientConfig&, milliseconds)>;
  const std::vector<std::pair<std::string, Change>> times = {
      {"connect_timeout", [](auto& config, auto time) { config.connect_timeout = time; }},
      {"heartbeat_interval", [](auto& config, auto time) { config.heartbeat_interval = time; }},
      {"heartbeat_timeout", [](auto& config, auto time) { config.heartbeat_timeout = time; }},
      {"retry.backoff_max", [](auto& config, auto time) { config.retry.backoff_max = time; }},
      {"retry.retry_after_max",
       [](auto& config, auto time) { config.retry.retry_after_max = time; }},
      {"breaker.open_max", [](auto& config, auto time) { config.breaker.open_max = time; }},
      {"hedge.delay", [](auto& config, auto time) { config.hedge = HedgeConfig{.delay = time}; }},
      {"hedge.delay_min",
       [](auto& config, auto time) { config.hedge = HedgeConfig{.delay_min = time}; }},
      {"near_cache.stale_after",
       [](auto& config, auto time) { config.near_cache = NearCacheConfig{.stale_after = time}; }},
  };
  constexpr std::chrono::days kYear{365};
  for (const auto& [option, change] : times) {
    ClientConfig config;
    change(config, kYear);
    EXPECT_TRUE(check(config)) << option;
    for (const milliseconds time : {milliseconds(kYear) + milliseconds(1), milliseconds::max()}) {
      change(config, time);
      const auto checked = check(config);
      ASSERT_FALSE(checked) << option;
      EXPECT_EQ(checked.error().code(), ClientErrc::invalid_argument);
      EXPECT_THAT(checked.error().message(), StartsWith(option + ":"));
    }
  }
}

TEST(ClientConfigs, may_have_requests_and_leases_without_end) {
  ClientConfig config;
  config.request_timeout = milliseconds::max();
  config.leases.acquire_timeout = milliseconds::max();
  config.leases.idle_timeout = milliseconds::max();
  config.leases.lifetime = milliseconds::max();
  EXPECT_TRUE(check(config));
}

TEST(ClientConfigs, that_make_no_sense_fail_every_request) {
  ClientConfig config;
  config.connections = 0;
  Client client{config};
  const auto value = client.get("k");
  EXPECT_THAT(value, FailsAs(ClientErrc::invalid_argument, Executed::no));
  EXPECT_THAT(value.error().message(), StartsWith("connections:"));
}

TEST(ClientConfigs, name_the_file_that_cannot_be_used) {
  ClientConfig config;
  config.endpoints = {"quartzs://127.0.0.1:1"};
  config.tls.ca_file = "/nowhere/ca.pem";
  Client client{config};
  const auto value = client.get("k");
  EXPECT_THAT(value, FailsAs(ClientErrc::invalid_argument, Executed::no));
  EXPECT_THAT(value.error().message(), StartsWith("tls.ca_file: /nowhere/ca.pem"));
}

}  // namespace
}  // namespace quartz::client
