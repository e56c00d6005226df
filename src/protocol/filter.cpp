#include "quartz/vector/filter.hpp"

#include "protocol/filter_expression.hpp"
#include "protocol/filter_parser.hpp"
#include "protocol/filter_printer.hpp"

namespace quartz {
namespace {

using protocol::FilterNode;
using protocol::FilterPath;

// What a filter without an expression stands for.
const FilterNode& every_point() {
  static const FilterNode node = protocol::make_constant(true);
  return node;
}

std::vector<FilterNode> nodes_of(const std::vector<Filter>& filters) {
  std::vector<FilterNode> nodes;
  nodes.reserve(filters.size());
  for (const Filter& filter : filters) nodes.push_back(filter.expression());
  return nodes;
}

FilterNode parsed(std::string_view text) {
  auto node = protocol::parse_filter(text);
  return node ? *std::move(node) : protocol::make_invalid(std::move(node).error());
}

std::vector<std::string> split_at_dots(std::string_view path) {
  std::vector<std::string> names;
  while (true) {
    const auto dot = path.find('.');
    names.emplace_back(path.substr(0, dot));
    if (dot == std::string_view::npos) return names;
    path.remove_prefix(dot + 1);
  }
}

}  // namespace

std::string FilterValue::to_string() const { return protocol::print_filter_value(*this); }

Filter::Filter(std::string_view text) : expression_(parsed(text)) {}

Filter::Filter(std::shared_ptr<const protocol::FilterExpression> expression) noexcept
    : expression_(std::move(expression)) {}

Result<Filter> Filter::parse(std::string_view text) {
  return protocol::parse_filter(text).transform(
      [](FilterNode node) { return Filter(std::move(node)); });
}

Filter Filter::all_of(const std::vector<Filter>& filters) {
  return Filter(protocol::make_conjunction(nodes_of(filters)));
}

Filter Filter::any_of(const std::vector<Filter>& filters) {
  return Filter(protocol::make_disjunction(nodes_of(filters)));
}

Filter Filter::negated() const { return Filter(protocol::make_negation(expression())); }

Result<void> Filter::validate() const {
  const auto* const invalid = std::get_if<protocol::InvalidFilter>(&expression()->form);
  if (invalid != nullptr) return invalid->error;
  return {};
}

std::string Filter::to_string() const { return protocol::print_filter(*expression()); }

bool Filter::equals(const Filter& other) const noexcept {
  return protocol::equal(*expression(), *other.expression());
}

const FilterNode& Filter::expression() const noexcept {
  return expression_ != nullptr ? expression_ : every_point();
}

FilterField::FilterField(std::vector<std::string> names)
    : path_(std::make_shared<const FilterPath>(FilterPath{std::move(names)})) {}

Filter FilterField::compared(FilterRelation relation, const FilterValue& value) const {
  return Filter(protocol::make_comparison(*path_, relation, value));
}

Filter FilterField::one_of(std::vector<FilterValue> values) const {
  return Filter(protocol::make_membership(*path_, std::move(values)));
}

Filter FilterField::starts_with(std::string_view prefix) const {
  return Filter(protocol::make_prefix(*path_, std::string(prefix)));
}

Filter FilterField::exists() const { return Filter(protocol::make_existence(*path_)); }

FilterField field(std::string_view path) { return FilterField(split_at_dots(path)); }

FilterField field(std::initializer_list<std::string_view> names) {
  return FilterField(std::vector<std::string>(names.begin(), names.end()));
}

FilterField id() { return FilterField({}); }

}  // namespace quartz
