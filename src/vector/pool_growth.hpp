#pragma once

#include <cmath>

namespace quartz::vector {

/// How many times more candidates a walk has to keep, for the same recall, if it is to find `times`
/// as many points: the nearer half of what is asked for is found by the way, so that it is the root
/// and not as many times more. Measured on the data sets of the benchmarks for up to ten times.
inline double pool_growth(double times) noexcept { return std::sqrt(times); }

}  // namespace quartz::vector
