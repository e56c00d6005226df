#pragma once

#include <string>

#include "bench/measure/measurement.hpp"

namespace quartz::bench {

/// Two builds of one engine beside each other, whatever name each run has for its engine. They were
/// measured in alternation, so that repetition i of both was made at about the same time: a line
/// for each category and number of threads with the median of both and the ratio before to after,
/// pair by pair (median, min, max), of which more than one means that `after` is faster. A line is
/// marked "faster" or "slower" where every pair says so by more than 5 %; otherwise the runs show
/// no difference. Below the table stands what only one of them measured.
std::string comparison_table(const RunResult& before, const RunResult& after);

}  // namespace quartz::bench
