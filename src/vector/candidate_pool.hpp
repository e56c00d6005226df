#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "vector/slot.hpp"

namespace quartz::vector {

/// A slot and how far it is from what is looked for.
struct Candidate {
  float distance = 0;
  Slot slot = kNoSlot;
};

/// The nearest candidates that a search has met, sorted, and which of them it has not expanded yet.
/// A sorted array beats heaps here: it serves as both of the two that a search needs, most offers
/// fall off its end after one comparison, and the others move a few cache lines.
///
/// Threads: one at a time.
class CandidatePool {
 public:
  /// Empties it and makes room for `capacity` candidates, at least one.
  void reset(std::size_t capacity) {
    if (places_.size() < capacity + 1) places_.resize(capacity + 1);
    capacity_ = capacity;
    size_ = next_ = 0;
  }

  /// Makes room for `capacity` candidates, no fewer than before; what it holds stays.
  void widen(std::size_t capacity) {
    if (places_.size() < capacity + 1) places_.resize(capacity + 1);
    capacity_ = capacity;
  }

  std::size_t size() const noexcept { return size_; }
  bool full() const noexcept { return size_ == capacity_; }
  /// Distance that a candidate must fall below to be taken, once it is full.
  float worst() const noexcept { return places_[size_ - 1].distance; }

  /// Takes the candidate if it is among the nearest. Each slot is offered once.
  void offer(float distance, Slot slot) noexcept {
    if (full() && !(distance < worst())) return;
    Place* const begin = places_.data();
    Place* const at =
        std::upper_bound(begin, begin + size_, distance,
                         [](float wanted, const Place& place) { return wanted < place.distance; });
    const auto index = static_cast<std::size_t>(at - begin);
    // One place more than the capacity is there for the one that falls off.
    std::memmove(at + 1, at, (size_ - index) * sizeof(Place));
    *at = {distance, slot};
    if (size_ < capacity_) ++size_;
    next_ = std::min(next_, index);
  }

  /// Whether a candidate is left that was not expanded.
  bool has_next() const noexcept { return next_ < size_; }
  /// The nearest of those; it counts as expanded from now on.
  Slot take_next() noexcept {
    const Slot slot = places_[next_].slot;
    places_[next_].slot = slot | kExpanded;
    do ++next_;
    while (next_ < size_ && (places_[next_].slot & kExpanded) != 0);
    return slot;
  }
  /// The one that `take_next` would give, or `kNoSlot`: to bring near what will be read of it.
  Slot peek_next() const noexcept { return next_ < size_ ? places_[next_].slot : kNoSlot; }

  /// By distance, nearest first.
  Candidate operator[](std::size_t index) const noexcept {
    return {places_[index].distance, places_[index].slot & ~kExpanded};
  }

 private:
  // Slots are below 2^28.
  static constexpr Slot kExpanded = Slot{1} << 31;
  struct Place {
    float distance;
    Slot slot;
  };

  std::vector<Place> places_;
  std::size_t capacity_ = 0;
  std::size_t size_ = 0;
  std::size_t next_ = 0;  // Everything before was expanded.
};

}  // namespace quartz::vector
