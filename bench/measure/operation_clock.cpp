#include "bench/measure/operation_clock.hpp"

#include <fstream>
#include <string>

namespace quartz::bench {
namespace {

// Whether the counter runs at one rate whatever the processor's frequency and sleep states.
bool counter_is_constant() {
  std::ifstream processors("/proc/cpuinfo");
  for (std::string line; std::getline(processors, line);) {
    if (!line.starts_with("flags")) continue;
    return line.find("constant_tsc") != std::string::npos &&
           line.find("nonstop_tsc") != std::string::npos;
  }
  return false;
}

}  // namespace

OperationClock::OperationClock() {
#if defined(__x86_64__)
  if (!counter_is_constant()) return;
  constexpr std::uint64_t kCalibrationNs = 20'000'000;
  const std::uint64_t begin_ns = steady_nanoseconds();
  const std::uint64_t begin = __rdtsc();
  std::uint64_t end_ns = begin_ns;
  while (end_ns - begin_ns < kCalibrationNs) end_ns = steady_nanoseconds();
  const std::uint64_t ticks = __rdtsc() - begin;
  ns_per_tick_ = static_cast<double>(end_ns - begin_ns) / static_cast<double>(ticks);
  ticks_ = true;
#endif
}

}  // namespace quartz::bench
