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
#include "quartz/client/client_error.hpp"
#include "quartz/client/client_metrics.hpp"

namespace quartz::client {

/// Records what a client does, and tells it under the names that OpenTelemetry has for clients of
/// databases; what those have no name for is `quartz.client.*`. In text, dots are underscores and
/// units are spelt.
///
/// Threads: any number at a time, readings included. Cost: of a record, some ten nanoseconds.
class MetricsRecorder {
 public:
  /// `operations`: names of what is recorded, "GET" say. They are constants.
  explicit MetricsRecorder(std::span<const std::string_view> operations);
  MetricsRecorder(const MetricsRecorder&) = delete;
  MetricsRecorder& operator=(const MetricsRecorder&) = delete;
  ~MetricsRecorder();

  /// An operation with all of its attempts, by its place among the names, and how it failed if it
  /// did.
  void record_operation(std::size_t index, std::chrono::nanoseconds duration,
                        std::optional<ClientErrc> failure);

  /// What there is now.
  struct Gauges {
    std::atomic<std::uint64_t> connections{0};
    std::atomic<std::uint64_t> connections_max{0};
    std::atomic<std::uint64_t> leases{0};
    std::atomic<std::uint64_t> leases_idle{0};
    std::atomic<std::uint64_t> leases_waiting{0};
    std::atomic<std::uint64_t> leases_max{0};
    std::atomic<std::uint64_t> subscriptions{0};
    std::atomic<std::uint64_t> requests{0};
    std::atomic<std::uint64_t> requests_waiting{0};
  } now;

  /// What there has been.
  struct Counters {
    ShardedCounter connections_failed;
    ShardedCounter connections_lost;
    ShardedCounter retries;
    ShardedCounter retries_refused;  ///< For want of tokens only.
    ShardedCounter hedges;
    ShardedCounter hedges_won;
    ShardedCounter hedges_refused;
  } counted;

  /// Of connections that became open, in nanoseconds.
  Histogram connection_create;

  /// `cache`: null if there is none.
  ClientMetrics reading(const NearCache* cache) const;
  /// In the text format of OpenMetrics 1.0, its end included.
  std::string text(const NearCache* cache) const;

 private:
  // Success, and each code of failure.
  static constexpr std::size_t kOutcomes = 2 + static_cast<std::size_t>(ClientErrc::forked);

  /// An operation; of outcomes that it never had there is no histogram.
  struct Operation {
    std::string_view name;
    std::array<std::atomic<Histogram*>, kOutcomes> durations{};
  };
  static Histogram& histogram_of(std::atomic<Histogram*>& place);
  template <class Visit>
  void for_each_operation(Visit visit) const;

  std::vector<Operation> operations_;
};

}  // namespace quartz::client
