#pragma once

#include "bench/vector/vector_results.hpp"

namespace quartz::bench {

/// Two repetitions of Quartz's graph, hnswlib and an inverted file of Faiss on one set: Quartz
/// searches and builds four times as fast as hnswlib, and the inverted file, which builds in no
/// time, does not reach a recall of 0.99.
VectorRunResult sample_vector_run();

}  // namespace quartz::bench
