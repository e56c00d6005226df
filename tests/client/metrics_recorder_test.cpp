#include "client/metrics_recorder.hpp"

#include <array>
#include <chrono>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace quartz::client {
namespace {

using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

constexpr std::array<std::string_view, 2> kNames = {"GET", "SET"};

class NoWaiter : public NearCache::Waiter {
  void fetched(std::optional<std::string_view> /*value*/) override {}
  void failed() override {}
};

class MetricsText : public testing::Test {
 protected:
  std::string text() const { return metrics_.text(nullptr); }

  MetricsRecorder metrics_{kNames};
  NoWaiter waiter_;
};

TEST_F(MetricsText, has_durations_of_operations_by_name_and_outcome) {
  metrics_.record_operation(0, 4ms, std::nullopt);
  metrics_.record_operation(0, 70ms, std::nullopt);
  metrics_.record_operation(1, 2s, ClientErrc::timed_out);
  const std::string name = "db_client_operation_duration_seconds";
  const std::string get = R"({db_system_name="quartz",db_operation_name="GET")";
  EXPECT_THAT(text(), HasSubstr(name + "_bucket" + get + R"(,le="0.001"} 0)"));
  EXPECT_THAT(text(), HasSubstr(name + "_bucket" + get + R"(,le="0.005"} 1)"));
  EXPECT_THAT(text(), HasSubstr(name + "_bucket" + get + R"(,le="+Inf"} 2)"));
  EXPECT_THAT(text(), HasSubstr(name + "_count" + get + "} 2\n"));
  EXPECT_THAT(text(), HasSubstr(name + "_sum" + get + "} 0.074\n"));
  EXPECT_THAT(text(), HasSubstr(R"(db_operation_name="SET",error_type="timed_out"} 1)"));
  // What never happened is not told.
  EXPECT_THAT(text(), Not(HasSubstr(R"(db_operation_name="SET"})")));
}

TEST_F(MetricsText, tells_every_kind_of_failure_apart) {
  for (auto code = ClientErrc::invalid_argument; code <= ClientErrc::forked;
       code = static_cast<ClientErrc>(static_cast<int>(code) + 1)) {
    metrics_.record_operation(0, 1ms, code);
    EXPECT_THAT(text(), HasSubstr("error_type=\"" + std::string(to_string(code)) + "\"} 1\n"));
  }
}

TEST_F(MetricsText, has_connections_and_retries) {
  metrics_.now.connections = 2;
  metrics_.now.connections_max = 16;
  metrics_.now.requests_waiting = 7;
  metrics_.now.requests = 5;
  metrics_.counted.connections_failed.add();
  metrics_.counted.connections_lost.add(3);
  metrics_.counted.retries.add(5);
  metrics_.counted.retries_refused.add(2);
  metrics_.connection_create.record(1'000'000);
  for (const char* line :
       {"db_client_connection_count{db_client_connection_pool_name=\"shared\",state=\"used\"} 2\n",
        "db_client_connection_max{db_client_connection_pool_name=\"shared\"} 16\n",
        "db_client_connection_pending_requests{db_client_connection_pool_name=\"shared\"} 7\n",
        "quartz_client_requests 5\n", "quartz_client_connections_failed_total 1\n",
        "quartz_client_connections_lost_total 3\n", "quartz_client_retries_total 5\n",
        "quartz_client_retries_refused_total 2\n",
        "db_client_connection_create_time_seconds_count{db_system_name=\"quartz\"} 1\n"}) {
    EXPECT_THAT(text(), HasSubstr(line));
  }
}

TEST_F(MetricsText, says_what_a_reading_says) {
  for (int i = 0; i < 100; ++i) metrics_.record_operation(0, 4ms, std::nullopt);
  metrics_.record_operation(1, 2s, ClientErrc::timed_out);
  metrics_.connection_create.record(1);
  const ClientMetrics reading = metrics_.reading(nullptr);
  ASSERT_EQ(reading.operations.size(), 2u);
  EXPECT_EQ(reading.operations[0].name, "GET");
  EXPECT_EQ(reading.operations[0].failure, std::nullopt);
  EXPECT_EQ(reading.operations[0].count, 100u);
  EXPECT_EQ(reading.operations[0].total, 400ms);
  EXPECT_GE(reading.operations[0].p50, 4ms);
  EXPECT_LE(reading.operations[0].p99, 4ms + 250us);
  EXPECT_EQ(reading.operations[1].failure, ClientErrc::timed_out);
  EXPECT_EQ(reading.connections_opened, 1u);
  EXPECT_FALSE(reading.near_cache);
}

TEST_F(MetricsText, has_the_near_cache_if_there_is_one) {
  EXPECT_THAT(text(), Not(HasSubstr("near_cache")));
  NearCache cache{NearCacheConfig()};
  std::string value;
  cache.ask("k", cache.open_feed({}), {}, value, waiter_).fetch.complete("v");
  EXPECT_EQ(cache.find("k", {}, value), NearCache::Found::hit);
  EXPECT_THAT(metrics_.text(&cache), HasSubstr("quartz_client_near_cache_hits_total 1\n"));
  EXPECT_THAT(metrics_.text(&cache), HasSubstr("quartz_client_near_cache_misses_total 1\n"));
  EXPECT_THAT(metrics_.text(&cache), HasSubstr("quartz_client_near_cache_entries 1\n"));
}

TEST_F(MetricsText, is_open_metrics) {
  metrics_.record_operation(0, 4ms, std::nullopt);
  EXPECT_THAT(text(), EndsWith("\n# EOF\n"));
  // Every family is described once, and every sample is behind the description of its family.
  std::set<std::string> families;
  std::string family;
  std::istringstream lines(text());
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string first;
    std::string what;
    words >> first >> what;
    if (first == "#" && what == "TYPE") {
      words >> family;
      EXPECT_TRUE(families.insert(family).second) << family;
    } else if (first != "#") {
      EXPECT_TRUE(line.starts_with(family)) << line;
    }
  }
  EXPECT_GT(families.size(), 9u);
}

TEST_F(MetricsText, counts_what_several_threads_record) {
  constexpr int kRecords = 10'000;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([this] {
      for (int record = 0; record < kRecords; ++record) {
        metrics_.record_operation(1, 1us, std::nullopt);
        metrics_.counted.retries.add();
      }
    });
  }
  static_cast<void>(text());
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(text(), HasSubstr(R"(db_operation_name="SET"} 40000)"));
  EXPECT_THAT(text(), HasSubstr("quartz_client_retries_total 40000\n"));
}

}  // namespace
}  // namespace quartz::client
