#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "protocol/number.hpp"
#include "quartz/vector/filter_relation.hpp"
#include "quartz/vector/filter_value.hpp"
#include "quartz/vector/payload_index_kind.hpp"
#include "vector/payload_fields.hpp"
#include "vector/slot_postings.hpp"

namespace quartz::vector {

/// What a comparison asks of a single value, `!=` excepted, which is asked as `==`. A view: the
/// filter that it comes from must outlive it.
struct ValueQuestion {
  /// How the value is related to the one below; for `prefix`, that it begins with it.
  enum class Kind : std::uint8_t { equal, less, less_or_equal, greater, greater_or_equal, prefix };

  Kind kind = Kind::equal;
  PayloadValue value;

  static ValueQuestion relation(FilterRelation relation, const FilterValue& value) noexcept;
  static ValueQuestion prefix(std::string_view prefix) noexcept;
};

/// The slots of one field by its values, as far as they are of the type that this kind of index
/// holds. Threads: any number may ask at the same time; changing takes one alone.
class PayloadIndexValues {
 public:
  static std::unique_ptr<PayloadIndexValues> make(PayloadIndexKind kind);
  virtual ~PayloadIndexValues() = default;

  /// The type of values that it holds.
  virtual PayloadValue::Kind type() const noexcept = 0;
  /// Whether it can hold this one, which is of its type.
  virtual bool holds(const PayloadValue& value) const noexcept = 0;

  /// Whether `slot` did not have the value, or had it before. The value can be held.
  virtual bool add(const PayloadValue& value, Slot slot) = 0;
  virtual bool remove(const PayloadValue& value, Slot slot) = 0;

  /// How many slots have a value that answers `question` with yes, those with two such values
  /// counted twice; nothing if it cannot tell. The question is about its type.
  virtual std::optional<std::uint64_t> count(const ValueQuestion& question) const = 0;
  /// Which slots these are; false, and nothing added, if it cannot tell.
  virtual bool collect(const ValueQuestion& question, SlotUnion& all) const = 0;

  /// Memory. Cost: linear in the number of values.
  virtual std::size_t bytes() const noexcept = 0;
};

}  // namespace quartz::vector
