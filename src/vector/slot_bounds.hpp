#pragma once

#include <cstdint>
#include <utility>

#include "vector/slot_bitmap.hpp"

namespace quartz::vector {

/// What is known about which slots satisfy a condition: those that certainly do, and those that
/// possibly do, among which the former are. Exact if the two are the same. Conditions combine by
/// both sides, and a negation exchanges them, so that what is only partly known stays correct.
class SlotBounds {
 public:
  /// No slot.
  SlotBounds() = default;
  static SlotBounds exactly(SlotBitmap slots) { return {std::move(slots), {}, true}; }
  static SlotBounds between(SlotBitmap certain, SlotBitmap possible) {
    return {std::move(certain), std::move(possible), false};
  }

  const SlotBitmap& certain() const noexcept { return certain_; }
  const SlotBitmap& possible() const noexcept { return exact_ ? certain_ : possible_; }
  /// Whether the two are known to be the same.
  bool is_exact() const noexcept { return exact_; }

  /// Of both conditions, and of one of them or both.
  SlotBounds& operator&=(const SlotBounds& other);
  SlotBounds& operator|=(const SlotBounds& other);
  /// Of the condition's negation, among the slots of `all`.
  SlotBounds negated(const SlotBitmap& all) const;

 private:
  SlotBounds(SlotBitmap certain, SlotBitmap possible, bool exact)
      : certain_(std::move(certain)), possible_(std::move(possible)), exact_(exact) {}
  void make_inexact();

  SlotBitmap certain_;
  SlotBitmap possible_;  // Empty while `exact_`.
  bool exact_ = true;
};

/// How many slots satisfy a condition: at least, at most, and what to expect in between.
struct SlotEstimate {
  std::uint64_t at_least = 0;
  std::uint64_t expected = 0;
  std::uint64_t at_most = 0;

  static SlotEstimate exactly(std::uint64_t count) noexcept { return {count, count, count}; }
  bool is_exact() const noexcept { return at_least == at_most; }
  bool operator==(const SlotEstimate&) const = default;
};

}  // namespace quartz::vector
