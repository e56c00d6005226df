#include "quartz/client/client_config.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "base/try.hpp"
#include "client/endpoint_url.hpp"

namespace quartz {
namespace {

constexpr std::uint32_t kConnectionsMax = 16;
constexpr std::chrono::milliseconds kNone{0};
// What is added to the clock's time, which counts nanoseconds, must not go beyond its end.
constexpr std::chrono::milliseconds kLongest = std::chrono::days{365};

ClientError wrong(std::string_view option, std::string_view why) {
  return {ClientErrc::invalid_argument, fmt::format("{}: {}", option, why)};
}

ClientResult<void> check_longest(std::string_view option, std::chrono::milliseconds time) {
  if (time > kLongest) return wrong(option, "at most 365 days are allowed");
  return {};
}

ClientResult<void> check_endpoints(const ClientConfig& config) {
  if (config.local) return {};
  if (config.endpoints.empty()) return wrong("endpoints", "at least one is needed");
  for (const std::string& url : config.endpoints) {
    QUARTZ_TRY(client::parse_endpoint_url(url));
  }
  return {};
}

ClientResult<void> check_times(const ClientConfig& config) {
  if (config.request_timeout < kNone) return wrong("request_timeout", "negative");
  if (config.connect_timeout <= kNone) return wrong("connect_timeout", "at least 1 ms is needed");
  if (config.heartbeat_interval < kNone) return wrong("heartbeat_interval", "negative");
  if (config.heartbeat_interval != kNone && config.heartbeat_timeout <= kNone) {
    return wrong("heartbeat_timeout", "at least 1 ms is needed");
  }
  QUARTZ_TRY(check_longest("connect_timeout", config.connect_timeout));
  QUARTZ_TRY(check_longest("heartbeat_interval", config.heartbeat_interval));
  return check_longest("heartbeat_timeout", config.heartbeat_timeout);
}

ClientResult<void> check_keep_alive(const KeepAliveConfig& config) {
  // As the kernel has it.
  constexpr std::chrono::seconds kIdleMax{32'767};
  constexpr std::uint32_t kProbesMax = 127;
  if (config.idle < kNone || config.idle > kIdleMax) {
    return wrong("keep_alive.idle", fmt::format("from 0 to {} s are allowed", kIdleMax.count()));
  }
  if (config.interval <= kNone || config.interval > kIdleMax) {
    return wrong("keep_alive.interval",
                 fmt::format("from 1 to {} s are allowed", kIdleMax.count()));
  }
  if (config.count == 0 || config.count > kProbesMax) {
    return wrong("keep_alive.count", fmt::format("from 1 to {} are allowed", kProbesMax));
  }
  return {};
}

ClientResult<void> check_limits(const ClientLimits& limits) {
  if (limits.requests_max == 0) return wrong("limits.requests_max", "at least 1 is needed");
  if (limits.request_bytes_max == 0) {
    return wrong("limits.request_bytes_max", "at least 1 is needed");
  }
  if (limits.waiting_bytes_max == 0) {
    return wrong("limits.waiting_bytes_max", "at least 1 is needed");
  }
  if (limits.unanswered_max == 0) return wrong("limits.unanswered_max", "at least 1 is needed");
  return {};
}

ClientResult<void> check_retries(const ClientConfig& config) {
  if (config.retry.attempts_max == 0) return wrong("retry.attempts_max", "at least 1 is needed");
  if (config.retry.backoff_base < kNone) return wrong("retry.backoff_base", "negative");
  if (config.retry.backoff_max < config.retry.backoff_base) {
    return wrong("retry.backoff_max", "less than retry.backoff_base");
  }
  if (config.breaker.open_min <= kNone) return wrong("breaker.open_min", "at least 1 ms is needed");
  if (config.breaker.open_max < config.breaker.open_min) {
    return wrong("breaker.open_max", "less than breaker.open_min");
  }
  QUARTZ_TRY(check_longest("retry.backoff_max", config.retry.backoff_max));
  QUARTZ_TRY(check_longest("retry.retry_after_max", config.retry.retry_after_max));
  return check_longest("breaker.open_max", config.breaker.open_max);
}

ClientResult<void> check_leases(const LeaseConfig& config) {
  if (config.connections_max == 0) return wrong("leases.connections_max", "at least 1 is needed");
  if (config.connecting_max == 0) return wrong("leases.connecting_max", "at least 1 is needed");
  if (config.waiting_max == 0) return wrong("leases.waiting_max", "at least 1 is needed");
  if (config.acquire_timeout <= kNone) {
    return wrong("leases.acquire_timeout", "at least 1 ms is needed");
  }
  if (config.idle_timeout <= kNone) return wrong("leases.idle_timeout", "at least 1 ms is needed");
  if (config.lifetime <= kNone) return wrong("leases.lifetime", "at least 1 ms is needed");
  return {};
}

ClientResult<void> check_hedge(const HedgeConfig& config) {
  if (config.delay < kNone) return wrong("hedge.delay", "negative");
  if (config.delay_min < kNone) return wrong("hedge.delay_min", "negative");
  if (!(config.percentile > 0 && config.percentile < 1)) {
    return wrong("hedge.percentile", "numbers between 0 and 1 are allowed");
  }
  if (config.percent_max == 0 || config.percent_max > 100) {
    return wrong("hedge.percent_max", "from 1 to 100 are allowed");
  }
  QUARTZ_TRY(check_longest("hedge.delay", config.delay));
  return check_longest("hedge.delay_min", config.delay_min);
}

ClientResult<void> check_near_cache(const NearCacheConfig& config) {
  if (config.bytes_max == 0) return wrong("near_cache.bytes_max", "at least 1 is needed");
  if (config.stale_after < kNone) return wrong("near_cache.stale_after", "negative");
  return check_longest("near_cache.stale_after", config.stale_after);
}

}  // namespace

ClientResult<void> check(const ClientConfig& config) {
  QUARTZ_TRY(check_endpoints(config));
  // As servers have it: names are words of lists.
  const auto is_name_byte = [](char c) { return c > ' ' && c <= '~'; };
  if (!std::ranges::all_of(config.name, is_name_byte)) {
    return wrong("name", "printable characters of ASCII without spaces are allowed");
  }
  if (config.connections == 0 || config.connections > kConnectionsMax) {
    return wrong("connections", fmt::format("from 1 to {} are allowed", kConnectionsMax));
  }
  if (config.tls.certificate_file.empty() != config.tls.key_file.empty()) {
    return wrong("tls", "certificate_file and key_file belong together");
  }
  QUARTZ_TRY(check_times(config));
  QUARTZ_TRY(check_keep_alive(config.keep_alive));
  QUARTZ_TRY(check_limits(config.limits));
  QUARTZ_TRY(check_leases(config.leases));
  if (config.hedge) {
    QUARTZ_TRY(check_hedge(*config.hedge));
  }
  if (config.near_cache) {
    QUARTZ_TRY(check_near_cache(*config.near_cache));
  }
  return check_retries(config);
}

}  // namespace quartz
