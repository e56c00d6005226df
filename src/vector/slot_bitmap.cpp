#include "vector/slot_bitmap.hpp"

#include <algorithm>
#include <utility>

#include <roaring/roaring.h>

#include "base/check.hpp"

namespace quartz::vector {
void SlotBitmap::Free::operator()(roaring_bitmap_s* bitmap) const noexcept {
  roaring_bitmap_free(bitmap);
}

SlotBitmap::SlotBitmap(roaring_bitmap_s* bitmap) : bitmap_(bitmap) {
  QUARTZ_CHECK(bitmap != nullptr);  // CRoaring's way to say that memory has run out.
  drop_if_empty();
}

SlotBitmap::SlotBitmap(const SlotBitmap& other) {
  if (other.bitmap_ != nullptr) *this = SlotBitmap(roaring_bitmap_copy(other.bitmap_.get()));
}

SlotBitmap& SlotBitmap::operator=(const SlotBitmap& other) {
  if (this != &other) *this = SlotBitmap(other);
  return *this;
}

SlotBitmap SlotBitmap::of(std::vector<Slot> slots) {
  if (slots.empty()) return {};
  const Slot largest = *std::ranges::max_element(slots);
  // A step for each word of bits costs far less than one of a comparison sort for each slot.
  constexpr std::size_t kWordsPerSlotMax = 16;
  if (slots.size() >= largest / 64 / kWordsPerSlotMax) {
    std::vector<std::uint64_t> words(largest / 64 + 1);
    for (const Slot slot : slots) words[slot / 64] |= std::uint64_t{1} << (slot % 64);
    return of_bits(words);
  }
  if (!std::ranges::is_sorted(slots)) std::ranges::sort(slots);
  return SlotBitmap(roaring_bitmap_of_ptr(slots.size(), slots.data()));
}

SlotBitmap SlotBitmap::range(std::uint64_t begin, std::uint64_t end) {
  if (begin >= end) return {};
  return SlotBitmap(roaring_bitmap_from_range(begin, end, 1));
}

bool SlotBitmap::add(Slot slot) {
  if (bitmap_ == nullptr) bitmap_.reset(roaring_bitmap_create());
  return roaring_bitmap_add_checked(bitmap_.get(), slot);
}

bool SlotBitmap::remove(Slot slot) {
  if (bitmap_ == nullptr) return false;
  const bool removed = roaring_bitmap_remove_checked(bitmap_.get(), slot);
  drop_if_empty();
  return removed;
}

bool SlotBitmap::contains(Slot slot) const noexcept {
  return bitmap_ != nullptr && roaring_bitmap_contains(bitmap_.get(), slot);
}

std::uint64_t SlotBitmap::count() const noexcept {
  return bitmap_ == nullptr ? 0 : roaring_bitmap_get_cardinality(bitmap_.get());
}

std::size_t SlotBitmap::bytes() const noexcept {
  return bitmap_ == nullptr ? 0 : sizeof(*bitmap_) + roaring_bitmap_size_in_bytes(bitmap_.get());
}

SlotBitmap& SlotBitmap::operator|=(const SlotBitmap& other) {
  if (bitmap_ == nullptr) return *this = other;
  if (other.bitmap_ != nullptr) roaring_bitmap_or_inplace(bitmap_.get(), other.bitmap_.get());
  return *this;
}

SlotBitmap& SlotBitmap::operator|=(SlotBitmap&& other) {
  if (bitmap_ == nullptr) return *this = std::move(other);
  return *this |= std::as_const(other);
}

SlotBitmap& SlotBitmap::operator&=(const SlotBitmap& other) {
  if (bitmap_ == nullptr || this == &other) return *this;
  if (other.bitmap_ == nullptr) {
    bitmap_.reset();
    return *this;
  }
  roaring_bitmap_and_inplace(bitmap_.get(), other.bitmap_.get());
  drop_if_empty();
  return *this;
}

SlotBitmap& SlotBitmap::operator-=(const SlotBitmap& other) {
  if (this == &other) bitmap_.reset();
  if (bitmap_ == nullptr || other.bitmap_ == nullptr) return *this;
  roaring_bitmap_andnot_inplace(bitmap_.get(), other.bitmap_.get());
  drop_if_empty();
  return *this;
}

bool SlotBitmap::operator==(const SlotBitmap& other) const noexcept {
  if (bitmap_ == nullptr || other.bitmap_ == nullptr) return bitmap_ == other.bitmap_;
  return roaring_bitmap_equals(bitmap_.get(), other.bitmap_.get());
}

std::vector<Slot> SlotBitmap::to_vector() const {
  std::vector<Slot> slots(count());
  if (bitmap_ != nullptr) roaring_bitmap_to_uint32_array(bitmap_.get(), slots.data());
  return slots;
}

void SlotBitmap::drop_if_empty() noexcept {
  if (bitmap_ != nullptr && roaring_bitmap_is_empty(bitmap_.get())) bitmap_.reset();
}

}  // namespace quartz::vector
