#pragma once

#include <cstddef>

#include "vector/code_distance.hpp"
#include "vector/slot.hpp"
#include "vector/slot_array.hpp"

namespace quartz::vector {

/// The codes of a collection as a space for its graph (see hnsw_search.hpp). What a target is, a
/// code or a query, follows from the distance. Codes and whatever the distance came from must
/// outlive it. Threads: any number.
class CodeSpace {
 public:
  CodeSpace(const SlotArray& codes, const CodeDistance& distance) noexcept
      : codes_(codes), distance_(distance) {}

  float distance(const std::byte* target, Slot slot) const noexcept {
    return distance_(target, codes_.at(slot));
  }
  void distances_of_4(const std::byte* target, const Slot* slots, float* distances) const noexcept {
    const std::byte* const codes[] = {codes_.at(slots[0]), codes_.at(slots[1]), codes_.at(slots[2]),
                                      codes_.at(slots[3])};
    distance_.of_4(target, codes, distances);
  }
  const std::byte* code(Slot slot) const noexcept { return codes_.at(slot); }
  void prefetch_beginning(Slot slot) const noexcept { __builtin_prefetch(codes_.at(slot)); }
  void prefetch(Slot slot) const noexcept { distance_.prefetch(codes_.at(slot)); }

 private:
  const SlotArray& codes_;
  CodeDistance distance_;
};

}  // namespace quartz::vector
