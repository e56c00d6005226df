#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "quartz/client/hedge_config.hpp"

namespace quartz::client {

/// A percentile of the newest of many durations, without keeping any: each moves the estimate by a
/// share of itself, up or down, so that it stays where as many are longer as shall be (as Ma,
/// Muthukrishnan and Sandler have it for single counters, 2013). Threads: one at a time.
class RollingPercentile {
 public:
  using Duration = std::chrono::steady_clock::duration;

  /// `percentile`: between 0 and 1.
  explicit RollingPercentile(double percentile) noexcept : percentile_(percentile) {}

  void add(Duration duration) noexcept;
  /// Nothing as long as too few are known.
  std::optional<Duration> value() const noexcept;

 private:
  const double percentile_;
  double estimate_ = 0;
  double gain_ = 1;  // How much of the estimate one duration may move it.
  std::uint32_t count_ = 0;
};

/// When reads are sent a second time, and how many of them. Threads: one at a time.
class Hedging {
 public:
  using Duration = RollingPercentile::Duration;

  explicit Hedging(const HedgeConfig& config) noexcept
      : config_(config), latency_(config.percentile) {}

  /// A read is sent. After how long it may be once more; nothing: never.
  std::optional<Duration> begin_read() noexcept;
  /// A read has taken so long, or longer.
  void measured(Duration latency) noexcept { latency_.add(latency); }
  /// False, taking nothing, if too many were sent twice.
  bool try_take() noexcept;

 private:
  const HedgeConfig config_;
  RollingPercentile latency_;
  std::uint32_t hundredths_ = 0;  // Of second sends that there may be.
};

}  // namespace quartz::client
