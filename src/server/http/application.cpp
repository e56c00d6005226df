#include "server/http/application.hpp"

#include <exception>
#include <new>
#include <utility>

#include "server/http/call_metrics.hpp"
#include "server/http/content_coding.hpp"
#include "server/http/cors.hpp"
#include "server/http/document_routes.hpp"
#include "server/http/http_peer.hpp"
#include "server/http/problem.hpp"

namespace quartz::server {

HttpApplication::HttpApplication(HttpSurroundings surroundings)
    : around_(std::move(surroundings)),
      durability_(around_.config.get()->durability),
      access_log_(around_.config.get()->access_log),
      health_(around_.engine, around_.statistics, around_.stopping,
              [this](MetricsWriter& to) {
                write_command_metrics(to, around_.resp.statistics());
                write_http_metrics(to, *statistics_);
              }),
      kv_(around_.service, around_.workers, durability_),
      batches_(around_.service, around_.workers, durability_),
      watches_(around_.service),
      collections_(around_.service.collections(), around_.workers),
      points_(around_.service, around_.workers, durability_),
      queries_(around_.service.collections(), around_.workers),
      redis_(around_.resp),
      admin_(around_.engine, around_.workers, around_.config, around_.limits),
      keys_(around_.access.users(), around_.users_changed) {
  health_.add_to(table_);
  kv_.add_to(table_);
  batches_.add_to(table_);
  watches_.add_to(table_);
  collections_.add_to(table_);
  points_.add_to(table_);
  queries_.add_to(table_);
  redis_.add_to(table_);
  admin_.add_to(table_);
  keys_.add_to(table_);
  add_document_routes(table_);
  statistics_ = std::make_unique<HttpStatistics>(table_);
}

std::optional<Response> HttpApplication::refusal_of(Request& request, const Route*& route) {
  std::variant<const Route*, Response> chosen = table_.choose(request);
  if (const auto* const found = std::get_if<const Route*>(&chosen)) route = *found;
  // What will be refused for another reason counts, too.
  if (route == nullptr || route->is_limited) {
    if (auto refusal = request.peer->rate_refusal()) return refusal;
  }
  const auto config = around_.config.get();
  const CorsConfig& cors = config->cors;
  if (!around_.access.required() && !is_trusted_host(cors, request)) {
    return problem_response(403,
                            "a server that lets everybody in answers to localhost, to addresses "
                            "and to the hosts of cors.origins only, not to the one of this Host");
  }
  if (!cors.origins.empty() && is_preflight(request)) return preflight_response(cors, request);
  if (is_foreign_write(cors, request)) {
    return problem_response(403, "cors.origins does not have the page that sends this");
  }
  if (auto* const refusal = std::get_if<Response>(&chosen)) return std::move(*refusal);
  auto refusal = request.peer->refusal_of(*route, request);
  if (!refusal) request.route = route;
  return refusal;
}

Task<Response> HttpApplication::answer(Request& request, const Route*& route) {
  try {
    if (request.route == nullptr) {
      if (auto refusal = refusal_of(request, route)) co_return *std::move(refusal);
    } else {
      route = request.route;
      // Which was not there when the header was judged.
      auto refusal = RouteTable::body_refusal(request, *request.route);
      if (refusal) co_return *std::move(refusal);
    }
    co_return co_await run(*request.route, request);
  } catch (const std::bad_alloc&) {
    co_return problem_response({.status = 503,
                                .code = "out_of_memory",
                                .detail = "there is no memory for this request",
                                .retryable = true,
                                .executed = Executed::unknown});
  } catch (const std::exception& error) {
    around_.log.error("http: {} {} ended with: {}", to_string(request.method),
                      route == nullptr ? "" : route->path, error.what());
    co_return problem_response({.status = 500,
                                .code = "internal",
                                .detail = "an internal error; the log has more",
                                .executed = Executed::unknown});
  }
}

Task<Response> HttpApplication::run(const Route& route, Request& request) {
  if (const auto* const function = std::get_if<Route::Function>(&route.function)) {
    co_return (*function)(request);
  }
  co_return co_await (*std::get_if<Route::LongFunction>(&route.function))(request);
}

void HttpApplication::complete(const Request& request, Response& response) const {
  if (response.is_problem) name_request(response, request.request_id);
  if (request.peer != nullptr) request.peer->tell_rate(response);
  allow_origin(around_.config.get()->cors, request, response);
  encode_body(response, request.header("Accept-Encoding"));
}

void HttpApplication::record(const AccessRecord& access, const Route* route) {
  statistics_->record(route, access.status, access.duration);
  const auto digit = static_cast<std::size_t>(access.status / 100) % responses_.size();
  responses_[digit].fetch_add(1, std::memory_order_relaxed);
  request_bytes_.fetch_add(access.request_bytes, std::memory_order_relaxed);
  response_bytes_.fetch_add(access.response_bytes, std::memory_order_relaxed);
  if (access_log_) access_log_(access);
  const auto microseconds = access.duration / std::chrono::microseconds(1);
  const std::int64_t threshold = around_.resp.slow_log().threshold();
  if (threshold >= 0 && microseconds >= threshold) {
    const std::string_view between = access.trace_id.empty() ? "" : ", trace ";
    around_.log.warn("http: {} {} took {} us (request {}{}{})", access.method, access.route,
                     microseconds, access.request_id, between, access.trace_id);
  }
}

void HttpApplication::add_statistics(ServerStatistics& to) const noexcept {
  for (std::size_t digit = 0; digit < responses_.size(); ++digit) {
    to.http_responses[digit] = responses_[digit].load(std::memory_order_relaxed);
  }
  to.http_request_bytes = request_bytes_.load(std::memory_order_relaxed);
  to.http_response_bytes = response_bytes_.load(std::memory_order_relaxed);
}

}  // namespace quartz::server
