#pragma once

#include <string>

#include "bench/vector/vector_results.hpp"

namespace quartz::bench {

/// docs/benchmarks_vectors.md: machine, versions and method, then for each set of vectors the plot,
/// the rates at the recalls that are compared, building and memory. Losses are marked. Refers to
/// `recall_plot_file` by `plot_folder`, a path relative to the document, without a slash at its
/// end.
std::string vector_markdown_report(const VectorRunResult& run, const std::string& plot_folder);

}  // namespace quartz::bench
