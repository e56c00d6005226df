#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "protocol/filter_expression.hpp"
#include "quartz/vector/payload_index_kind.hpp"
#include "vector/payload_fields.hpp"
#include "vector/payload_index_values.hpp"
#include "vector/slot_bounds.hpp"

namespace quartz::vector {

/// An index on one field. Whatever values stand there, it knows for each condition on the field
/// which slots certainly satisfy it and which possibly do; exactly, for the conditions that its
/// kind is for, as long as no value is of another type than its kind's. Threads: any number may ask
/// at the same time; changing takes one alone.
class PayloadIndex {
 public:
  explicit PayloadIndex(PayloadIndexKind kind);

  /// Takes in the point of `slot`, which it does not have: that it has the field, if it has, each
  /// value that the field leads to, and in the end that these were all.
  void add_found(Slot slot) { found_.add(slot); }
  void add_value(Slot slot, const PayloadValue& value);
  void end_add() noexcept;
  /// Forgets the point of `slot`; told the same.
  void remove_found(Slot slot) { found_.remove(slot); }
  void remove_value(Slot slot, const PayloadValue& value);
  void end_remove() noexcept;

  /// Which slots satisfy `condition`, one of those without operands, on this field. `all` are the
  /// slots that there are.
  SlotBounds find(const protocol::FilterExpression& condition, const SlotBitmap& all) const;
  /// How many these will be, without looking for them. `all_count` is how many there are.
  SlotEstimate estimate(const protocol::FilterExpression& condition, std::uint64_t all_count) const;

  PayloadIndexKind kind() const noexcept { return kind_; }
  /// Memory. Cost: linear in the number of values.
  std::size_t bytes() const noexcept;

 private:
  // A condition as questions of which one must be answered with yes.
  struct Questions {
    std::vector<ValueQuestion> asked;
    bool null = false;     // Or the field is null, or missing.
    bool exists = false;   // Or it is there, which leaves nothing else to ask.
    bool negated = false;  // And all that is negated.
  };
  static Questions questions_of(const protocol::FilterExpression& condition);

  SlotBounds bounds_of(const Questions& questions, const SlotBitmap& all) const;
  SlotEstimate count_of(const Questions& questions, std::uint64_t all_count) const;

  PayloadIndexKind kind_;
  std::unique_ptr<PayloadIndexValues> values_;
  SlotBitmap found_;    // Have the field.
  SlotBitmap nulls_;    // Have null in it.
  SlotBitmap unheld_;   // Have values of the kind's type that it cannot hold.
  SlotBitmap foreign_;  // Have values of other types, null aside.
  // How many held values there are beyond the first of each slot: by as much may the sum over a
  // range exceed the number of slots.
  std::uint64_t repeated_values_ = 0;
  std::uint64_t changed_values_ = 0;  // Of the point that is being added or removed.
};

}  // namespace quartz::vector
