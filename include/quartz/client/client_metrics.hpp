#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "quartz/client/client_error.hpp"

namespace quartz {

/// What a client has done so far, and what it is doing. A plain value.
struct ClientMetrics {
  /// Requests of one command with one end, over all of their attempts. What the near cache has
  /// answered without them is not among them.
  struct Operation {
    std::string_view name;                   ///< "GET"; "EXEC": batches; "other": not a usual one.
    std::optional<ClientErrc> failure = {};  ///< Nothing: they succeeded.
    std::uint64_t count = 0;                 ///< How many have ended.
    std::chrono::nanoseconds total{0};       ///< The sum of their times.
    std::chrono::nanoseconds p50{0};         ///< So long or shorter took half of them; to 1/16.
    std::chrono::nanoseconds p99{0};         ///< So long or shorter took 99 of 100; to 1/16.
  };
  /// Of the near cache.
  struct NearCache {
    std::uint64_t hits = 0;           ///< Reads that it answered.
    std::uint64_t misses = 0;         ///< That went to the server.
    std::uint64_t waits = 0;          ///< That waited for the same one of another.
    std::uint64_t invalidations = 0;  ///< Of values, by news or writes; of all at once: one.
    std::uint64_t overtaken = 0;  ///< Answers that news came before, so that they were not kept.
    std::uint64_t evictions = 0;  ///< Values that made room.
    std::uint64_t entries = 0;    ///< Now.
    std::uint64_t bytes = 0;      ///< Now.
  };

  std::vector<Operation> operations = {};    ///< Those that there were.
  std::uint64_t retries = 0;                 ///< Attempts beyond the first ones.
  std::uint64_t retries_refused = 0;         ///< For want of budget.
  std::uint64_t hedges = 0;                  ///< Reads that were sent a second time.
  std::uint64_t hedges_won = 0;              ///< Of which the second one was answered first.
  std::uint64_t hedges_refused = 0;          ///< That were not, for want of budget.
  std::uint64_t requests = 0;                ///< Under way now, `ClientLimits` let them.
  std::uint64_t requests_waiting = 0;        ///< For their turn, now.
  std::uint64_t connections = 0;             ///< Open now, of those that requests share.
  std::uint64_t connections_max = 0;         ///< Of those, to all endpoints.
  std::uint64_t leases = 0;                  ///< Connections that are lent now.
  std::uint64_t leases_idle = 0;             ///< That could be, at once.
  std::uint64_t leases_waiting = 0;          ///< Callers who wait for one, now.
  std::uint64_t leases_max = 0;              ///< Connections that may be lent.
  std::uint64_t subscriptions = 0;           ///< Connections of subscriptions that are open now.
  std::uint64_t connections_opened = 0;      ///< Of those that requests share; so below.
  std::uint64_t connections_failed = 0;      ///< That were never open.
  std::uint64_t connections_lost = 0;        ///< That were, and have ended by themselves.
  std::optional<NearCache> near_cache = {};  ///< Nothing: there is none.
};

}  // namespace quartz
