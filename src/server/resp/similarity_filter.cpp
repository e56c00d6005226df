#include "server/resp/similarity_filter.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/try.hpp"
#include "server/resp/similarity_expression.hpp"
#include "server/resp/words.hpp"

namespace quartz::server {
namespace {

using Expression = SimilarityExpression;
using Kind = Expression::Kind;
using Operator = Expression::Operator;

Error unsupported(std::string_view what) {
  return {Errc::invalid_argument, fmt::format("FILTER: {} is not supported", what)};
}

FilterField field_of(const std::string& attribute) {
  return FilterField(std::vector<std::string>{attribute});
}
Filter always() { return Filter("true"); }
Filter never() { return Filter("false"); }

std::optional<double> number_in(const FilterValue& value) {
  if (const auto* const integer = std::get_if<std::int64_t>(&value.variant())) {
    return static_cast<double>(*integer);
  }
  if (const auto* const real = std::get_if<double>(&value.variant())) return *real;
  return std::nullopt;
}

/// An integer again if it is one that doubles tell from its neighbours.
FilterValue value_of(double number) {
  constexpr double kExact = 9007199254740992.0;  // 2^53
  if (number == std::floor(number) && std::abs(number) < kExact) {
    return static_cast<std::int64_t>(number);
  }
  return number;
}

/// What a comparison compares: a value, or `scale` times an attribute plus `offset`.
struct FilterOperand {
  FilterValue value = nullptr;
  std::optional<std::string> attribute = {};
  double scale = 1;
  double offset = 0;

  bool is_plain() const noexcept { return scale == 1 && offset == 0; }
};

FilterRelation relation_of(Operator operation) noexcept {
  switch (operation) {
    case Operator::not_equal:
      return FilterRelation::not_equal;
    case Operator::less:
      return FilterRelation::less;
    case Operator::less_or_equal:
      return FilterRelation::less_or_equal;
    case Operator::greater:
      return FilterRelation::greater;
    case Operator::greater_or_equal:
      return FilterRelation::greater_or_equal;
    default:
      return FilterRelation::equal;
  }
}

// As seen from the other side.
FilterRelation turned(FilterRelation relation) noexcept {
  switch (relation) {
    case FilterRelation::less:
      return FilterRelation::greater;
    case FilterRelation::less_or_equal:
      return FilterRelation::greater_or_equal;
    case FilterRelation::greater:
      return FilterRelation::less;
    case FilterRelation::greater_or_equal:
      return FilterRelation::less_or_equal;
    default:
      return relation;
  }
}

bool is_order(FilterRelation relation) noexcept {
  return relation != FilterRelation::equal && relation != FilterRelation::not_equal;
}

template <class Value>
bool holds(FilterRelation relation, const Value& a, const Value& b) {
  switch (relation) {
    case FilterRelation::equal:
      return a == b;
    case FilterRelation::not_equal:
      return a != b;
    case FilterRelation::less:
      return a < b;
    case FilterRelation::less_or_equal:
      return a <= b;
    case FilterRelation::greater:
      return a > b;
    case FilterRelation::greater_or_equal:
      return a >= b;
  }
  return false;
}

// A truth value of JSON is the number 1 or 0 in an expression.
std::vector<FilterValue> equals_of(const FilterValue& value) {
  const auto number = number_in(value);
  if (number == 1) return {value, true};
  if (number == 0) return {value, false};
  return {value};
}

Filter equal_to_one_of(const std::string& attribute, const std::vector<FilterValue>& values) {
  std::vector<FilterValue> equals;
  for (const FilterValue& value : values)
    std::ranges::move(equals_of(value), std::back_inserter(equals));
  if (equals.size() == 1) return field_of(attribute) == equals[0];
  return field_of(attribute).in(std::span<const FilterValue>(equals));
}

Filter compared(const std::string& attribute, FilterRelation relation, const FilterValue& value) {
  const FilterField field = field_of(attribute);
  switch (relation) {
    case FilterRelation::equal:
      return equal_to_one_of(attribute, {value});
    case FilterRelation::not_equal:
      return !equal_to_one_of(attribute, {value});
    case FilterRelation::less:
      return field < value;
    case FilterRelation::less_or_equal:
      return field <= value;
    case FilterRelation::greater:
      return field > value;
    case FilterRelation::greater_or_equal:
      return field >= value;
  }
  return never();
}

bool is_true(const FilterValue& value) {
  if (const auto number = number_in(value)) return *number != 0;
  if (const auto* const text = std::get_if<std::string>(&value.variant())) return !text->empty();
  return false;
}

/// Turns an expression into a filter, and notes which attributes it names.
class Translator {
 public:
  Result<Filter> condition(const Expression& expression) {
    switch (expression.kind) {
      case Kind::value:
        return is_true(expression.value) ? always() : never();
      case Kind::list:
        return unsupported("a list as a condition");
      case Kind::attribute:
        note(expression.attribute);
        return !field_of(expression.attribute).in({FilterValue(false), 0, "", nullptr});
      case Kind::operation:
        break;
    }
    return condition_of_operation(expression);
  }

