#pragma once

#include <string>

#include "bench/vector/vector_results.hpp"

namespace quartz::bench {

/// A run as a terminal shows it: for each set of vectors a line for each peer with the time of its
/// builds and its memory, and one for each recall and peer with its rate and Quartz's ratio to it.
std::string vector_text_table(const VectorRunResult& run);

/// The same of one set.
std::string vector_text_table(const VectorSetResult& set);

}  // namespace quartz::bench
