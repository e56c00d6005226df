#include "server/server_config_check.hpp"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "base/longest_time.hpp"
#include "base/try.hpp"
#include "io/path_destination.hpp"
#include "server/transport/listener.hpp"

namespace quartz::server {
namespace {

Error wrong(std::string_view option, std::string_view what) {
  return {Errc::invalid_argument, fmt::format("{}: {}", option, what)};
}

template <class Number>
Result<void> check_range(std::string_view option, Number value, Number least, Number most) {
  if (value >= least && value <= most) return {};
  return wrong(option, fmt::format("{} is not from {} to {}", value, least, most));
}

Result<void> check_not_negative(std::string_view option, std::chrono::milliseconds value) {
  if (value.count() >= 0) return {};
  return wrong(option, "a time cannot be negative");
}

Result<void> check_positive(std::string_view option, std::chrono::milliseconds value) {
  if (value.count() > 0) return {};
  return wrong(option, "must be more than zero");
}

Result<void> check_listener(std::string_view option, const ListenerConfig& listener,
                            const AuthenticationConfig& authentication) {
  if (!listener.enabled) return {};
  const auto endpoint = endpoint_of(listener);
  if (!endpoint) return wrong(option, endpoint.error().message());
  if (endpoint->address().is_loopback() || authentication.configured()) return {};
  return wrong(option, fmt::format("{} can be reached from other machines, and nobody would have "
                                   "to prove who he is; without auth.required the address must "
                                   "be a loopback one",
                                   listener.address));
}

Result<void> check_tls(const TlsConfig& tls) {
  if (tls.certificate_file.empty() != tls.key_file.empty()) {
    return wrong(tls.key_file.empty() ? "tls.key_file" : "tls.certificate_file",
                 "a certificate and its key go together");
  }
  if (!tls.client_ca_file.empty() && tls.certificate_file.empty()) {
    return wrong("tls.client_ca_file", "needs tls.certificate_file");
  }
  return {};
}

Result<void> check_idempotency(const IdempotencyConfig& config) {
  constexpr std::chrono::hours kWindowMost{24 * 7};
  if (config.window < std::chrono::seconds(1) || config.window > kWindowMost) {
    return wrong("idempotency.window", "must be from a second to seven days");
  }
  QUARTZ_TRY(check_range<std::uint64_t>("idempotency.keys_max", config.keys_max, 0,
                                        std::numeric_limits<std::uint32_t>::max()));
  QUARTZ_TRY(check_range("idempotency.bytes_max", config.bytes_max, std::uint64_t{0},
                         std::uint64_t{1} << 50));
  // It is written with what the request writes, in one batch.
  return check_range("idempotency.reply_bytes_max", config.reply_bytes_max, std::uint64_t{0},
                     std::uint64_t{1} << 20);
}

Result<void> check_a_year_at_most(std::string_view option, std::chrono::milliseconds value) {
  if (value <= kLongestTime) return {};
  return wrong(option, "a time is longer than a year");
}

}  // namespace

// Names of backups are any folder's, "levels" among them.
Result<void> check_backup_directory(const std::string& backup_directory,
                                    const std::filesystem::path& data_dir) {
  if (backup_directory.empty()) return {};
  if (!io::leads_into(backup_directory, data_dir) && !io::leads_into(data_dir, backup_directory)) {
    return {};
  }
  return wrong("backup_directory",
               fmt::format("{} and data_dir, {}, are the same directory, or one is within the "
                           "other: backups must lie apart from the database",
                           backup_directory, data_dir.string()));
}

Result<void> check_request_limits(const RequestLimits& limits) {
  constexpr std::size_t kHeaderBytesMost = std::size_t{1} << 20;
  constexpr std::size_t kBodyBytesMost = std::size_t{1} << 30;
  QUARTZ_TRY(check_range<std::size_t>("limits.header_bytes_max", limits.header_bytes_max, 256,
                                      kHeaderBytesMost));
  QUARTZ_TRY(
      check_range<std::size_t>("limits.header_count_max", limits.header_count_max, 1, 10'000));
  QUARTZ_TRY(
      check_range<std::size_t>("limits.body_bytes_max", limits.body_bytes_max, 0, kBodyBytesMost));
  constexpr std::size_t kBufferedBytesLeast = std::size_t{1} << 20;
  constexpr std::size_t kBufferedBytesMost = std::size_t{1} << 50;
  QUARTZ_TRY(check_range("limits.buffered_bytes_max", limits.buffered_bytes_max,
                         kBufferedBytesLeast, kBufferedBytesMost));
  QUARTZ_TRY(check_range("limits.unread_bytes_max", limits.unread_bytes_max, std::size_t{1} << 10,
                         kBufferedBytesMost));
  QUARTZ_TRY(check_not_negative("limits.unread_timeout", limits.unread_timeout));
  QUARTZ_TRY(check_range<std::uint32_t>("limits.requests_per_second", limits.requests_per_second, 0,
                                        1'000'000'000));
  QUARTZ_TRY(check_positive("limits.header_timeout", limits.header_timeout));
  QUARTZ_TRY(check_positive("limits.tls_handshake_timeout", limits.tls_handshake_timeout));
  QUARTZ_TRY(check_not_negative("limits.idle_timeout", limits.idle_timeout));
  return check_a_year_at_most(
      "limits", std::max({limits.header_timeout, limits.tls_handshake_timeout, limits.idle_timeout,
                          limits.unread_timeout}));
}

Result<void> check_server_config(const ServerConfig& config) {
  QUARTZ_TRY(check_listener("http_address", config.http, config.authentication));
  QUARTZ_TRY(check_listener("resp_address", config.resp, config.authentication));
  QUARTZ_TRY(check_range<std::uint32_t>("io_threads", config.io_threads, 0, 256));
  QUARTZ_TRY(check_range<std::uint32_t>("connections_max", config.connections_max, 1, 1'000'000));
  QUARTZ_TRY(check_range<std::uint32_t>("worker_threads", config.worker_threads, 1, 256));
  QUARTZ_TRY(check_not_negative("drain_timeout", config.drain_timeout));
  QUARTZ_TRY(check_not_negative("slow_request_threshold", config.slow_request_threshold));
  QUARTZ_TRY(
      check_range<std::uint32_t>("slow_commands_max", config.slow_commands_max, 0, 1'000'000));
  QUARTZ_TRY(check_not_negative("latency_threshold", config.latency_threshold));
  QUARTZ_TRY(check_a_year_at_most("drain_timeout", config.drain_timeout));
  QUARTZ_TRY(check_a_year_at_most("slow_request_threshold", config.slow_request_threshold));
  QUARTZ_TRY(check_a_year_at_most("latency_threshold", config.latency_threshold));
  QUARTZ_TRY(check_idempotency(config.idempotency));
  QUARTZ_TRY(check_tls(config.tls));
  return check_request_limits(config.limits);
}

}  // namespace quartz::server
