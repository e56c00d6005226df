#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "quartz/client/circuit_breaker_config.hpp"
#include "quartz/client/client_result.hpp"
#include "quartz/client/client_tracer.hpp"
#include "quartz/client/hedge_config.hpp"
#include "quartz/client/local_service.hpp"
#include "quartz/client/near_cache_config.hpp"
#include "quartz/client/retry_config.hpp"
#include "quartz/export.hpp"

namespace quartz {

/// How much a server has to prove when a connection is encrypted.
enum class ServerProof : std::uint8_t {
  host_name,    ///< That an authority vouches for it under the name in the URL.
  certificate,  ///< That an authority vouches for it, under whatever name.
  none,         ///< Nothing: anybody in between can read and change everything.
};

/// Encryption of connections to `quartzs://` and `rediss://`; TLS 1.2 at least.
struct ClientTlsConfig {
  ServerProof proof = ServerProof::host_name;  ///< What a server has to prove.
  std::string ca_file = {};  ///< Authorities that are believed, PEM. Empty: those of the system.
  std::string certificate_file = {};  ///< What the client shows of itself, PEM. Empty: nothing.
  std::string key_file = {};          ///< Its private key.
};

/// What becomes of a request that finds everything taken.
enum class WhenFull : std::uint8_t {
  wait,  ///< It waits for its turn, first come first served, until its deadline.
  fail,  ///< It fails with `overloaded`.
};

/// By what the kernel finds out that nobody is at the other end of a connection any more, although
/// nobody has said so: a machine without power, or a network that drops everything. Heartbeats are
/// sooner, but pause while the server may take its time.
struct KeepAliveConfig {
  /// A connection on which nothing has arrived for so long is probed; up to 32767 s. 0: never.
  std::chrono::seconds idle{15};
  /// Between two probes that are not answered; from 1 to 32767 s.
  std::chrono::seconds interval{5};
  /// After so many of them the connection has ended; 1 to 127. So it has if the server has not
  /// taken what was sent within the time of all of them together, the first one's wait included.
  std::uint32_t count = 3;
};

/// Bounds on what a client holds.
struct ClientLimits {
  std::size_t requests_max = 10'000;          ///< Under way at a time, those between retries too.
  std::size_t request_bytes_max = 64u << 20;  ///< Of them together. One alone may be larger.
  std::size_t waiting_max = 100'000;          ///< For their turn; beyond, `WhenFull::fail`.
  /// Of those together; beyond, `WhenFull::fail`. One alone may be larger.
  std::size_t waiting_bytes_max = 64u << 20;
  /// Requests of one connection that were given up and never answered: with more the connection
  /// ends.
  std::size_t unanswered_max = 100'000;
  WhenFull when_full = WhenFull::wait;  ///< For who comes when no more may wait.
};

/// Connections that are lent: `Client::lease`.
struct LeaseConfig {
  std::uint32_t connections_max = 16;  ///< To all endpoints together: lent, idle or being made.
  std::uint32_t connecting_max = 2;    ///< Being made at a time.
  std::uint32_t waiting_max = 1'000;   ///< Callers who wait; beyond, `overloaded`.
  /// How long a caller waits unless he says otherwise.
  std::chrono::milliseconds acquire_timeout{1'000};
  /// One that nobody has used for so long is closed.
  std::chrono::milliseconds idle_timeout{60'000};
  /// One that has come so far, or up to a tenth less, is closed when it comes back.
  std::chrono::milliseconds lifetime{1'800'000};
};

/// How a client reaches servers. `check` tells whether it makes sense.
struct ClientConfig {
  /// `quartz://[user:secret@]host[:port]`, or `quartzs://` with TLS; `redis://` and `rediss://` are
  /// the same with Redis's port. All must serve the same data: a request goes to whichever is
  /// healthy and answers soonest.
  std::vector<std::string> endpoints = {"quartz://127.0.0.1:7379"};
  /// Not null: everything is served by this, in the same process, and no endpoint is looked at.
  std::shared_ptr<LocalService> local = {};
  std::string name = {};  ///< Under which servers list the connections. Empty: none.
  /// Of each endpoint, shared by all requests; 1 to 16. More than one pays only if one connection's
  /// bandwidth does not suffice.
  std::uint32_t connections = 1;

  /// From the first call to the last byte of the answer, over all attempts and waits. 0: none.
  std::chrono::milliseconds request_timeout{2'000};
  /// For a name to be looked up, a connection made, encrypted and greeted; a year at most.
  std::chrono::milliseconds connect_timeout{1'000};
  /// A connection on which nothing has arrived for so long is asked whether it lives. 0: never.
  std::chrono::milliseconds heartbeat_interval{5'000};
  /// It is given up if nothing arrives for so long then. Both are a year at most.
  std::chrono::milliseconds heartbeat_timeout{1'000};
  /// Of all connections but those within this process.
  KeepAliveConfig keep_alive = {};

  ClientTlsConfig tls = {};           ///< How `quartzs://` and `rediss://` are encrypted.
  ClientLimits limits = {};           ///< What waits, and how much of it.
  RetryConfig retry = {};             ///< What is tried again, and when.
  CircuitBreakerConfig breaker = {};  ///< When a server that fails is let alone.
  LeaseConfig leases = {};            ///< Connections that are lent.
  /// Reads that take long are sent a second time, if this is set. None: never.
  std::optional<HedgeConfig> hedge = {};
  /// Told of every operation. Null: nobody is, and servers neither.
  std::shared_ptr<ClientTracer> tracer = {};
  /// Values that `get` and `async_get` have read are kept, if this is set, for as long as the
  /// server tells of their changes. None: each read asks the server.
  std::optional<NearCacheConfig> near_cache = {};
};

/// `invalid_argument` naming the option that makes no sense. A client of such a configuration fails
/// every request with the same error. Files are not looked at.
QUARTZ_EXPORT ClientResult<void> check(const ClientConfig& config);

}  // namespace quartz
