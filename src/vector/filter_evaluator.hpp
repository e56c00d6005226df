#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "protocol/filter_expression.hpp"
#include "quartz/result.hpp"
#include "quartz/vector/filter.hpp"
#include "vector/filter_leaf.hpp"
#include "vector/payload_fields.hpp"

namespace quartz::vector {

/// A filter made ready for being asked about many points. One pass over a payload finds the fields
/// that the filter names and asks everything about them, until what was found decides. Immutable.
/// Threads: any number at the same time.
class FilterEvaluator {
 public:
  /// Errors: the filter's own (`Filter::validate`).
  static Result<FilterEvaluator> compile(const Filter& filter);

  /// Whether a point matches. `payload` has been validated (vector/payload.hpp) or is empty, which
  /// is a point without fields; what is noticed to be neither matches nothing. Allocates only for
  /// filters of more than a thousand comparisons, and for long strings with escapes in fields that
  /// the filter names. Cost: 50-150 ns for a few hundred bytes, which fields in front shorten.
  bool matches(std::string_view id, std::string_view payload) const;

  /// Whether it needs no payload, so that nobody has to fetch one.
  bool ignores_payload() const noexcept { return fields_.count() == 0; }

 private:
  static constexpr std::uint32_t kId = std::numeric_limits<std::uint32_t>::max();

  enum class Kind : std::uint8_t { constant, leaf, found, conjunction, disjunction, negation };
  // A node of the tree, which stands before those below it. `end` is behind the last of them.
  struct Step {
    Kind kind = Kind::constant;
    bool value = false;       // constant
    std::uint32_t place = 0;  // leaf: in `leaves_`; found: the field
    std::uint32_t end = 0;
    std::uint32_t root = kId;  // leaf, found: that of the field, or the id
  };
  // Open is what fields that are still to come can make true or false.
  enum class Truth : std::uint8_t { no, yes, open };
  // The leaves about one field lie together.
  struct LeafRange {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
  };
  class Compiler;
  class Findings;

  FilterEvaluator() = default;
  Truth truth(std::uint32_t at, const Findings& findings) const noexcept;
  // Of a conjunction; of a disjunction with `no` and `yes` exchanged.
  Truth combined(std::uint32_t at, const Findings& findings, Truth decisive) const noexcept;

  PayloadFields fields_;
  std::vector<FilterLeaf> leaves_;
  std::vector<LeafRange> leaves_of_field_;  // By field; behind them, those about the id.
  std::vector<Step> steps_;
};

}  // namespace quartz::vector
