#pragma once

#include <chrono>
#include <cstdint>

namespace quartz {

/// When a client stops asking an endpoint that does not answer.
struct CircuitBreakerConfig {
  /// Failures in a row of connections and answers after which nothing is sent for a while; answers
  /// that are errors are none. 0: never.
  std::uint32_t failures_max = 5;
  /// For how long at first. Twice as long after each probe in vain, up to `open_max`.
  std::chrono::milliseconds open_min{200};
  std::chrono::milliseconds open_max{5'000};  ///< The longest that it gets; a year at most.
};

}  // namespace quartz
