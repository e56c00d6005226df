#pragma once

#include <array>
#include <cstdint>

namespace quartz {

/// Of one protocol.
struct ProtocolStatistics {
  std::uint64_t connections_open = 0;      ///< Now.
  std::uint64_t connections_accepted = 0;  ///< Since the start.
  std::uint64_t connections_refused = 0;   ///< Beyond `connections_max`.
  std::uint64_t received_bytes = 0;        ///< Of requests, however they are framed; without TLS.
  std::uint64_t sent_bytes = 0;            ///< The same of responses.
};

/// Counters since a server's start, and gauges as of now. Each figure is exact on its own; together
/// they are not a consistent cut.
struct ServerStatistics {
  std::uint64_t connections_open = 0;       ///< Now.
  std::uint64_t connections_accepted = 0;   ///< Since the start.
  std::uint64_t connections_refused = 0;    ///< Beyond `connections_max`.
  std::uint64_t tls_handshakes_failed = 0;  ///< Those that took too long included.
  std::uint64_t deadlines_missed = 0;       ///< Connections whose peer was too slow.
  /// HTTP requests by the first digit of their status: [2] counts 200 to 299.
  std::array<std::uint64_t, 6> http_responses = {};
  std::uint64_t buffered_bytes = 0;       ///< Counted against `RequestLimits::buffered_bytes_max`.
  std::uint64_t http_request_bytes = 0;   ///< Of bodies.
  std::uint64_t http_response_bytes = 0;  ///< Of bodies as sent.
  ProtocolStatistics http;                ///< Of HTTP.
  ProtocolStatistics resp;                ///< Of the protocol of Redis.
};

}  // namespace quartz
