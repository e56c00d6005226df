#pragma once

#include <string>

#include "bench/measure/measurement.hpp"

namespace quartz::bench {

/// The table that a run ends with: a block for each category and number of threads, in it a line
/// for each engine with its time per operation (median, min, max), CPU, p50, p99, p99.9, max, write
/// amplification, memory and, for the peers, the ratio to Quartz (median, min, max), where LOSS
/// marks a median below one. Figures that were not measured are dashes. At most 140 columns.
std::string text_table(const RunResult& run);

}  // namespace quartz::bench
