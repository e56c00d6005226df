#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "vector/slot.hpp"

struct roaring_bitmap_s;  // NOLINT(readability-identifier-naming): CRoaring's own name.

namespace quartz::vector {

/// A set of slots, compressed (CRoaring): some bits a slot if they lie close, two bytes if not.
/// A plain value, whose copies cost nothing until one of them changes. Threads: any number may read
/// at the same time, and copy.
class SlotBitmap {
 public:
  SlotBitmap() noexcept = default;
  SlotBitmap(const SlotBitmap& other) noexcept;
  SlotBitmap(SlotBitmap&& other) noexcept : body_(std::exchange(other.body_, nullptr)) {}
  SlotBitmap& operator=(const SlotBitmap& other) noexcept;
  SlotBitmap& operator=(SlotBitmap&& other) noexcept;
  ~SlotBitmap() { release(); }

  /// The given slots, in any order. Cost: linear, some nanoseconds each, if there are many.
  static SlotBitmap of(std::vector<Slot> slots);
  /// The slots in [begin, end).
  static SlotBitmap range(std::uint64_t begin, std::uint64_t end);

  /// The slots whose bits are set, 64 to a word, lowest first. Cost: some microseconds for a
  /// hundred thousand that lie close.
  static SlotBitmap of_bits(std::span<const std::uint64_t> words);

  /// Whether it was not there, or was there before.
  bool add(Slot slot);
  bool remove(Slot slot);
  bool contains(Slot slot) const noexcept;

  std::uint64_t count() const noexcept;
  bool empty() const noexcept { return body_ == nullptr; }
  std::size_t bytes() const noexcept;

  SlotBitmap& operator|=(const SlotBitmap& other);
  SlotBitmap& operator|=(SlotBitmap&& other);
  SlotBitmap& operator&=(const SlotBitmap& other);
  SlotBitmap& operator-=(const SlotBitmap& other);
  bool operator==(const SlotBitmap& other) const noexcept;

  /// In ascending order.
  std::vector<Slot> to_vector() const;
  /// Sets the bits of those slots that `words` has one for, as above: the form that answers fastest
  /// whether a slot is in it. Other bits stay.
  void set_bits(std::span<std::uint64_t> words) const;

 private:
  // What copies have in common. Never changed while it has several owners.
  struct Body {
    roaring_bitmap_s* bitmap;
    std::atomic<std::uint32_t> owners{1};
  };

  // Takes it over.
  explicit SlotBitmap(roaring_bitmap_s* bitmap);
  const roaring_bitmap_s* bitmap() const noexcept { return body_->bitmap; }
  bool is_shared() const noexcept { return body_->owners.load(std::memory_order_acquire) > 1; }
  // To be changed: a copy of its own, if others own it too.
  roaring_bitmap_s* own();
  void release() noexcept;
  void drop_if_empty() noexcept;

  Body* body_ = nullptr;  // Null: empty, as most are.
};

}  // namespace quartz::vector
