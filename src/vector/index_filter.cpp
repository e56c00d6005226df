#include "vector/index_filter.hpp"

#include <algorithm>
#include <bit>
#include <optional>
#include <utility>

#include "base/try.hpp"

namespace quartz::vector {

Result<void> IndexFilter::prepare(const VectorIndex& index, const Filter& filter, std::size_t k,
                                  std::size_t pool_size) {
  knows_possible_ = false;
  residual_.reset();
  situation_ = {.points = index.states().live_count(),
                .k = k,
                .pool_size = pool_size,
                .m = index.config().m,
                .code_bytes = index.quantizer().code_bytes()};
  std::optional<SlotEstimate> estimate;
  std::optional<FilterCandidates> candidates;
  {
    // Writers wait for it, so that nothing is done in it but asking the indexes.
    SharedLock lock(index.payload_lock());
    QUARTZ_ASSIGN(const FilterPlan plan, FilterPlan::make(filter, index.payload_indexes()));
    estimate = plan.estimate(situation_.points);
    if (const auto early = choose_filter_strategy(situation_, *estimate)) {
      choice_ = *early;
    } else {
      candidates = plan.candidates(index.slots_with_point());
    }
  }
  if (candidates) return take_possible(index, *candidates, *estimate);
  situation_.possible = situation_.points;
  situation_.expected = std::min(estimate->expected, situation_.points);
  QUARTZ_ASSIGN(residual_, FilterEvaluator::compile(filter));
  return {};
}

Result<void> IndexFilter::take_possible(const VectorIndex& index,
                                        const FilterCandidates& candidates,
                                        const SlotEstimate& estimate) {
  // Removed ones may be among them, and are left out by whoever looks at the points.
  possible_.reset(index.states().end());
  possible_.add(candidates.slots.possible());
  knows_possible_ = true;
  situation_.possible = std::min(candidates.slots.possible().count(), situation_.points);
  situation_.expected = situation_.possible;
  if (!candidates.slots.is_exact()) {
    const std::uint64_t certain = std::min(candidates.slots.certain().count(), situation_.possible);
    situation_.expected = std::clamp(estimate.expected, certain, situation_.possible);
    QUARTZ_ASSIGN(residual_, FilterEvaluator::compile(candidates.residual));
  }
  choice_ = choose_filter_strategy(situation_);
  return {};
}

std::span<const Slot> IndexFilter::slots_to_scan(const VectorIndex& index) {
  slots_.clear();
  if (!knows_possible_) {
    SharedLock lock(index.payload_lock());
    slots_ = index.slots_with_point().to_vector();
    return slots_;
  }
  const auto words = possible_.words();
  for (std::size_t at = 0; at < words.size(); ++at) {
    for (std::uint64_t word = words[at]; word != 0; word &= word - 1) {
      slots_.push_back(
          static_cast<Slot>(at * 64 + static_cast<std::size_t>(std::countr_zero(word))));
    }
  }
  return slots_;
}

}  // namespace quartz::vector
