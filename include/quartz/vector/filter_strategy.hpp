#pragma once

#include <cstdint>
#include <string_view>

#include "quartz/export.hpp"

namespace quartz {

/// How a search under a filter finds the points that match. All three find the same points, as far
/// as a search through a graph finds all; which is the fastest follows from how many there are.
enum class FilterStrategy : std::uint8_t {
  exact_scan,     ///< Compares the query with each point that can match.
  filtered_walk,  ///< Goes through the graph from one point that can match to the next.
  post_check,     ///< Searches for more points as if there were no filter, and drops the others.
};

/// The strategy's name as written above, for example "exact_scan".
QUARTZ_EXPORT std::string_view to_string(FilterStrategy strategy) noexcept;

}  // namespace quartz
