#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "quartz/result.hpp"
#include "quartz/vector/filter_value.hpp"

namespace quartz::server {

/// An expression of VSIM's FILTER as it is written: a tree of operators over attributes and values.
struct SimilarityExpression {
  enum class Kind : std::uint8_t { value, list, attribute, operation };
  enum class Operator : std::uint8_t {
    logical_or,
    logical_and,
    equal,
    not_equal,
    less,
    less_or_equal,
    greater,
    greater_or_equal,
    in,
    add,
    subtract,
    multiply,
    divide,
    modulo,
    power,
    logical_not,
    negate,
  };

  Kind kind = Kind::value;
  FilterValue value = nullptr;           ///< Of a value. `true` and `false` are 1 and 0.
  std::vector<FilterValue> values = {};  ///< Of a list.
  std::string attribute = {};            ///< Its name, without the dot.
  Operator operation = Operator::logical_or;
  std::vector<std::unique_ptr<SimilarityExpression>> operands = {};  ///< One or two.
};

/// Operators bind as in Redis: `or`, `and`, comparisons and `in`, `+ -`, `* / %`, `**`, and
/// tightest `not`. `invalid_argument` shows what is left where no sense can be made of it;
/// `too_large` past the limits of quartz/vector/filter_limits.hpp.
Result<std::unique_ptr<SimilarityExpression>> read_similarity_expression(std::string_view text);

}  // namespace quartz::server
