#pragma once

#include <cstdint>

#include "base/clock.hpp"
#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace quartz::bench {

/// A clock that is cheap enough to time a single operation of some tens of nanoseconds: the
/// processor's time-stamp counter where it is constant, the steady clock elsewhere.
class OperationClock {
 public:
  /// Measures the counter's rate once; takes some milliseconds.
  OperationClock();

  std::uint64_t now() const noexcept {
#if defined(__x86_64__)
    // Not serialised: an operation's last loads may still be under way. That hides a few
    // nanoseconds of every engine alike, while a fence would cost a cached read a fifth of its
    // time.
    if (ticks_) [[likely]]
      return __rdtsc();
#endif
    return steady_nanoseconds();
  }
  double nanoseconds(std::uint64_t span) const noexcept {
    return static_cast<double>(span) * ns_per_tick_;
  }
  std::uint64_t span_of_seconds(double seconds) const noexcept {
    return static_cast<std::uint64_t>(seconds * 1e9 / ns_per_tick_);
  }

 private:
  bool ticks_ = false;
  double ns_per_tick_ = 1;
};

}  // namespace quartz::bench
