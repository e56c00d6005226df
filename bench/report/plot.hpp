#pragma once

#include <string>
#include <vector>

#include "bench/measure/measurement.hpp"

namespace quartz::bench {

/// One picture: horizontal bars of the median time per operation on a logarithmic axis, one group
/// for each category and number of threads, one bar for each engine with a whisker from minimum to
/// maximum, and at the right the median and the ratio to Quartz. Readable on white and on dark
/// pages. A complete SVG 1.1 file, without scripts or outside fonts. Says so if nothing of the
/// `categories` was measured.
std::string svg_plot(const RunResult& run, const std::string& title,
                     const std::vector<std::string>& categories);

struct PlotFile {
  std::string name;  ///< "writes.svg"
  std::string svg;
};
/// The plots that `markdown_report` refers to: one for each group of categories of which the run
/// has something.
std::vector<PlotFile> plot_files(const RunResult& run);

}  // namespace quartz::bench
