#include "vector/slot_bounds.hpp"

namespace quartz::vector {

void SlotBounds::make_inexact() {
  if (!exact_) return;
  possible_ = certain_;
  exact_ = false;
}

SlotBounds& SlotBounds::operator&=(const SlotBounds& other) {
  if (!other.exact_) make_inexact();
  if (!exact_) possible_ &= other.possible();
  certain_ &= other.certain_;
  return *this;
}

SlotBounds& SlotBounds::operator|=(const SlotBounds& other) {
  if (!other.exact_) make_inexact();
  if (!exact_) possible_ |= other.possible();
  certain_ |= other.certain_;
  return *this;
}

SlotBounds SlotBounds::negated(const SlotBitmap& all) const {
  SlotBitmap possible = all;
  possible -= certain_;
  if (exact_) return exactly(std::move(possible));
  SlotBitmap certain = all;
  certain -= possible_;
  return between(std::move(certain), std::move(possible));
}

}  // namespace quartz::vector
