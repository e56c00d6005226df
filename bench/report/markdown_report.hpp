#pragma once

#include <string>

#include "bench/measure/measurement.hpp"

namespace quartz::bench {

/// docs/benchmarks.md: machine, versions, method, the ratios as one table (a row for each category,
/// a column for each peer), where Quartz loses, then the figures of each category. Losses stand
/// where they belong and are marked. Refers to the plots of `plot_files` by `plot_folder`, a path
/// relative to the document, without a slash at its end.
std::string markdown_report(const RunResult& run, const std::string& plot_folder);

}  // namespace quartz::bench
