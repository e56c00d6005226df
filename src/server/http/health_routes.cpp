#include "server/http/health_routes.hpp"

#include <string>
#include <utility>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "quartz/version.hpp"
#include "server/http/open_metrics.hpp"
#include "server/http/problem.hpp"
#include "server/http/statistics_fields.hpp"
#include "storage/statistics_json.hpp"

namespace quartz::server {
namespace {

constexpr std::string_view kTextSchema = R"({"type":"string"})";
constexpr std::string_view kObjectSchema = R"({"type":"object"})";
constexpr std::string_view kHealthSchema =
    R"({"type":"object","properties":{"status":{"enum":["ok","draining","read_only","low_space"]},)"
    R"("version":{"type":"string"},"detail":{"type":"string"}},"required":["status","version"]})";

template <class From>
void add_figures(boost::json::object& to, const From& from,
                 std::span<const StatisticsField<From>> fields) {
  for (const auto& field : fields) to[field.name] = field.value(from);
}

boost::json::object json_of(const ServerStatistics& server) {
  boost::json::object to;
  add_figures(to, server, server_statistics_fields());
  boost::json::object responses;
  for (std::size_t digit = 1; digit < server.http_responses.size(); ++digit) {
    responses[std::to_string(digit) + "xx"] = server.http_responses[digit];
  }
  to["http_responses"] = std::move(responses);
  boost::json::object by_protocol;
  for (const ProtocolField& protocol : protocols()) {
    boost::json::object figures;
    add_figures(figures, protocol.value(server), protocol_statistics_fields());
    by_protocol[protocol.name] = std::move(figures);
  }
  to["protocols"] = std::move(by_protocol);
  return to;
}

// A route without parameters that answers 200 with one form of body.
Route plain_route(std::string_view path, std::string_view name, std::string_view summary,
                  BodyForm form, Route::Function function) {
  return {.method = Method::get,
          .path = path,
          .name = name,
          .summary = summary,
          .scope = {},
          .responses = {{.status = 200, .description = summary, .forms = {form}}},
          .function = std::move(function)};
}

}  // namespace

void HealthRoutes::add_to(RouteTable& table) {
  const BodyForm text{.content_type = kPlainText, .schema = kTextSchema};
  Route live_route = plain_route("/livez", "live", "The process answers.", text,
                                 [this](Request&) { return live(); });
  // Whoever is refused here believes that the server is gone, and ends it.
  live_route.is_limited = false;
  table.add(std::move(live_route));
  Route ready_route = plain_route("/readyz", "ready", "Requests are welcome.", text,
                                  [this](Request&) { return ready(); });
  ready_route.is_limited = false;
  ready_route.responses.push_back({.status = 503, .description = "They are not, and why."});
  table.add(ready_route);
  ready_route.path = "/healthz";
  ready_route.name = "healthz";
  ready_route.summary = "The same as /readyz.";
  table.add(std::move(ready_route));
  table.add(plain_route("/api/v1/health", "health", "How the server is, for people.",
                        {.content_type = kJson, .schema = kHealthSchema},
                        [this](Request&) { return health(); }));
  Route stats_route = plain_route("/api/v1/stats", "stats", "All figures of engine and server.",
                                  {.content_type = kJson, .schema = kObjectSchema},
                                  [this](Request&) { return stats(); });
  stats_route.scope = "stats:read";
  table.add(std::move(stats_route));
  Route metrics_route =
      plain_route("/metrics", "metrics", "The same figures for Prometheus, as OpenMetrics.",
                  {.content_type = kOpenMetrics, .schema = kTextSchema},
                  [this](Request&) { return metrics(); });
  metrics_route.scope = "stats:read";
  table.add(std::move(metrics_route));
}

Response HealthRoutes::live() const { return {.content_type = kPlainText, .body = "ok\n"}; }

Response HealthRoutes::ready() const {
  if (stopping_.load(std::memory_order_relaxed)) {
    return problem_response(503, "the server is stopping");
  }
  const Statistics now = engine_.statistics();
  if (now.writes_stopped) return problem_response(503, "writing has stopped; see the log");
  return live();
}

Response HealthRoutes::health() const {
  const Statistics now = engine_.statistics();
  boost::json::object body;
  std::string_view status = "ok";
  if (now.low_space) status = "low_space";
  if (now.writes_stopped) status = "read_only";
  if (stopping_.load(std::memory_order_relaxed)) status = "draining";
  body["status"] = status;
  body["version"] = version();
  if (!now.background_error.empty()) body["detail"] = now.background_error;
  return json_response(boost::json::serialize(body), now.writes_stopped ? 503 : 200);
}

Response HealthRoutes::stats() const {
  boost::json::object body;
  body["engine"] = json_of_statistics(engine_.statistics());
  body["server"] = json_of(server_statistics_());
  return json_response(boost::json::serialize(body));
}

Response HealthRoutes::metrics() const {
  return {.content_type = kOpenMetrics,
          .body = open_metrics(engine_.statistics(), server_statistics_(), more_metrics_)};
}

}  // namespace quartz::server
