#include "server/http/http_peer.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "server/http/problem.hpp"

namespace quartz::server {
namespace {

constexpr std::string_view kBearer = "Bearer ";

const Grants& everything() {
  static const Grants grants = Grants::everything();
  return grants;
}

// "name:secret"; empty if the request says nothing.
std::string_view credential_of(const Request& request) {
  const std::string_view authorization = request.header("Authorization");
  if (authorization.size() > kBearer.size() &&
      is_same_word(authorization.substr(0, kBearer.size() - 1), "Bearer") &&
      authorization[kBearer.size() - 1] == ' ') {
    return trimmed(authorization.substr(kBearer.size()));
  }
  return request.header("X-Api-Key");
}

Response unauthorized(std::string_view detail) {
  return problem_response(401, detail).with("WWW-Authenticate", "Bearer realm=\"quartz\"");
}

// Whether there is any key at all for which he has the scope.
bool has_some(const Grants& grants, std::string_view scope) {
  const auto parsed = parse_scope(scope);
  return parsed && std::ranges::any_of(grants.scopes(), [&](const Scope& each) {
           return each.right == parsed->right;
         });
}

Response too_many() {
  return problem_response(429, "more requests than limits.requests_per_second")
      .with("Retry-After", "1");
}

}  // namespace

bool permits_scope(const Grants& grants, std::string_view scope, const Arguments& arguments) {
  if (scope.empty()) return true;
  const auto parsed = parse_scope(scope);
  // One that is not known is nobody's but an administrator's.
  if (!parsed) return grants.may(Right::admin);
  if (grants.may(parsed->right)) return true;
  if (parsed->right != Right::kv_read && parsed->right != Right::kv_write) return false;
  if (const auto key = arguments.text("key")) return grants.may(parsed->right, *key);
  if (const auto prefix = arguments.text("prefix")) return grants.may_all(parsed->right, *prefix);
  return false;
}

HttpPeer::HttpPeer(AccessControl& access, std::string_view address)
    : access_(access), address_(address), host_(host_of(address)) {}

const Grants& HttpPeer::grants() const noexcept {
  static const Grants nothing;
  if (!access_.required()) return everything();
  return identity_ ? identity_->grants : nothing;
}

std::optional<Response> HttpPeer::refusal_of(const Route& route, const Request& request) {
  if (route.scope.empty()) return std::nullopt;
  if (access_.required()) {
    if (auto refusal = identify(request)) return refusal;
    if (user_bucket_ && access_.rates().per_second() > 0 &&
        !user_bucket_->try_take(access_.rates().per_second(), TokenBucket::Clock::now())) {
      return too_many();
    }
    if (!permits(route, request)) {
      return problem_response(403, fmt::format("this needs the scope {}", route.scope));
    }
  }
  if (route.scope == "admin") access_.audit(user(), host_, route.name);
  return std::nullopt;
}

bool HttpPeer::permits(const Route& route, const Request& request) const {
  if (route.checks_keys && has_some(identity_->grants, route.scope)) return true;
  return permits_scope(identity_->grants, route.scope, request.arguments);
}

std::optional<Response> HttpPeer::rate_refusal() {
  const std::uint32_t per_second = access_.rates().per_second();
  if (per_second == 0) return std::nullopt;
  if (!address_bucket_) address_bucket_ = access_.rates().bucket("address " + host_);
  if (address_bucket_->try_take(per_second, TokenBucket::Clock::now())) return std::nullopt;
  return too_many();
}

std::optional<Response> HttpPeer::identify(const Request& request) {
  const std::string_view credential = credential_of(request);
  if (credential.empty()) {
    identity_ = nullptr;
    return unauthorized("this needs Authorization: Bearer NAME:SECRET, or X-Api-Key");
  }
  const auto digest = digest_of(credential);
  if (!digest) return problem_response(digest.error());
  if (identity_ && same_hash(*digest, verified_)) {
    const auto renewed = access_.renewed(identity_);
    if (!renewed) return problem_response(renewed.error());
    identity_ = *renewed;
    if (identity_) return std::nullopt;
  }
  identity_ = nullptr;
  if (auto refusal = log_in(credential)) return refusal;
  verified_ = *digest;
  return std::nullopt;
}

std::optional<Response> HttpPeer::log_in(std::string_view credential) {
  const auto colon = credential.find(':');
  const std::string_view name = credential.substr(0, colon);
  const std::string_view secret =
      colon == std::string_view::npos ? "" : credential.substr(colon + 1);
  const auto identity = access_.log_in(name, secret, host_);
  if (!identity) {
    switch (identity.error().code()) {
      case Errc::invalid_argument:
        return unauthorized("there is no such user, or this is not his secret");
      case Errc::busy:
        return too_many();
      default:
        return problem_response(identity.error());
    }
  }
  identity_ = *identity;
  user_bucket_ = access_.rates().bucket("user " + identity_->user);
  return std::nullopt;
}

void HttpPeer::tell_rate(Response& response) const {
  const std::uint32_t per_second = access_.rates().per_second();
  if (per_second == 0 || !address_bucket_) return;
  const auto now = TokenBucket::Clock::now();
  std::uint32_t left = address_bucket_->left(per_second, now);
  if (user_bucket_) left = std::min(left, user_bucket_->left(per_second, now));
  response.with("RateLimit-Policy", fmt::format("\"default\";q={};w=1", per_second))
      .with("RateLimit", fmt::format("\"default\";r={};t=1", left));
}

}  // namespace quartz::server
