#pragma once

#include <atomic>
#include <cstddef>
#include <vector>

#include "quartz/result.hpp"
#include "quartz/storage/keyspace.hpp"
#include "quartz/vector/metric.hpp"
#include "storage/engine.hpp"

namespace quartz::vector {

/// Vectors of a collection's points, one after another, to train a quantizer on: all of them, if
/// there are at most `vectors_max`, or else so many, each as likely as any other, whatever their
/// ids are; of the same rows, the same ones. Vectors are of length 1 where the metric is the
/// cosine. Rows that are no points are left out. Cost: a pass over all rows. Errors: those of
/// reading them; `closed` once `stopping` is true.
Result<std::vector<float>> sample_points(storage::Engine& engine, const Keyspace& keyspace,
                                         std::size_t dimensions, Metric metric,
                                         std::size_t vectors_max,
                                         const std::atomic<bool>& stopping);

}  // namespace quartz::vector
