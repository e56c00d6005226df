#pragma once

#include <cstdint>

#include "base/clock.hpp"
#include "base/histogram.hpp"

namespace quartz::storage {

/// Two readings of the clock cost as much as a read of the memtable.
inline constexpr std::uint64_t kSampleEvery = 64;

/// Times one in `kSampleEvery` of a thread's calls, which `calls` counts, and records it when the
/// call ends.
class SampledTimer {
 public:
  SampledTimer(Histogram& into, std::uint64_t& calls) noexcept
      : into_(into), started_(calls++ % kSampleEvery == 0 ? steady_nanoseconds() : 0) {}
  ~SampledTimer() {
    if (started_ != 0) into_.record(steady_nanoseconds() - started_);
  }
  SampledTimer(const SampledTimer&) = delete;
  SampledTimer& operator=(const SampledTimer&) = delete;

 private:
  Histogram& into_;
  const std::uint64_t started_;
};

}  // namespace quartz::storage
