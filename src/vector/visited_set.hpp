#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "vector/slot.hpp"

namespace quartz::vector {

/// The slots that a search has met: a bit each, so that a collection of a million points takes as
/// much as the second cache level gives. Cleared by what was set and not as a whole.
///
/// Threads: one at a time.
class VisitedSet {
 public:
  /// Empties it; slots below `count` may be inserted from now on.
  void reset(std::size_t count) {
    for (const Slot slot : inserted_) words_[slot / 64] = 0;
    inserted_.clear();
    const std::size_t words = (count + 63) / 64;
    if (words_.size() < words) words_.resize(words);
  }
  /// False if it was inserted before.
  bool insert(Slot slot) {
    std::uint64_t& word = words_[slot / 64];
    const std::uint64_t bit = std::uint64_t{1} << (slot % 64);
    if ((word & bit) != 0) return false;
    word |= bit;
    inserted_.push_back(slot);
    return true;
  }
  bool contains(Slot slot) const noexcept {
    return slot / 64 < words_.size() && (words_[slot / 64] >> (slot % 64) & 1) != 0;
  }
  std::size_t size() const noexcept { return inserted_.size(); }
  std::size_t limit() const noexcept { return words_.size() * 64; }

 private:
  std::vector<std::uint64_t> words_;
  std::vector<Slot> inserted_;
};

}  // namespace quartz::vector
