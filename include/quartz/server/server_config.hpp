#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "quartz/result.hpp"
#include "quartz/server/idempotency_config.hpp"
#include "quartz/storage/durability.hpp"
#include "quartz/storage/storage_config.hpp"

namespace quartz {

/// Where one protocol listens.
struct ListenerConfig {
  bool enabled = true;                ///< False: this protocol is not served at all.
  std::string address = "127.0.0.1";  ///< A numeric IPv4 or IPv6 address, or "localhost".
  std::uint16_t port = 0;             ///< 0: any free one; the server tells which.
};

/// Bounds on what one request or connection may take. They are judged before memory is reserved.
struct RequestLimits {
  std::size_t header_bytes_max = 8 * 1024;  ///< Request line and headers; beyond: 431.
  std::size_t header_count_max = 64;        ///< Beyond: 431.
  std::size_t body_bytes_max = 64 << 20;    ///< Beyond: 413. 0: no body at all.
  /// Of all connections together: requests that have not arrived whole, answers that were not taken
  /// yet, and what transactions of the protocol of Redis queue and watch. Beyond: 503 for HTTP, an
  /// error for that protocol, and the end of the connection but for a transaction.
  std::size_t buffered_bytes_max = std::size_t{1} << 30;
  /// What a client of the protocol of Redis has not taken of what it was sent without having asked
  /// each time: messages, mostly. Beyond, the connection ends.
  std::size_t unread_bytes_max = 32 << 20;
  /// A client of that protocol that takes nothing of what it was sent for so long is let go. 0:
  /// off.
  std::chrono::milliseconds unread_timeout{60'000};
  std::chrono::milliseconds header_timeout{10'000};  ///< First byte to last header; beyond: 408.
  /// A body that arrives more slowly, on the whole, is abandoned with 408, and so is a client that
  /// takes its responses more slowly. Counted from `header_timeout` after its beginning. 0: off.
  std::size_t transfer_bytes_per_second_min = 1024;
  std::chrono::milliseconds idle_timeout{75'000};  ///< Between requests; 0: never.
  /// For a handshake of TLS; beyond: closed.
  std::chrono::milliseconds tls_handshake_timeout{5'000};
  /// Of one user, and of one address; beyond: 429, or "-ERR rate limit exceeded". 0: no limit.
  std::uint32_t requests_per_second = 0;
};

/// Certificates, in PEM files. Without a certificate connections are not encrypted.
struct TlsConfig {
  std::string certificate_file = {};  ///< The server's, followed by what signs it.
  std::string key_file = {};          ///< Its private key.
  std::string client_ca_file = {};    ///< Not empty: clients must show a certificate signed by it.
};

/// Which web pages may use the HTTP interface from a browser.
struct CorsConfig {
  std::vector<std::string> origins = {};  ///< Empty: none; "*": any; else exact origins.
};

/// Who may do what. Users are rows of the database, made by `quartz keys`.
struct AuthenticationConfig {
  /// Whether everybody has to prove who he is even before there is a user. As soon as there is one,
  /// everybody has to in any case. Addresses that other machines can reach need it.
  bool required = false;

  bool configured() const noexcept { return required; }  ///< Whether it asks for anything.
};

/// One served request, for the log of accesses. Neither keys nor values nor headers.
struct AccessRecord {
  std::string_view protocol;       ///< "http".
  std::string_view method;         ///< "GET".
  std::string_view route;          ///< The template, "/api/v1/kv/{key}"; empty if none matched.
  std::string_view request_id;     ///< Of the header x-request-id, or made up.
  std::string_view trace_id;       ///< Of the header traceparent; empty: nobody traces it.
  std::string_view remote;         ///< Address and port.
  int status = 0;                  ///< Of the response.
  std::size_t request_bytes = 0;   ///< Of the body.
  std::size_t response_bytes = 0;  ///< Of the body as sent.
  std::chrono::nanoseconds duration{0};  ///< From the last byte received to the response made.
};

/// Receives access records. Called on io threads, also several at once; must be quick.
using AccessLog = std::function<void(const AccessRecord&)>;

/// An option of the program around a server, for clients that may configure it. Its functions are
/// called on io threads, one of all options at a time, and outlive the server.
struct LiveOption {
  std::string name;                   ///< In lower case: "log.level".
  std::function<std::string()> read;  ///< The value as text. Empty function: it cannot be read.
  /// Takes a value into effect, or says what is wrong with it.
  std::function<Result<void>(std::string_view)> change;
};

/// How a server is started. Every option has a unit, a default and a documented meaning of zero;
/// values that make no sense are refused by `Server::start` with `invalid_argument` naming the
/// option. docs/guide/server.md describes each.
struct ServerConfig {
  // Listening.
  ListenerConfig http = {.port = 3000};    ///< HTTP.
  ListenerConfig resp = {.port = 7379};    ///< The protocol of Redis.
  std::uint32_t io_threads = 0;            ///< 0: one for each usable processor; at most 256.
  std::uint32_t connections_max = 10'000;  ///< Of all protocols together; beyond: refused at once.
  /// How long `stop()` lets running requests go on. 0: they are cut off.
  std::chrono::milliseconds drain_timeout{10'000};
  RequestLimits limits = {};                 ///< What clients may cost.
  TlsConfig tls = {};                        ///< Encryption.
  CorsConfig cors = {};                      ///< Web pages that may use HTTP.
  AuthenticationConfig authentication = {};  ///< Who may use it at all.

  // Writing.
  /// For all writes of clients. Empty: what the engine was opened with, on the io thread.
  std::optional<Durability> durability = {};
  std::uint32_t worker_threads = 4;  ///< For work that blocks; 1 to 256. Started when needed.
  /// Where backups go, each in a folder of its own, apart from the database; empty: nowhere.
  std::string backup_directory = {};
  IdempotencyConfig idempotency = {};  ///< Requests of HTTP that are repeated.

  // Observation.
  Logger logger = {};         ///< Empty: warnings and errors go to spdlog's default.
  AccessLog access_log = {};  ///< Empty: accesses are counted and not logged.
  /// Commands that take as long are kept for SLOWLOG, and requests of HTTP logged as a warning.
  /// 0: none.
  std::chrono::milliseconds slow_request_threshold{10};
  std::uint32_t slow_commands_max = 128;  ///< How many SLOWLOG has; 0: none.
  /// What takes as long is kept for LATENCY: commands, commits, clearing away what has expired.
  /// 0: nothing.
  std::chrono::milliseconds latency_threshold{0};

  /// What CONFIG GET and CONFIG SET know beside the parameters of Redis.
  std::vector<LiveOption> live_options = {};
};

}  // namespace quartz
