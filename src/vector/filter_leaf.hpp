#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

#include "base/hash.hpp"
#include "protocol/number.hpp"
#include "quartz/vector/filter_relation.hpp"
#include "quartz/vector/filter_value.hpp"
#include "vector/payload_fields.hpp"

namespace quartz::vector {

/// The kind of payload value that a value of a filter can be equal to.
PayloadValue::Kind kind_of(const FilterValue& value) noexcept;
/// A number of a filter in its exact form; the value must be one.
protocol::Number number_of(const FilterValue& value) noexcept;

/// One question about a value of a payload, made for asking it often. What makes a comparison true
/// is that the answer is yes for at least one of the values that its field leads to; `!=` is the
/// negation of `==`, and not a question of its own.
/// Threads: any number may ask at the same time.
class FilterLeaf {
 public:
  /// Is it related like this to `value`? Not for `not_equal`.
  static FilterLeaf comparison(FilterRelation relation, const FilterValue& value);
  /// Is it equal to one of `values`?
  static FilterLeaf membership(const std::vector<FilterValue>& values);
  /// Is it a text that begins with `prefix`?
  static FilterLeaf prefix(std::string prefix);

  bool accepts(const PayloadValue& value) const noexcept;

 private:
  struct NumberHash {
    std::size_t operator()(const protocol::Number& number) const noexcept;
  };
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return hash_key(text, 0); }
  };
  // Which outcomes of comparing the payload's value with the filter's make it true.
  struct Outcomes {
    bool less;
    bool equal;
    bool greater;
  };
  struct NumberTest {
    protocol::Number number;
    Outcomes outcomes;
  };
  struct TextTest {
    std::string text;
    Outcomes outcomes;
  };
  struct NullTest {};
  struct TruthTest {
    bool truth;
  };
  struct SetTest {
    std::unordered_set<std::string, TextHash, std::equal_to<>> texts;
    std::unordered_set<protocol::Number, NumberHash> numbers;
    bool null;
    std::array<bool, 2> truth;
  };
  struct PrefixTest {
    std::string prefix;
  };
  using Test = std::variant<NumberTest, TextTest, NullTest, TruthTest, SetTest, PrefixTest>;

  template <class OneTest>
  explicit FilterLeaf(OneTest test) : test_(std::move(test)) {}
  static Outcomes outcomes_of(FilterRelation relation) noexcept;

  Test test_;
};

}  // namespace quartz::vector
