#include "vector/slot_bitmap.hpp"

#include <algorithm>
#include <utility>

#include <roaring/roaring.h>

#include "base/check.hpp"

namespace quartz::vector {

SlotBitmap::SlotBitmap(roaring_bitmap_s* bitmap) {
  QUARTZ_CHECK(bitmap != nullptr);  // CRoaring's way to say that memory has run out.
  body_ = new Body{bitmap};
  drop_if_empty();
}

SlotBitmap::SlotBitmap(const SlotBitmap& other) noexcept : body_(other.body_) {
  if (body_ != nullptr) body_->owners.fetch_add(1, std::memory_order_relaxed);
}

SlotBitmap& SlotBitmap::operator=(const SlotBitmap& other) noexcept {
  return *this = SlotBitmap(other);
}

SlotBitmap& SlotBitmap::operator=(SlotBitmap&& other) noexcept {
  if (this == &other) return *this;
  release();
  body_ = std::exchange(other.body_, nullptr);
  return *this;
}

roaring_bitmap_s* SlotBitmap::own() {
  if (is_shared()) *this = SlotBitmap(roaring_bitmap_copy(bitmap()));
  return body_->bitmap;
}

void SlotBitmap::release() noexcept {
  if (body_ == nullptr || body_->owners.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  roaring_bitmap_free(body_->bitmap);
  delete body_;
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
  if (body_ == nullptr) {
    roaring_bitmap_s* const fresh = roaring_bitmap_create();
    QUARTZ_CHECK(fresh != nullptr);
    body_ = new Body{fresh};
  }
  return roaring_bitmap_add_checked(own(), slot);
}

bool SlotBitmap::remove(Slot slot) {
  if (!contains(slot)) return false;
  roaring_bitmap_remove(own(), slot);
  drop_if_empty();
  return true;
}

bool SlotBitmap::contains(Slot slot) const noexcept {
  return body_ != nullptr && roaring_bitmap_contains(bitmap(), slot);
}

std::uint64_t SlotBitmap::count() const noexcept {
  return body_ == nullptr ? 0 : roaring_bitmap_get_cardinality(bitmap());
}

std::size_t SlotBitmap::bytes() const noexcept {
  if (body_ == nullptr) return 0;
  return sizeof(*body_) + sizeof(*body_->bitmap) + roaring_bitmap_size_in_bytes(bitmap());
}

SlotBitmap& SlotBitmap::operator|=(const SlotBitmap& other) {
  if (body_ == nullptr) return *this = other;
  if (other.body_ == nullptr || body_ == other.body_) return *this;
  if (is_shared()) return *this = SlotBitmap(roaring_bitmap_or(bitmap(), other.bitmap()));
  roaring_bitmap_or_inplace(body_->bitmap, other.bitmap());
  return *this;
}

SlotBitmap& SlotBitmap::operator|=(SlotBitmap&& other) {
  if (body_ == nullptr) return *this = std::move(other);
  return *this |= std::as_const(other);
}

SlotBitmap& SlotBitmap::operator&=(const SlotBitmap& other) {
  if (body_ == nullptr || body_ == other.body_) return *this;
  if (other.body_ == nullptr) return *this = SlotBitmap();
  if (is_shared()) return *this = SlotBitmap(roaring_bitmap_and(bitmap(), other.bitmap()));
  roaring_bitmap_and_inplace(body_->bitmap, other.bitmap());
  drop_if_empty();
  return *this;
}

SlotBitmap& SlotBitmap::operator-=(const SlotBitmap& other) {
  if (body_ == nullptr || other.body_ == nullptr) return *this;
  if (body_ == other.body_) return *this = SlotBitmap();
  if (is_shared()) return *this = SlotBitmap(roaring_bitmap_andnot(bitmap(), other.bitmap()));
  roaring_bitmap_andnot_inplace(body_->bitmap, other.bitmap());
  drop_if_empty();
  return *this;
}

bool SlotBitmap::operator==(const SlotBitmap& other) const noexcept {
  if (body_ == nullptr || other.body_ == nullptr) return body_ == other.body_;
  return roaring_bitmap_equals(bitmap(), other.bitmap());
}

std::vector<Slot> SlotBitmap::to_vector() const {
  std::vector<Slot> slots(count());
  if (body_ != nullptr) roaring_bitmap_to_uint32_array(bitmap(), slots.data());
  return slots;
}

void SlotBitmap::drop_if_empty() noexcept {
  if (roaring_bitmap_is_empty(bitmap())) *this = SlotBitmap();
}

}  // namespace quartz::vector
