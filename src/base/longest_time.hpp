#pragma once

#include <chrono>

namespace quartz {

/// The longest time that an option may have: no sum with a clock, and no conversion to nanoseconds,
/// overflows.
inline constexpr std::chrono::hours kLongestTime{24 * 365};

}  // namespace quartz
