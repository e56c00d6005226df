#include "protocol/filter_expression.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "quartz/vector/filter_limits.hpp"

namespace quartz::protocol {
namespace {

Error mistake(std::string_view message) {
  return Error{Errc::invalid_argument, fmt::format("filter: {}", message)};
}

template <class Form>
FilterNode make_leaf(Form form) {
  return std::make_shared<const FilterExpression>(FilterExpression{std::move(form), 0, 1});
}

bool is_compound(const FilterExpression& expression) noexcept {
  return std::holds_alternative<ConjunctionFilter>(expression.form) ||
         std::holds_alternative<DisjunctionFilter>(expression.form);
}

FilterNode within_limits(FilterExpression expression) {
  if (expression.depth > kFilterDepthMax) {
    return make_invalid(
        Error{Errc::too_large, fmt::format("filter: nested more than {} deep", kFilterDepthMax)});
  }
  if (expression.comparisons > kFilterComparisonsMax) {
    return make_invalid(Error{
        Errc::too_large, fmt::format("filter: more than {} comparisons", kFilterComparisonsMax)});
  }
  return std::make_shared<const FilterExpression>(std::move(expression));
}

// What is wrong with comparing `path` to `value` in any way.
std::optional<Error> mistake_in(const FilterPath& path, const FilterValue& value) {
  if (const double* number = std::get_if<double>(&value.variant());
      number != nullptr && !std::isfinite(*number)) {
    return mistake("a comparison with a number that is infinite or none at all");
  }
  if (path.is_id() && !value.is_text()) {
    return mistake(fmt::format("the point's id is text and never {}", value.to_string()));
  }
  return std::nullopt;
}

bool orders(FilterRelation relation) noexcept {
  return relation != FilterRelation::equal && relation != FilterRelation::not_equal;
}

// Operands of the same kind dissolve, so that a chain is flat however it was put together.
template <class Form>
std::vector<FilterNode> flattened(const std::vector<FilterNode>& operands) {
  std::vector<FilterNode> flat;
  flat.reserve(operands.size());
  for (const FilterNode& operand : operands) {
    if (const auto* same = std::get_if<Form>(&operand->form)) {
      flat.insert(flat.end(), same->operands.begin(), same->operands.end());
    } else {
      flat.push_back(operand);
    }
  }
  return flat;
}

template <class Form>
FilterNode make_compound(const std::vector<FilterNode>& operands, bool of_none) {
  std::vector<FilterNode> flat = flattened<Form>(operands);
  for (const FilterNode& operand : flat) {
    if (operand->is_invalid()) return operand;
  }
  if (flat.empty()) return make_constant(of_none);
  if (flat.size() == 1) return flat.front();
  FilterExpression expression{Form{}, 0, 0};
  for (const FilterNode& operand : flat) {
    // Only a disjunction within a conjunction is written in parentheses.
    const bool parentheses = std::is_same_v<Form, ConjunctionFilter> && is_compound(*operand);
    expression.depth = std::max(expression.depth, operand->depth + (parentheses ? 1 : 0));
    expression.comparisons += operand->comparisons;
  }
  std::get<Form>(expression.form).operands = std::move(flat);
  return within_limits(std::move(expression));
}

// Equality of forms; those of operands compare what these point to.
struct EqualForms {
  template <class Form>
  bool operator()(const Form& a, const Form& b) const noexcept {
    return a == b;
  }
  template <class A, class B>
    requires(!std::is_same_v<A, B>)
  bool operator()(const A&, const B&) const noexcept {
    return false;
  }
  bool operator()(const ConjunctionFilter& a, const ConjunctionFilter& b) const noexcept {
    return equal_operands(a.operands, b.operands);
  }
  bool operator()(const DisjunctionFilter& a, const DisjunctionFilter& b) const noexcept {
    return equal_operands(a.operands, b.operands);
  }
  bool operator()(const NegationFilter& a, const NegationFilter& b) const noexcept {
    return equal(*a.operand, *b.operand);
  }
  bool operator()(const InvalidFilter& a, const InvalidFilter& b) const noexcept {
    return a.error.code() == b.error.code() && a.error.message() == b.error.message();
  }

  static bool equal_operands(const std::vector<FilterNode>& a,
                             const std::vector<FilterNode>& b) noexcept {
    return std::ranges::equal(
        a, b, [](const FilterNode& x, const FilterNode& y) { return equal(*x, *y); });
  }
};

}  // namespace

bool equal(const FilterExpression& a, const FilterExpression& b) noexcept {
  return &a == &b || std::visit(EqualForms{}, a.form, b.form);
}

FilterNode make_constant(bool value) { return make_leaf(ConstantFilter{value}); }

FilterNode make_comparison(FilterPath path, FilterRelation relation, FilterValue value) {
  if (auto error = mistake_in(path, value)) return make_invalid(*std::move(error));
  if (orders(relation) && !value.is_number() && !value.is_text()) {
    return make_invalid(mistake(
        fmt::format("only numbers and texts have an order, {} has none", value.to_string())));
  }
  return make_leaf(ComparisonFilter{std::move(path), relation, std::move(value)});
}

FilterNode make_membership(FilterPath path, std::vector<FilterValue> values) {
  if (values.size() > kFilterListValuesMax) {
    return make_invalid(Error{Errc::too_large, fmt::format("filter: an 'in' lists {} values, and "
                                                           "at most {} are allowed",
                                                           values.size(), kFilterListValuesMax)});
  }
  for (const FilterValue& value : values) {
    if (auto error = mistake_in(path, value)) return make_invalid(*std::move(error));
  }
  return make_leaf(MembershipFilter{std::move(path), std::move(values)});
}

FilterNode make_existence(FilterPath path) {
  if (path.is_id()) return make_invalid(mistake("every point has an id"));
  return make_leaf(ExistenceFilter{std::move(path)});
}

FilterNode make_prefix(FilterPath path, std::string prefix) {
  return make_leaf(PrefixFilter{std::move(path), std::move(prefix)});
}

FilterNode make_conjunction(const std::vector<FilterNode>& operands) {
  return make_compound<ConjunctionFilter>(operands, true);
}

FilterNode make_disjunction(const std::vector<FilterNode>& operands) {
  return make_compound<DisjunctionFilter>(operands, false);
}

FilterNode make_negation(FilterNode operand) {
  if (operand->is_invalid()) return operand;
  FilterExpression expression{NegationFilter{}, 0, operand->comparisons};
  expression.depth = operand->depth + (is_compound(*operand) ? 2 : 1);
  std::get<NegationFilter>(expression.form).operand = std::move(operand);
  return within_limits(std::move(expression));
}

FilterNode make_invalid(Error error) {
  return std::make_shared<const FilterExpression>(
      FilterExpression{InvalidFilter{std::move(error)}, 0, 0});
}

}  // namespace quartz::protocol
