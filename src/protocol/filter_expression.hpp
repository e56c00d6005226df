#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "quartz/error.hpp"
#include "quartz/vector/filter_relation.hpp"
#include "quartz/vector/filter_value.hpp"

// The tree of a filter. It is immutable and shared; what makes it keeps it within the limits of
// quartz/vector/filter_limits.hpp, so that whoever walks it may recurse. What would go past them
// becomes an `InvalidFilter`, which then takes the place of everything that is made of it.

namespace quartz::protocol {

/// What a comparison is about: a field of the payload, by the names on the way to it from the
/// outside in, or the point's id, which has no names.
struct FilterPath {
  std::vector<std::string> names;

  static FilterPath id() { return {}; }
  bool is_id() const noexcept { return names.empty(); }
  bool operator==(const FilterPath&) const = default;
  auto operator<=>(const FilterPath&) const = default;
};

struct FilterExpression;
using FilterNode = std::shared_ptr<const FilterExpression>;

/// True or false for every point.
struct ConstantFilter {
  bool value = true;
  bool operator==(const ConstantFilter&) const = default;
};
/// `path relation value`. Null and truth values are only equal or not equal.
struct ComparisonFilter {
  FilterPath path;
  FilterRelation relation = FilterRelation::equal;
  FilterValue value;
  bool operator==(const ComparisonFilter&) const = default;
};
/// `path in [values]`: equal to one of them.
struct MembershipFilter {
  FilterPath path;
  std::vector<FilterValue> values;
  bool operator==(const MembershipFilter&) const = default;
};
/// `exists(path)`; never the id.
struct ExistenceFilter {
  FilterPath path;
  bool operator==(const ExistenceFilter&) const = default;
};
/// `path starts_with prefix`, byte by byte.
struct PrefixFilter {
  FilterPath path;
  std::string prefix;
  bool operator==(const PrefixFilter&) const = default;
};
/// All of at least two operands, none of which is a conjunction itself.
struct ConjunctionFilter {
  std::vector<FilterNode> operands;
};
/// One of at least two operands, none of which is a disjunction itself.
struct DisjunctionFilter {
  std::vector<FilterNode> operands;
};
struct NegationFilter {
  FilterNode operand;
};
/// A mistake that a call without a result remembers until the filter is used.
struct InvalidFilter {
  Error error;
};

struct FilterExpression {
  std::variant<ConstantFilter, ComparisonFilter, MembershipFilter, ExistenceFilter, PrefixFilter,
               ConjunctionFilter, DisjunctionFilter, NegationFilter, InvalidFilter>
      form;
  std::size_t depth = 0;        // Parentheses and `not` around the deepest comparison.
  std::size_t comparisons = 0;  // Those without operands, constants among them.

  bool is_invalid() const noexcept { return std::holds_alternative<InvalidFilter>(form); }
};

/// The same tree, whoever made it.
bool equal(const FilterExpression& a, const FilterExpression& b) noexcept;

FilterNode make_constant(bool value);
FilterNode make_comparison(FilterPath path, FilterRelation relation, FilterValue value);
FilterNode make_membership(FilterPath path, std::vector<FilterValue> values);
FilterNode make_existence(FilterPath path);
FilterNode make_prefix(FilterPath path, std::string prefix);
/// Operands that are conjunctions give their operands instead; of none it is true, of one that one.
FilterNode make_conjunction(const std::vector<FilterNode>& operands);
/// Operands that are disjunctions give their operands instead; of none it is false, of one that
/// one.
FilterNode make_disjunction(const std::vector<FilterNode>& operands);
FilterNode make_negation(FilterNode operand);
FilterNode make_invalid(Error error);

}  // namespace quartz::protocol
