#include "vector/filter_leaf.hpp"

#include <bit>
#include <utility>

#include "base/check.hpp"

namespace quartz::vector {
namespace {

using Kind = PayloadValue::Kind;

template <class Outcomes, class Order>
bool holds(const Outcomes& outcomes, Order order) noexcept {
  return order < 0 ? outcomes.less : order > 0 ? outcomes.greater : outcomes.equal;
}

}  // namespace

Kind kind_of(const FilterValue& value) noexcept {
  if (value.is_null()) return Kind::null;
  if (value.is_text()) return Kind::text;
  return value.is_number() ? Kind::number : Kind::boolean;
}

protocol::Number number_of(const FilterValue& value) noexcept {
  struct Exact {
    protocol::Number operator()(std::int64_t number) const { return protocol::Number::of(number); }
    protocol::Number operator()(std::uint64_t number) const { return protocol::Number::of(number); }
    protocol::Number operator()(double number) const { return protocol::Number::of(number); }
    protocol::Number operator()(std::monostate) const { return {}; }
    protocol::Number operator()(bool) const { return {}; }
    protocol::Number operator()(const std::string&) const { return {}; }
  };
  return std::visit(Exact{}, value.variant());
}

std::size_t FilterLeaf::NumberHash::operator()(const protocol::Number& number) const noexcept {
  return multiply_fold(std::bit_cast<std::uint64_t>(number.nearest) ^ 0xBF58476D1CE4E5B9u,
                       static_cast<std::uint32_t>(number.rest) ^ 0x94D049BB133111EBu);
}

FilterLeaf::Outcomes FilterLeaf::outcomes_of(FilterRelation relation) noexcept {
  switch (relation) {
    case FilterRelation::equal:
      return {false, true, false};
    case FilterRelation::less:
      return {true, false, false};
    case FilterRelation::less_or_equal:
      return {true, true, false};
    case FilterRelation::greater:
      return {false, false, true};
    case FilterRelation::greater_or_equal:
      return {false, true, true};
    case FilterRelation::not_equal:
      break;
  }
  QUARTZ_CHECK(relation != FilterRelation::not_equal);
  return {false, false, false};
}

FilterLeaf FilterLeaf::comparison(FilterRelation relation, const FilterValue& value) {
  const Outcomes outcomes = outcomes_of(relation);
  switch (kind_of(value)) {
    case Kind::number:
      return FilterLeaf(NumberTest{number_of(value), outcomes});
    case Kind::text:
      return FilterLeaf(TextTest{std::get<std::string>(value.variant()), outcomes});
    case Kind::boolean:
      return FilterLeaf(TruthTest{std::get<bool>(value.variant())});
    case Kind::null:
      break;
  }
  return FilterLeaf(NullTest{});
}

FilterLeaf FilterLeaf::membership(const std::vector<FilterValue>& values) {
  SetTest set{};
  for (const FilterValue& value : values) {
    switch (kind_of(value)) {
      case Kind::number:
        set.numbers.insert(number_of(value));
        break;
      case Kind::text:
        set.texts.insert(std::get<std::string>(value.variant()));
        break;
      case Kind::boolean:
        set.truth[std::get<bool>(value.variant()) ? 1 : 0] = true;
        break;
      case Kind::null:
        set.null = true;
        break;
    }
  }
  return FilterLeaf(std::move(set));
}

FilterLeaf FilterLeaf::prefix(std::string prefix) {
  return FilterLeaf(PrefixTest{std::move(prefix)});
}

bool FilterLeaf::accepts(const PayloadValue& value) const noexcept {
  struct Ask {
    const PayloadValue& value;
    bool operator()(const NumberTest& test) const noexcept {
      return value.kind == Kind::number && holds(test.outcomes, value.number <=> test.number);
    }
    bool operator()(const TextTest& test) const noexcept {
      if (value.kind != Kind::text) return false;
      // Most texts differ in length already, which settles whether they are equal.
      if (!test.outcomes.less && !test.outcomes.greater) return value.text == test.text;
      return holds(test.outcomes, value.text.compare(test.text));
    }
    bool operator()(const NullTest&) const noexcept { return value.kind == Kind::null; }
    bool operator()(const TruthTest& test) const noexcept {
      return value.kind == Kind::boolean && value.truth == test.truth;
    }
    bool operator()(const SetTest& test) const noexcept {
      switch (value.kind) {
        case Kind::number:
          return test.numbers.contains(value.number);
        case Kind::text:
          return test.texts.contains(value.text);
        case Kind::boolean:
          return test.truth[value.truth ? 1 : 0];
        case Kind::null:
          break;
      }
      return test.null;
    }
    bool operator()(const PrefixTest& test) const noexcept {
      return value.kind == Kind::text && value.text.starts_with(test.prefix);
    }
  };
  return std::visit(Ask{value}, test_);
}

}  // namespace quartz::vector
