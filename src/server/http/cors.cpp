#include "server/http/cors.hpp"

#include <algorithm>

namespace quartz::server {
namespace {

bool allows_any(const CorsConfig& config) {
  return std::ranges::find(config.origins, "*") != config.origins.end();
}

bool allows(const CorsConfig& config, std::string_view origin) {
  return !origin.empty() &&
         (allows_any(config) || std::ranges::find(config.origins, origin) != config.origins.end());
}

}  // namespace

bool is_preflight(const Request& request) noexcept {
  return request.method == Method::options && request.has_header("Origin") &&
         request.has_header("Access-Control-Request-Method");
}

bool is_foreign_write(const CorsConfig& config, const Request& request) {
  if (request.method == Method::get || request.method == Method::head ||
      request.method == Method::options) {
    return false;
  }
  const std::string_view origin = request.header("Origin");
  if (origin.empty() || allows(config, origin)) return false;
  const std::size_t scheme = origin.find("://");
  return scheme == std::string_view::npos || origin.substr(scheme + 3) != request.header("Host");
}

void allow_origin(const CorsConfig& config, const Request& request, Response& response) {
  if (config.origins.empty()) return;
  const std::string_view origin = request.header("Origin");
  const bool any = allows_any(config);
  if (!any) response.with("Vary", "Origin");
  if (!allows(config, origin)) return;
  response.with("Access-Control-Allow-Origin", any ? "*" : std::string(origin));
  response.with("Access-Control-Expose-Headers", "ETag, Quartz-TTL, X-Next-Cursor, X-Request-Id");
}

Response preflight_response(const CorsConfig& config, const Request& request) {
  Response response{.status = 204};
  if (!allows(config, request.header("Origin"))) return response;
  response.with("Access-Control-Allow-Methods", "GET, HEAD, PUT, POST, PATCH, DELETE");
  response.with("Access-Control-Allow-Headers",
                "Accept, Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, "
                "Last-Event-ID, "
                "Quartz-TTL, Upstash-Encoding, X-Request-Id");
  response.with("Access-Control-Max-Age", "600");
  return response;
}

}  // namespace quartz::server
