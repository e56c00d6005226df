#include "client/hedging.hpp"

#include <algorithm>

namespace quartz::client {
namespace {

constexpr std::uint32_t kKnownMin = 100;
// The gain falls from 1 to this: sure of itself, but not deaf to what changes.
constexpr double kGainMin = 0.05;
constexpr double kGainFall = 0.97;

constexpr std::uint32_t kWhole = 100;
constexpr std::uint32_t kSavedMax = 10 * kWhole;  // Of reads before, for a bad moment.

}  // namespace

void RollingPercentile::add(Duration duration) noexcept {
  const auto sample = static_cast<double>(duration.count());
  if (count_ == 0) estimate_ = std::max(sample, 1.0);
  if (count_ < kKnownMin) ++count_;
  if (sample > estimate_) {
    estimate_ *= 1 + gain_ * percentile_;
  } else {
    estimate_ *= 1 - gain_ * (1 - percentile_);
  }
  estimate_ = std::max(estimate_, 1.0);
  gain_ = std::max(kGainMin, gain_ * kGainFall);
}

std::optional<RollingPercentile::Duration> RollingPercentile::value() const noexcept {
  if (count_ < kKnownMin) return std::nullopt;
  return Duration(static_cast<Duration::rep>(estimate_));
}

std::optional<Hedging::Duration> Hedging::begin_read() noexcept {
  hundredths_ = std::min(hundredths_ + config_.percent_max, kSavedMax);
  if (config_.delay.count() != 0) return config_.delay;
  const auto measured = latency_.value();
  if (!measured) return std::nullopt;
  return std::max<Duration>(*measured, config_.delay_min);
}

bool Hedging::try_take() noexcept {
  if (hundredths_ < kWhole) return false;
  hundredths_ -= kWhole;
  return true;
}

}  // namespace quartz::client
