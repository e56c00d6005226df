#pragma once

#include <map>
#include <string>

#include "base/random.hpp"
#include "quartz/vector/vector_collection.hpp"
#include "quartz/vector/vector_point.hpp"

namespace quartz {

/// Expects, in the manner of GoogleTest, that the index of a collection by the square of Euclidean
/// distances has exactly `points`: their ids, vectors and payloads, each once and nothing else;
/// and that walks through the graph lead to nearly all of some of them, drawn by `random`.
void expect_index_agrees(const VectorCollection& collection,
                         const std::map<std::string, VectorPoint>& points, Random& random);

}  // namespace quartz
