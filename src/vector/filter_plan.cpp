#include "vector/filter_plan.hpp"

#include <algorithm>
#include <cmath>
#include <variant>
#include <vector>

#include "base/try.hpp"

namespace quartz::vector {
namespace {

using protocol::FilterExpression;
using protocol::FilterNode;
using protocol::FilterPath;

// What a condition without an index selects as a rule: one in so many of the points.
constexpr std::uint64_t kPointsPerEquality = 20;
constexpr std::uint64_t kPointsPerRange = 3;
constexpr std::uint64_t kPointsPerPrefix = 10;
constexpr std::uint64_t kPointsPerExistence = 2;

struct PathOf {
  template <class Form>
  const FilterPath* operator()(const Form& filter) const noexcept {
    if constexpr (requires { filter.path; }) {
      return &filter.path;
    } else {
      return nullptr;
    }
  }
};
// The path of a condition without operands; null for a constant and for those with operands.
const FilterPath* path_of(const FilterExpression& condition) noexcept {
  return std::visit(PathOf{}, condition.form);
}

std::uint64_t usual_count(const FilterExpression& condition, std::uint64_t points) noexcept {
  if (const auto* comparison = std::get_if<protocol::ComparisonFilter>(&condition.form)) {
    const std::uint64_t equal = points / kPointsPerEquality;
    if (comparison->relation == FilterRelation::equal) return equal;
    if (comparison->relation == FilterRelation::not_equal) return points - equal;
    return points / kPointsPerRange;
  }
  if (const auto* membership = std::get_if<protocol::MembershipFilter>(&condition.form)) {
    return std::min(points, points / kPointsPerEquality * membership->values.size());
  }
  if (std::holds_alternative<protocol::PrefixFilter>(condition.form)) {
    return points / kPointsPerPrefix;
  }
  return points / kPointsPerExistence;
}

// Counts without slots.
class Estimator {
 public:
  Estimator(const PayloadIndexes& indexes, std::uint64_t points)
      : indexes_(indexes), points_(points) {}

  SlotEstimate of(const FilterExpression& filter) const {
    if (const auto* constant = std::get_if<protocol::ConstantFilter>(&filter.form)) {
      return SlotEstimate::exactly(constant->value ? points_ : 0);
    }
    if (const auto* both = std::get_if<protocol::ConjunctionFilter>(&filter.form)) {
      return conjunction(both->operands);
    }
    if (const auto* either = std::get_if<protocol::DisjunctionFilter>(&filter.form)) {
      return disjunction(either->operands);
    }
    if (const auto* negation = std::get_if<protocol::NegationFilter>(&filter.form)) {
      return negated(of(*negation->operand));
    }
    const FilterPath* const path = path_of(filter);
    const PayloadIndex* const index = path == nullptr ? nullptr : indexes_.find(*path);
    if (index != nullptr) return index->estimate(filter, points_);
    return {0, usual_count(filter, points_), points_};
  }

 private:
  SlotEstimate negated(const SlotEstimate& count) const {
    return {points_ - count.at_most, points_ - count.expected, points_ - count.at_least};
  }

  SlotEstimate conjunction(const std::vector<FilterNode>& operands) const {
    return of_all(operands, [](const SlotEstimate& one) { return one; });
  }

  // As many points satisfy one of the operands as do not satisfy the negation of each.
  SlotEstimate disjunction(const std::vector<FilterNode>& operands) const {
    return negated(of_all(operands, [this](const SlotEstimate& one) { return negated(one); }));
  }

  template <class Change>
  SlotEstimate of_all(const std::vector<FilterNode>& operands, Change change) const {
    SlotEstimate all = SlotEstimate::exactly(points_);
    if (points_ == 0) return all;
    const auto points = static_cast<double>(points_);
    double expected = points;
    for (const FilterNode& operand : operands) {
      const SlotEstimate one = change(of(*operand));
      // However little two sets have in common: together they are no more than all points.
      const std::uint64_t missed = points_ - one.at_least;
      all.at_least -= std::min(all.at_least, missed);
      all.at_most = std::min(all.at_most, one.at_most);
      expected *= static_cast<double>(one.expected) / points;
    }
    all.expected =
        std::clamp(static_cast<std::uint64_t>(std::llround(expected)), all.at_least, all.at_most);
    return all;
  }

  const PayloadIndexes& indexes_;
  std::uint64_t points_;
};

// Slots, and beside them what they leave open.
class Finder {
 public:
  struct Found {
    SlotBounds slots;
    FilterNode residual;  // Null if the slots are exact.
  };

  Finder(const PayloadIndexes& indexes, const SlotBitmap& points)
      : indexes_(indexes), points_(points) {}

  Found find(const FilterNode& filter) const {
    if (const auto* both = std::get_if<protocol::ConjunctionFilter>(&filter->form)) {
      return conjunction(both->operands);
    }
    SlotBounds slots = bounds_of(*filter);
    const bool exact = slots.is_exact();
    return {std::move(slots), exact ? nullptr : filter};
  }

 private:
  // Of a conjunction only the operands that are not exact are left: a slot that possibly satisfies
  // all certainly satisfies the others.
  Found conjunction(const std::vector<FilterNode>& operands) const {
    Found all;
    std::vector<FilterNode> residuals;
    for (const FilterNode& operand : operands) {
      Found one = find(operand);
      if (&operand == &operands.front()) {
        all.slots = std::move(one.slots);
      } else {
        all.slots &= one.slots;
      }
      if (one.residual != nullptr) residuals.push_back(std::move(one.residual));
      // Where nothing is possible, nothing is open.
      if (all.slots.possible().empty()) return {};
    }
    if (!residuals.empty()) all.residual = protocol::make_conjunction(residuals);
    return all;
  }

  SlotBounds bounds_of(const FilterExpression& filter) const {
    if (const auto* constant = std::get_if<protocol::ConstantFilter>(&filter.form)) {
      return SlotBounds::exactly(constant->value ? points_ : SlotBitmap());
    }
    if (const auto* either = std::get_if<protocol::DisjunctionFilter>(&filter.form)) {
      SlotBounds any;
      for (const FilterNode& operand : either->operands) any |= find(operand).slots;
      return any;
    }
    if (const auto* negation = std::get_if<protocol::NegationFilter>(&filter.form)) {
      return find(negation->operand).slots.negated(points_);
    }
    const FilterPath* const path = path_of(filter);
    const PayloadIndex* const index = path == nullptr ? nullptr : indexes_.find(*path);
    if (index != nullptr) return index->find(filter, points_);
    return SlotBounds::between(SlotBitmap(), points_);
  }

  const PayloadIndexes& indexes_;
  const SlotBitmap& points_;
};

}  // namespace

Result<FilterPlan> FilterPlan::make(Filter filter, const PayloadIndexes& indexes) {
  QUARTZ_TRY(filter.validate());
  return FilterPlan(std::move(filter), indexes);
}

SlotEstimate FilterPlan::estimate(std::uint64_t point_count) const {
  return Estimator(*indexes_, point_count).of(*filter_.expression());
}

FilterCandidates FilterPlan::candidates(const SlotBitmap& points) const {
  auto found = Finder(*indexes_, points).find(filter_.expression());
  if (found.residual == nullptr) return {std::move(found.slots), Filter()};
  return {std::move(found.slots), Filter(std::move(found.residual))};
}

}  // namespace quartz::vector
