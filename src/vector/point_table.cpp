#include "vector/point_table.hpp"

#include <algorithm>
#include <utility>

#include "base/hash.hpp"

namespace quartz::vector {
namespace {

constexpr std::size_t kPlacesMin = 64;

std::size_t hash_of(std::string_view id) noexcept { return hash_key(id, 0); }

}  // namespace

// Where the id stands, or the free place where it would.
std::size_t PointTable::place_of(std::string_view id) const noexcept {
  std::size_t place = hash_of(id) & (places_.size() - 1);
  while (places_[place] != nullptr && places_[place]->id() != id) place = next(place);
  return place;
}

PointEntry* PointTable::find(std::string_view id) const noexcept {
  return places_.empty() ? nullptr : places_[place_of(id)];
}

PointEntry* PointTable::put(PointEntry* entry) {
  // At most three quarters are taken, so that a probe soon meets a free one.
  if ((size_ + 1) * 4 > places_.size() * 3) grow();
  PointEntry*& place = places_[place_of(entry->id())];
  if (place == nullptr) ++size_;
  return std::exchange(place, entry);
}

PointEntry* PointTable::remove(std::string_view id) noexcept {
  if (places_.empty()) return nullptr;
  std::size_t hole = place_of(id);
  PointEntry* const removed = std::exchange(places_[hole], nullptr);
  if (removed == nullptr) return nullptr;
  --size_;
  for (std::size_t place = next(hole); places_[place] != nullptr; place = next(place)) {
    const std::size_t wanted = hash_of(places_[place]->id()) & (places_.size() - 1);
    // It may move back unless the place that it wants lies behind the hole.
    const std::size_t mask = places_.size() - 1;
    if (((place - wanted) & mask) < ((place - hole) & mask)) continue;
    places_[hole] = std::exchange(places_[place], nullptr);
    hole = place;
  }
  return removed;
}

void PointTable::grow() {
  std::vector<PointEntry*> old(std::max(kPlacesMin, places_.size() * 2), nullptr);
  old.swap(places_);
  for (PointEntry* const entry : old) {
    if (entry != nullptr) places_[place_of(entry->id())] = entry;
  }
}

}  // namespace quartz::vector
