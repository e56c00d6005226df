#pragma once

#include <string>

#include "bench/explain/vector_measurements.hpp"

namespace quartz::bench {

/// Recall, and vectors compared, by the candidates that a search keeps.
std::string draw_recall(const VectorMeasurements& measurements);

/// Distances by codes beside the exact ones, a panel for each quantization, with what a selection
/// by codes keeps of the nearest.
std::string draw_distances(const VectorMeasurements& measurements);

}  // namespace quartz::bench
