#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "quartz/vector/filter_strategy.hpp"
#include "vector/slot_bounds.hpp"

namespace quartz::vector {

/// What a search under a filter starts from.
struct FilterSituation {
  std::uint64_t points = 0;    // All that there are.
  std::uint64_t possible = 0;  // Those that can match.
  /// As many of these are expected to match: all, unless payloads have to be asked.
  std::uint64_t expected = 0;
  std::size_t k = 0;          // That are to be found.
  std::size_t pool_size = 0;  // That the search would have without a filter.
  std::uint32_t m = 0;        // Of the graph.
  std::size_t code_bytes = 0;
};

/// What to do about it. Who gets fewer points than were asked for this way, though more can match,
/// does an exact scan: correlations that nobody knew of can make any of the others miss some.
struct FilterChoice {
  FilterStrategy strategy = FilterStrategy::exact_scan;
  /// Of the search: larger where some of what it finds will be dropped, or where the points that
  /// can match are so few that steps between them go astray.
  std::size_t pool_size = 0;
  /// As large as it would be if all that it finds matched.
  std::size_t matching_pool_size = 0;

  bool operator==(const FilterChoice&) const = default;
};

/// Compares what the strategies cost by a model of what they do; the constants are measured.
FilterChoice choose_filter_strategy(const FilterSituation& situation);

/// The same before it is known which points can match, where the estimate is enough to see that
/// finding them is not worth while; `possible` and `expected` are not looked at.
std::optional<FilterChoice> choose_filter_strategy(FilterSituation situation,
                                                   const SlotEstimate& estimate);

/// For people: "exact scan: 212 of 200000 points can match".
std::string explain(const FilterChoice& choice, const FilterSituation& situation);

}  // namespace quartz::vector
