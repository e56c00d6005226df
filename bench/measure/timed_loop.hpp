#pragma once

#include <cstdint>

#include "bench/measure/latency_recorder.hpp"
#include "bench/measure/operation_clock.hpp"

namespace quartz::bench {

/// When a loop ends: after so many operations, or at a moment, whichever comes first.
struct LoopEnd {
  std::uint64_t operations = 0;
  std::uint64_t deadline = 0;  ///< As `OperationClock::now` tells it.
};

/// One operation in so many is timed alone: looking at the clock for each would slow the fastest
/// engine most.
inline constexpr std::uint64_t kSampleEvery = 8;

/// Calls `operation(i)` for i = 0, 1, … until the end; how many were done.
template <class Operation>
std::uint64_t timed_loop(const OperationClock& clock, const LoopEnd& end,
                         LatencyRecorder& latencies, const Operation& operation) {
  std::uint64_t done = 0;
  std::uint64_t left_at = clock.now();
  while (done < end.operations) {
    const std::uint64_t untimed_until =
        end.operations - done < kSampleEvery ? end.operations - 1 : done + kSampleEvery - 1;
    while (done < untimed_until) operation(done++);
    const std::uint64_t begun = clock.now();
    operation(done++);
    const std::uint64_t ended = clock.now();
    latencies.sample(ended - begun);
    latencies.gap(begun - left_at);
    left_at = ended;
    if (ended >= end.deadline) break;
  }
  return done;
}

/// The same with every operation timed, for those that take microseconds.
template <class Operation>
std::uint64_t fully_timed_loop(const OperationClock& clock, const LoopEnd& end,
                               LatencyRecorder& latencies, const Operation& operation) {
  std::uint64_t done = 0;
  while (done < end.operations) {
    const std::uint64_t begun = clock.now();
    operation(done++);
    const std::uint64_t ended = clock.now();
    latencies.sample(ended - begun);
    if (ended >= end.deadline) break;
  }
  return done;
}

}  // namespace quartz::bench