  const std::set<std::string>& attributes() const noexcept { return attributes_; }

 private:
  Result<Filter> condition_of_operation(const Expression& expression) {
    switch (expression.operation) {
      case Operator::logical_or:
      case Operator::logical_and: {
        QUARTZ_ASSIGN(Filter left, condition(*expression.operands[0]));
        QUARTZ_ASSIGN(Filter right, condition(*expression.operands[1]));
        return expression.operation == Operator::logical_or ? left || right : left && right;
      }
      case Operator::logical_not: {
        QUARTZ_ASSIGN(Filter operand, condition(*expression.operands[0]));
        return !operand;
      }
      case Operator::equal:
      case Operator::not_equal:
      case Operator::less:
      case Operator::less_or_equal:
      case Operator::greater:
      case Operator::greater_or_equal:
        return comparison(expression);
      case Operator::in:
        return membership(*expression.operands[0], *expression.operands[1]);
      default: {
        QUARTZ_ASSIGN(const FilterOperand number, operand(expression));
        return related(number, FilterRelation::not_equal, {.value = 0});
      }
    }
  }

  Result<Filter> comparison(const Expression& expression) {
    QUARTZ_ASSIGN(const FilterOperand left, operand(*expression.operands[0]));
    QUARTZ_ASSIGN(const FilterOperand right, operand(*expression.operands[1]));
    const FilterRelation relation = relation_of(expression.operation);
    if (left.attribute && right.attribute) return unsupported("a comparison of two attributes");
    if (right.attribute) return related(right, turned(relation), left);
    return related(left, relation, right);
  }

  Result<Filter> related(const FilterOperand& left, FilterRelation relation,
                         const FilterOperand& right) {
    FilterValue value = right.value;
    if (is_order(relation) || (left.attribute && !left.is_plain())) {
      QUARTZ_ASSIGN(const double number, ordered_number(value));
      if (!left.attribute) {
        QUARTZ_ASSIGN(const double other, ordered_number(left.value));
        return holds(relation, other, number) ? always() : never();
      }
      if (!left.is_plain()) {
        value = value_of((number - left.offset) / left.scale);
        if (left.scale < 0) relation = turned(relation);
      } else if (!number_in(value)) {
        value = value_of(number);
      }
    }
    if (!left.attribute) return related_values(left.value, relation, value);
    return compared(*left.attribute, relation, value);
  }

  static Result<Filter> related_values(const FilterValue& left, FilterRelation relation,
                                       const FilterValue& right) {
    const auto a = number_in(left);
    const auto b = number_in(right);
    const bool equal = a && b ? *a == *b : left == right;
    return equal == (relation == FilterRelation::equal) ? always() : never();
  }

  // Texts have an order only as the numbers that they may be.
  static Result<double> ordered_number(const FilterValue& value) {
    if (const auto number = number_in(value)) return *number;
    if (const auto* const text = std::get_if<std::string>(&value.variant())) {
      if (const auto number = to_real(*text); number && std::isfinite(*number)) return *number;
    }
    return unsupported("an order among other things than numbers");
  }

  Result<Filter> membership(const Expression& one, const Expression& many) {
    if (many.kind == Kind::attribute && one.kind == Kind::value) {
      note(many.attribute);
      return equal_to_one_of(many.attribute, {one.value});
    }
    if (many.kind == Kind::list && one.kind == Kind::attribute) {
      note(one.attribute);
      return many.values.empty() ? never() : equal_to_one_of(one.attribute, many.values);
    }
    if (many.kind == Kind::list && one.kind == Kind::value) {
      for (const FilterValue& value : many.values) {
        QUARTZ_ASSIGN(const Filter equal, related_values(one.value, FilterRelation::equal, value));
        if (equal == always()) return always();
      }
      return never();
    }
    return unsupported("'in' between anything but a value and a list or attribute");
  }

