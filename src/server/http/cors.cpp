#include "server/http/cors.hpp"

#include <algorithm>
#include <string>

#include <boost/asio/ip/address.hpp>
#include <boost/system/error_code.hpp>

#include "base/ascii.hpp"

namespace quartz::server {
namespace {

bool allows_any(const CorsConfig& config) {
  return std::ranges::find(config.origins, "*") != config.origins.end();
}

bool allows(const CorsConfig& config, std::string_view origin) {
  return !origin.empty() &&
         (allows_any(config) || std::ranges::find(config.origins, origin) != config.origins.end());
}

// "[::1]:3000" and "localhost:3000" without brackets and port.
std::string_view name_of(std::string_view authority) noexcept {
  if (authority.starts_with('[')) {
    const std::size_t end = authority.find(']');
    return end == std::string_view::npos ? authority : authority.substr(1, end - 1);
  }
  return authority.substr(0, authority.find(':'));
}

bool is_loopback_name(std::string_view name) noexcept {
  constexpr std::string_view kName = "localhost";
  if (name.ends_with('.')) name.remove_suffix(1);
  if (name.size() < kName.size()) return false;
  const std::string_view rest = name.substr(0, name.size() - kName.size());
  return is_same_word(name.substr(rest.size()), kName) && (rest.empty() || rest.ends_with('.'));
}

bool is_address(const std::string& name) {
  boost::system::error_code error;
  static_cast<void>(boost::asio::ip::make_address(name, error));
  return !error;
}

bool is_host_of(std::string_view origin, std::string_view name) noexcept {
  const std::size_t scheme = origin.find("://");
  return scheme != std::string_view::npos && is_same_word(name_of(origin.substr(scheme + 3)), name);
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

bool is_trusted_host(const CorsConfig& config, const Request& request) {
  if (!request.has_header("Host") || allows_any(config)) return true;
  const std::string_view name = name_of(request.header("Host"));
  return is_loopback_name(name) || is_address(std::string(name)) ||
         std::ranges::any_of(config.origins,
                             [&](const std::string& origin) { return is_host_of(origin, name); });
}

void allow_origin(const CorsConfig& config, const Request& request, Response& response) {
  if (config.origins.empty()) return;
  const std::string_view origin = request.header("Origin");
  const bool any = allows_any(config);
  if (!any) response.with("Vary", "Origin");
  if (!allows(config, origin)) return;
  response.with("Access-Control-Allow-Origin", any ? "*" : std::string(origin));
  response.with("Access-Control-Expose-Headers",
                "ETag, Idempotency-Replayed, Quartz-TTL, RateLimit, RateLimit-Policy, Retry-After, "
                "X-Next-Cursor, X-Request-Id");
}

Response preflight_response(const CorsConfig& config, const Request& request) {
  Response response{.status = 204};
  if (!allows(config, request.header("Origin"))) return response;
  response.with("Access-Control-Allow-Methods", "GET, HEAD, PUT, POST, PATCH, DELETE");
  response.with("Access-Control-Allow-Headers",
                "Accept, Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, "
                "Last-Event-ID, Quartz-TTL, traceparent, Upstash-Encoding, X-Api-Key, "
                "X-Request-Id");
  response.with("Access-Control-Max-Age", "600");
  return response;
}

}  // namespace quartz::server
