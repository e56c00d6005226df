#pragma once

#include <chrono>
#include <cstdint>

namespace quartz {

/// Nanoseconds of the steady clock, for durations only.
inline std::uint64_t steady_nanoseconds() noexcept {
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(
                                        std::chrono::steady_clock::now().time_since_epoch())
                                        .count());
}

/// Measures from its construction.
class Stopwatch {
 public:
  std::chrono::nanoseconds elapsed() const noexcept {
    return std::chrono::nanoseconds(elapsed_ns());
  }
  std::uint64_t elapsed_ns() const noexcept { return steady_nanoseconds() - started_; }

 private:
  std::uint64_t started_ = steady_nanoseconds();
};

}  // namespace quartz
