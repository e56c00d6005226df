#pragma once

#include <string>

#include "bench/vector/vector_results.hpp"

namespace quartz::bench {

/// The curves of all peers on one set: recall to the right, each halving of what is missed as wide
/// as the last, and queries a second upwards, on a logarithmic axis. Points with a recall below 0.8
/// are left out, and those above 0.9995 stand there. A complete SVG 1.1 file, without scripts or
/// outside fonts. Says so if nothing is left.
std::string recall_plot(const VectorSetResult& set);

/// Its file: "recall_sift-128.svg".
std::string recall_plot_file(const VectorSetResult& set);

}  // namespace quartz::bench
