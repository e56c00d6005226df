#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include "protocol/filter_expression.hpp"
#include "quartz/result.hpp"
#include "quartz/vector/filter.hpp"
#include "vector/payload_indexes.hpp"
#include "vector/slot_bounds.hpp"

namespace quartz::vector {

/// Which points a search has to look at.
struct FilterCandidates {
  /// Those that certainly match, and those that possibly do: no other one matches.
  SlotBounds slots;
  /// What a possible one that is not certain must still satisfy to match; asking certain ones as
  /// well does no harm. The filter that everything matches if the slots are exact.
  Filter residual;
};

/// A filter seen through the indexes of a collection: how many points match it, and which may.
/// Parts on fields without an index are only known to be true of some points; everything else about
/// the filter is kept correct around them, negations as well. Holds on to the filter, and to the
/// indexes, which must outlive it and know all points and no others. Threads: as those of the
/// indexes that may ask them.
class FilterPlan {
 public:
  /// Errors: the filter's own (`Filter::validate`).
  static Result<FilterPlan> make(Filter filter, const PayloadIndexes& indexes);

  /// How many of the points match, without finding one. What is expected takes conditions for
  /// independent of each other, and for fields without an index what such conditions select as a
  /// rule. Cost: about 1 us a condition.
  SlotEstimate estimate(std::uint64_t point_count) const;

  /// Those of `points`, all that there are, that may match. Cost: linear in the slots that
  /// the conditions select, some nanoseconds each; less where they are many and close.
  FilterCandidates candidates(const SlotBitmap& points) const;

  const Filter& filter() const noexcept { return filter_; }

 private:
  FilterPlan(Filter filter, const PayloadIndexes& indexes)
      : filter_(std::move(filter)), indexes_(&indexes) {}

  Filter filter_;
  const PayloadIndexes* indexes_;
};

}  // namespace quartz::vector
