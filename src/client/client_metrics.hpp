#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/counter.hpp"
#include "base/histogram.hpp"
#include "client/near_cache.hpp"
#include "quartz/client/request_failure.hpp"

namespace quartz::client {

/// What a client has done, under the names that OpenTelemetry has for clients of databases; what
/// those have no name for is `quartz.client.*`. In text, dots are underscores and units are spelt.
///
/// Threads: any number at a time, `text` included. Cost: of a record, some ten nanoseconds.
class ClientMetrics {
 public:
  /// `operations`: names of what is recorded, "GET" say. They are constants.
  explicit ClientMetrics(std::span<const std::string_view> operations);
  ClientMetrics(const ClientMetrics&) = delete;
  ClientMetrics& operator=(const ClientMetrics&) = delete;
  ~ClientMetrics();

  /// An operation with all of its attempts, by its place among the names, and how it failed if it
  /// did.
  void record_operation(std::size_t index, std::chrono::nanoseconds duration,
                        std::optional<FailureKind> failure);

  /// What there is now.
  struct Gauges {
    std::atomic<std::uint64_t> idle_connections{0};
    std::atomic<std::uint64_t> used_connections{0};
    std::atomic<std::uint64_t> connections_max{0};
    std::atomic<std::uint64_t> pending_requests{0};  ///< That wait for a connection.
    std::atomic<std::uint64_t> retry_tokens{0};
  } now;

  /// What there has been.
  struct Counters {
    ShardedCounter connection_timeouts;  ///< Nobody had one to give in time.
    ShardedCounter retries;
    ShardedCounter retries_refused;  ///< For want of tokens only.
    ShardedCounter hedges;
    ShardedCounter hedges_won;  ///< That answered before the request that they hedged.
  } counted;

  /// Nanoseconds.
  struct Durations {
    Histogram connection_create;
    Histogram connection_wait;
    Histogram connection_use;
  } lasted;

  /// In the text format of OpenMetrics 1.0, its end included. Null: there is no near cache.
  std::string text(const NearCache* cache) const;

 private:
  static constexpr std::size_t kOutcomes = 7;  // Success, and each kind of failure.

  /// An operation; of outcomes that it never had there is no histogram.
  struct Operation {
    std::string_view name;
    std::array<std::atomic<Histogram*>, kOutcomes> durations{};
  };
  static Histogram& histogram_of(std::atomic<Histogram*>& place);

  std::vector<Operation> operations_;
};

}  // namespace quartz::client
