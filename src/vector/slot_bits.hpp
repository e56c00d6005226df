#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "vector/slot.hpp"
#include "vector/slot_bitmap.hpp"

namespace quartz::vector {

/// A set of slots as one bit each: what a search asks thousands of times. Kept from one search to
/// the next for its memory. Threads: any number may read at the same time.
class SlotBits {
 public:
  /// Empties it and makes room for slots below `count`. Cost: 1 us for half a million.
  void reset(std::size_t count) { words_.assign((count + 63) / 64, 0); }
  /// Adds those of `slots` that there is room for.
  void add(const SlotBitmap& slots) { slots.set_bits(words_); }
  void add(Slot slot) noexcept { words_[slot / 64] |= std::uint64_t{1} << (slot % 64); }

  /// False for those that there is no room for.
  bool contains(Slot slot) const noexcept {
    return slot / 64 < words_.size() && (words_[slot / 64] >> (slot % 64) & 1) != 0;
  }
  bool operator()(Slot slot) const noexcept { return contains(slot); }

  std::span<std::uint64_t> words() noexcept { return words_; }

 private:
  std::vector<std::uint64_t> words_;
};

}  // namespace quartz::vector
