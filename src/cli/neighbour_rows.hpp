#pragma once

#include <cstdint>
#include <vector>

#include "quartz/result.hpp"
#include "quartz/vector/vector_search.hpp"

namespace quartz::cli {

/// For each query the numbers of the rows that were found.
using NeighbourRows = std::vector<std::vector<std::uint64_t>>;

/// The rows that hits were imported from, whose numbers are their ids. `corruption` for an id that
/// is no number.
Result<std::vector<std::uint64_t>> rows_of(const std::vector<VectorHit>& hits);

/// Share of `exact` that is in `found`, over all queries; 1 of nothing. Both have as many queries.
double recall_of(const NeighbourRows& found, const NeighbourRows& exact);

}  // namespace quartz::cli
