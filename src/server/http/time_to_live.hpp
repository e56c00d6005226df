#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "quartz/result.hpp"
#include "quartz/storage/row_attributes.hpp"
#include "server/http/request.hpp"
#include "server/http/route.hpp"

namespace quartz::server {

/// How long what is written lives, in seconds, and how long what is read has left.
inline constexpr std::string_view kTtlHeader = "Quartz-TTL";
/// Three hundred years: no sum with the clock overflows.
inline constexpr std::uint64_t kTtlSecondsMax = 10'000'000'000;

/// `?ttl=`.
RouteParameter ttl_parameter();

/// What a request asks for, by parameter or by header; nothing if it names neither.
/// `invalid_argument` for a header that is no such number, or if they differ.
Result<std::optional<std::chrono::seconds>> time_to_live(const Request& request);

/// Rounded up, so that it is 0 only for what has expired.
inline std::int64_t seconds_left(ExpiryTime expires_at, ExpiryTime now) noexcept {
  const auto left = std::chrono::ceil<std::chrono::seconds>(expires_at - now).count();
  return left > 0 ? left : 0;
}

}  // namespace quartz::server
