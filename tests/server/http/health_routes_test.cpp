#include "server/http/health_routes.hpp"

#include <set>
#include <string>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "quartz/version.hpp"
#include "server/http/statistics_fields.hpp"
#include "server/served_engine.hpp"

namespace quartz::server {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

class Health : public ServedEngine {};

TEST_F(Health, a_server_is_alive_and_ready) {
  for (const char* path : {"/livez", "/readyz", "/healthz"}) {
    const RawResponse response = ask("GET", path);
    EXPECT_EQ(response.status, 200) << path;
    EXPECT_EQ(response.body, "ok\n") << path;
  }
}

TEST_F(Health, people_are_told_the_version) {
  const auto health = boost::json::parse(ask("GET", "/api/v1/health").body);
  EXPECT_EQ(health.at("status"), "ok");
  EXPECT_EQ(std::string_view(health.at("version").as_string().c_str()), version());
}

TEST_F(Health, a_stopping_server_is_alive_and_not_ready) {
  std::atomic<bool> stopping{true};
  HealthRoutes routes(engine_, [] { return ServerStatistics(); }, stopping);
  RouteTable table;
  routes.add_to(table);
  for (const auto& [path, status] : {std::pair{"/livez", 200}, std::pair{"/readyz", 503}}) {
    Request request;
    request.method = Method::get;
    request.path = path;
    const auto chosen = table.choose(request);
    const Route& route = **std::get_if<const Route*>(&chosen);
    EXPECT_EQ(std::get<Route::Function>(route.function)(request).status, status) << path;
  }
}

TEST_F(Health, statistics_show_what_was_done) {
  ask("PUT", "/api/v1/kv/k", "", "v");
  const auto stats = boost::json::parse(ask("GET", "/api/v1/stats").body);
  EXPECT_EQ(stats.at("engine").at("puts"), 1);
  EXPECT_EQ(stats.at("engine").at("keyspaces").at(0).at("name"), "default");
  EXPECT_EQ(stats.at("engine").at("get_latency").as_object().size(), 7u);
  EXPECT_EQ(stats.at("server").at("connections_accepted"), 2);
  EXPECT_EQ(stats.at("server").at("http_responses").at("2xx"), 1);
}

TEST_F(Health, metrics_are_open_metrics) {
  ask("PUT", "/api/v1/kv/k", "", "v");
  const RawResponse response = ask("GET", "/metrics");
  EXPECT_THAT(response.header("Content-Type"), HasSubstr("application/openmetrics-text"));
  EXPECT_THAT(response.body, HasSubstr("# TYPE quartz_puts counter\n"));
  EXPECT_THAT(response.body, HasSubstr("\nquartz_puts_total 1\n"));
  EXPECT_THAT(response.body, HasSubstr("\nquartz_get_latency_seconds{quantile=\"0.99\"} "));
  EXPECT_THAT(response.body, HasSubstr("\nquartz_http_responses_total{status=\"2xx\"} 1\n"));
  EXPECT_THAT(response.body, EndsWith("\n# EOF\n"));
}

TEST_F(Health, no_family_of_metrics_is_described_twice) {
  const std::string text = ask("GET", "/metrics").body;
  std::set<std::string> families;
  for (std::size_t at = text.find("# TYPE "); at != std::string::npos;
       at = text.find("# TYPE ", at + 1)) {
    const std::string family = text.substr(at, text.find(' ', at + 7) - at);
    EXPECT_TRUE(families.insert(family).second) << family;
  }
  EXPECT_GT(families.size(), statistics_fields().size());
}

}  // namespace
}  // namespace quartz::server
