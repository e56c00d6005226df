#include "vector/payload_index.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <variant>

namespace quartz::vector {

namespace {

// One in so many of the slots that may satisfy a condition beside those that do is taken to do so.
constexpr std::uint64_t kUncertainPerMatch = 3;

// The order does not matter, only that equal values come together.
bool comes_before(const ValueQuestion& a, const ValueQuestion& b) noexcept {
  return std::tie(a.value.kind, a.value.truth, a.value.number, a.value.text) <
         std::tie(b.value.kind, b.value.truth, b.value.number, b.value.text);
}

// A list may name a value twice, also as 1 and 1.0, which would count its slots twice.
void make_distinct(std::vector<ValueQuestion>& equalities) {
  std::ranges::sort(equalities, comes_before);
  const auto rest = std::ranges::unique(equalities, [](const auto& a, const auto& b) {
    return !comes_before(a, b) && !comes_before(b, a);
  });
  equalities.erase(rest.begin(), rest.end());
}

}  // namespace

PayloadIndex::PayloadIndex(PayloadIndexKind kind)
    : kind_(kind), values_(PayloadIndexValues::make(kind)) {}

void PayloadIndex::add_value(Slot slot, const PayloadValue& value) {
  if (value.kind == PayloadValue::Kind::null) {
    nulls_.add(slot);
  } else if (value.kind != values_->type()) {
    foreign_.add(slot);
  } else if (!values_->holds(value)) {
    unheld_.add(slot);
  } else if (values_->add(value, slot)) {
    ++changed_values_;
  }
}

void PayloadIndex::remove_value(Slot slot, const PayloadValue& value) {
  if (value.kind == PayloadValue::Kind::null) {
    nulls_.remove(slot);
  } else if (value.kind != values_->type()) {
    foreign_.remove(slot);
  } else if (!values_->holds(value)) {
    unheld_.remove(slot);
  } else if (values_->remove(value, slot)) {
    ++changed_values_;
  }
}

void PayloadIndex::end_add() noexcept {
  if (changed_values_ > 1) repeated_values_ += changed_values_ - 1;
  changed_values_ = 0;
}

void PayloadIndex::end_remove() noexcept {
  if (changed_values_ > 1) repeated_values_ -= changed_values_ - 1;
  changed_values_ = 0;
}

PayloadIndex::Questions PayloadIndex::questions_of(const protocol::FilterExpression& condition) {
  Questions questions;
  const auto ask = [&](FilterRelation relation, const FilterValue& value) {
    if (value.is_null()) {
      questions.null = true;
    } else {
      questions.asked.push_back(ValueQuestion::relation(relation, value));
    }
  };
  if (const auto* comparison = std::get_if<protocol::ComparisonFilter>(&condition.form)) {
    ask(comparison->relation, comparison->value);
    questions.negated = comparison->relation == FilterRelation::not_equal;
  } else if (const auto* membership = std::get_if<protocol::MembershipFilter>(&condition.form)) {
    for (const FilterValue& value : membership->values) ask(FilterRelation::equal, value);
    make_distinct(questions.asked);
  } else if (const auto* prefix = std::get_if<protocol::PrefixFilter>(&condition.form)) {
    questions.asked.push_back(ValueQuestion::prefix(prefix->prefix));
  } else {
    questions.exists = true;
  }
  return questions;
}

SlotBounds PayloadIndex::find(const protocol::FilterExpression& condition,
                              const SlotBitmap& all) const {
  const Questions questions = questions_of(condition);
  SlotBounds bounds = bounds_of(questions, all);
  return questions.negated ? bounds.negated(all) : bounds;
}

SlotBounds PayloadIndex::bounds_of(const Questions& questions, const SlotBitmap& all) const {
  if (questions.exists) return SlotBounds::exactly(found_);
  SlotUnion yes;
  SlotUnion perhaps;
  bool own = false;
  bool foreign = false;
  bool unanswered = false;
  for (const ValueQuestion& question : questions.asked) {
    if (question.value.kind != values_->type()) {
      foreign = true;
    } else if (values_->collect(question, yes)) {
      own = true;
    } else {
      unanswered = true;
    }
  }
  if (foreign) perhaps.add(foreign_);
  if (own) perhaps.add(unheld_);
  if (unanswered) perhaps.add(found_);
  if (questions.null) {
    SlotBitmap missing = all;
    missing -= found_;
    yes.add(missing);
    yes.add(nulls_);
  }
  SlotBitmap certain = yes.take();
  SlotBitmap possible = perhaps.take();
  if (possible.empty()) return SlotBounds::exactly(std::move(certain));
  possible |= certain;
  return SlotBounds::between(std::move(certain), std::move(possible));
}

SlotEstimate PayloadIndex::estimate(const protocol::FilterExpression& condition,
                                    std::uint64_t all_count) const {
  const Questions questions = questions_of(condition);
  const SlotEstimate count = count_of(questions, all_count);
  if (!questions.negated) return count;
  return {all_count - count.at_most, all_count - count.expected, all_count - count.at_least};
}

SlotEstimate PayloadIndex::count_of(const Questions& questions, std::uint64_t all_count) const {
  const std::uint64_t found = std::min(found_.count(), all_count);
  if (questions.exists) return SlotEstimate::exactly(found);
  std::uint64_t sum = 0;        // Of the slots of each question.
  std::uint64_t distinct = 0;   // As many there are at least.
  std::uint64_t uncertain = 0;  // As many there may be beside.
  bool own = false;
  bool foreign = false;
  bool unanswered = false;
  for (const ValueQuestion& question : questions.asked) {
    if (question.value.kind != values_->type()) {
      foreign = true;
    } else if (const auto count = values_->count(question)) {
      own = true;
      sum += *count;
      // The slots of one value are distinct.
      if (question.kind == ValueQuestion::Kind::equal) distinct = std::max(distinct, *count);
    } else {
      unanswered = true;
    }
  }
  if (foreign) uncertain += foreign_.count();
  if (own) uncertain += unheld_.count();
  if (unanswered) uncertain += found;
  distinct = std::max(distinct, sum - std::min(sum, repeated_values_));
  SlotEstimate estimate;
  // Values of other types, and those of a list that one point has together, are rare.
  estimate.expected = sum + uncertain / kUncertainPerMatch;
  estimate.at_least = std::min(distinct, found);
  estimate.at_most = sum + uncertain;
  if (questions.null) {
    const std::uint64_t nulls = nulls_.count();
    estimate.expected += nulls + (all_count - found);
    estimate.at_least = std::max(estimate.at_least, std::min(nulls, found)) + (all_count - found);
    estimate.at_most += nulls + (all_count - found);
  }
  estimate.at_most = std::min(estimate.at_most, questions.null ? all_count : found);
  estimate.expected = std::clamp(estimate.expected, estimate.at_least, estimate.at_most);
  return estimate;
}

std::size_t PayloadIndex::bytes() const noexcept {
  return sizeof(*this) + values_->bytes() + found_.bytes() + nulls_.bytes() + unheld_.bytes() +
         foreign_.bytes();
}

}  // namespace quartz::vector
