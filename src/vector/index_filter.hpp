#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "quartz/result.hpp"
#include "quartz/vector/filter.hpp"
#include "vector/filter_evaluator.hpp"
#include "vector/filter_plan.hpp"
#include "vector/filter_strategy.hpp"
#include "vector/slot_bits.hpp"
#include "vector/vector_index.hpp"

namespace quartz::vector {

/// A filter made ready for one search in an index: how to search, and which slots may be found.
/// Kept from one search to the next for its memory. Threads: one at a time.
class IndexFilter {
 public:
  /// Asks the indexes of payloads, and chooses how a search for `k` points that would keep
  /// `pool_size` candidates without a filter should go. Under an epoch guard, as long as which the
  /// answers are good. The index has its payloads in memory, or the filter asks about ids alone.
  /// Errors: the filter's own.
  Result<void> prepare(const VectorIndex& index, const Filter& filter, std::size_t k,
                       std::size_t pool_size);

  const FilterChoice& choice() const noexcept { return choice_; }
  /// "exact scan: 212 of 200000 points can match".
  std::string reason() const { return explain(choice_, situation_); }

  /// Points that can match; all others do not. Not for a post check.
  const SlotBits& possible() const noexcept { return possible_; }
  /// Whether the point of a slot matches.
  bool matches(Slot slot, const PointEntry& entry) const {
    if (knows_possible_ && !possible_.contains(slot)) return false;
    return !residual_ || residual_->matches(entry.id(), entry.payload());
  }
  /// All points, where it was not worth while to find out which can match; else those that can. In
  /// ascending order.
  std::span<const Slot> slots_to_scan(const VectorIndex& index);

 private:
  Result<void> take_possible(const VectorIndex& index, const FilterCandidates& candidates,
                             const SlotEstimate& estimate);

  FilterSituation situation_;
  FilterChoice choice_;
  bool knows_possible_ = false;
  SlotBits possible_;
  std::vector<Slot> slots_;
  std::optional<FilterEvaluator> residual_;  // None: what is possible is certain.
};

}  // namespace quartz::vector