  Result<FilterOperand> operand(const Expression& expression) {
    switch (expression.kind) {
      case Kind::value:
        return FilterOperand{.value = expression.value};
      case Kind::list:
        return unsupported("a comparison with a list");
      case Kind::attribute:
        note(expression.attribute);
        return FilterOperand{.attribute = expression.attribute};
      case Kind::operation:
        break;
    }
    if (expression.operation == Operator::negate) {
      QUARTZ_ASSIGN(const FilterOperand negated, operand(*expression.operands[0]));
      return scaled(negated, -1);
    }
    if (expression.operation < Operator::add || expression.operation > Operator::power) {
      return unsupported(
          "a comparison of a condition ('not' binds tighter than '==': put what it "
          "negates into parentheses)");
    }
    QUARTZ_ASSIGN(const FilterOperand left, operand(*expression.operands[0]));
    QUARTZ_ASSIGN(const FilterOperand right, operand(*expression.operands[1]));
    return calculated(left, expression.operation, right);
  }

  static Result<FilterOperand> scaled(const FilterOperand& operand, double factor) {
    if (operand.attribute) {
      if (factor == 0 || !std::isfinite(factor)) {
        return unsupported("a multiple of an attribute by this number");
      }
      return FilterOperand{.attribute = operand.attribute,
                           .scale = operand.scale * factor,
                           .offset = operand.offset * factor};
    }
    QUARTZ_ASSIGN(const double number, ordered_number(operand.value));
    return FilterOperand{.value = value_of(number * factor)};
  }

  static Result<FilterOperand> shifted(const FilterOperand& operand, double by) {
    FilterOperand moved = operand;
    moved.offset += by;
    return moved;
  }

  static Result<FilterOperand> calculated(const FilterOperand& left, Operator operation,
                                          const FilterOperand& right) {
    if (left.attribute && right.attribute) return unsupported("arithmetic between attributes");
    if (!left.attribute && !right.attribute) return constant(left, operation, right);
    const FilterOperand& linear = left.attribute ? left : right;
    QUARTZ_ASSIGN(const double number, ordered_number(left.attribute ? right.value : left.value));
    if (operation == Operator::add) return shifted(linear, number);
    if (operation == Operator::multiply) return scaled(linear, number);
    if (operation == Operator::subtract) {
      if (left.attribute) return shifted(linear, -number);
      QUARTZ_ASSIGN(const FilterOperand negated, scaled(linear, -1));
      return shifted(negated, number);
    }
    if (operation == Operator::divide && left.attribute) return scaled(linear, 1 / number);
    return unsupported("'%', '**' or a division by an attribute");
  }

  static Result<FilterOperand> constant(const FilterOperand& left, Operator operation,
                                        const FilterOperand& right) {
    QUARTZ_ASSIGN(const double a, ordered_number(left.value));
    QUARTZ_ASSIGN(const double b, ordered_number(right.value));
    double number = 0;
    switch (operation) {
      case Operator::add:
        number = a + b;
        break;
      case Operator::subtract:
        number = a - b;
        break;
      case Operator::multiply:
        number = a * b;
        break;
      case Operator::divide:
        number = a / b;
        break;
      case Operator::modulo:
        number = std::fmod(a, b);
        break;
      default:
        number = std::pow(a, b);
    }
    if (!std::isfinite(number)) return unsupported("arithmetic that ends in no number");
    return FilterOperand{.value = value_of(number)};
  }

  void note(const std::string& attribute) { attributes_.insert(attribute); }

  std::set<std::string> attributes_;
};

}  // namespace

Result<Filter> similarity_filter(std::string_view expression) {
  QUARTZ_ASSIGN(const std::unique_ptr<Expression> tree, read_similarity_expression(expression));
  Translator translator;
  QUARTZ_ASSIGN(Filter filter, translator.condition(*tree));
  std::vector<Filter> all;
  for (const std::string& attribute : translator.attributes()) {
    all.push_back(field_of(attribute).exists());
  }
  all.push_back(std::move(filter));
  Filter whole = Filter::all_of(all);
  QUARTZ_TRY(whole.validate());
  return whole;
}

}  // namespace quartz::server
