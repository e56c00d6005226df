#pragma once

#include <chrono>
#include <thread>

#include "bench/measure/require.hpp"

namespace quartz::bench {

/// Waits until `idle()` holds, looking every other millisecond: often enough for work that takes
/// seconds, and too seldom to take part in it. Ends the program if that never comes true.
template <class Predicate>
void wait_until(const Predicate& idle) {
  constexpr std::chrono::milliseconds kInterval(2);
  constexpr std::chrono::minutes kPatience(30);
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!idle()) {
    require(std::chrono::steady_clock::now() < deadline, "an engine does not come to rest");
    std::this_thread::sleep_for(kInterval);
  }
}

}  // namespace quartz::bench
