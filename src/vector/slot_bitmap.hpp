#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "vector/slot.hpp"

struct roaring_bitmap_s;  // NOLINT(readability-identifier-naming): CRoaring's own name.

namespace quartz::vector {

/// A set of slots, compressed (CRoaring): some bits a slot if they lie close, two bytes if not.
/// A plain value. Threads: any number may read at the same time.
class SlotBitmap {
 public:
  SlotBitmap() noexcept = default;
  SlotBitmap(const SlotBitmap& other);
  SlotBitmap(SlotBitmap&&) noexcept = default;
  SlotBitmap& operator=(const SlotBitmap& other);
  SlotBitmap& operator=(SlotBitmap&&) noexcept = default;

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
  bool empty() const noexcept { return bitmap_ == nullptr; }
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
  struct Free {
    void operator()(roaring_bitmap_s* bitmap) const noexcept;
  };
  using Owned = std::unique_ptr<roaring_bitmap_s, Free>;

  explicit SlotBitmap(roaring_bitmap_s* bitmap);
  void drop_if_empty() noexcept;

  Owned bitmap_;  // Null: empty, as most are.
};

}  // namespace quartz::vector
