#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "bench/measure/measurement.hpp"
#include "bench/measure/operation_clock.hpp"

namespace quartz::bench {

/// Latencies of one thread in spans of an `OperationClock`, to 3 per cent. Fixed memory.
class LatencyRecorder {
 public:
  /// One operation, timed alone.
  void sample(std::uint64_t span) noexcept {
    ++buckets_[bucket_of(span)];
    ++count_;
    if (span > max_) max_ = span;
  }
  /// A stretch of operations that were not timed alone: none of them took longer.
  void gap(std::uint64_t span) noexcept {
    if (span > max_) max_ = span;
  }
  void merge(const LatencyRecorder& other) noexcept;

  /// Fills the measurement's percentiles and maximum, if anything was sampled.
  void describe(const OperationClock& clock, Measurement& into) const noexcept;

 private:
  static constexpr std::size_t kSubBuckets = 32;
  static std::size_t bucket_of(std::uint64_t span) noexcept;
  static std::uint64_t middle_of(std::size_t bucket) noexcept;
  std::uint64_t quantile(double q) const noexcept;

  std::array<std::uint64_t, 64 * kSubBuckets> buckets_{};
  std::uint64_t count_ = 0;
  std::uint64_t max_ = 0;
};

}  // namespace quartz::bench
