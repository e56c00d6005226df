#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <optional>
#include <span>
#include <vector>

#include "base/epoch.hpp"
#include "base/random.hpp"
#include "vector/hnsw_insert.hpp"
#include "vector/hnsw_links.hpp"
#include "vector/hnsw_repair.hpp"
#include "vector/hnsw_search.hpp"
#include "vector/slot_array.hpp"
#include "vector/slot_states.hpp"

namespace quartz::vector {

/// Points with components as plain floats, at squared Euclidean distances.
struct PlainSpace {
  explicit PlainSpace(std::size_t count)
      : dimensions(count), codes(count * sizeof(float), alignof(float)) {}

  float distance(const std::byte* target, Slot slot) const noexcept {
    const auto* a = reinterpret_cast<const float*>(target);
    const auto* b = reinterpret_cast<const float*>(codes.at(slot));
    float sum = 0;
    for (std::size_t i = 0; i < dimensions; ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
    return sum;
  }
  const std::byte* code(Slot slot) const noexcept { return codes.at(slot); }
  void prefetch(Slot slot) const noexcept { __builtin_prefetch(codes.at(slot)); }

  std::size_t dimensions;
  SlotArray codes;
};

/// A graph as a collection has it, with everything around it.
class HnswTestGraph {
 public:
  static constexpr std::size_t kEfConstruction = 100;

  explicit HnswTestGraph(std::size_t dimensions, std::uint32_t m = 8)
      : space(dimensions), links(m), inserter(links, states, space, kEfConstruction, 1) {}

  /// Room for so many slots; needed before threads add.
  void reserve(std::size_t count) {
    space.codes.grow(count).value();
    links.grow(count).value();
  }
  Slot add(std::span<const float> point, HnswScratch& with) {
    const Slot slot = states.take().value().value();
    reserve(slot + 1);
    std::memcpy(space.codes.at(slot), point.data(), point.size_bytes());
    states.show(slot);
    const EpochGuard guard;
    inserter.insert(slot, with);
    return slot;
  }
  Slot add(std::span<const float> point) { return add(point, scratch); }
  void remove(Slot slot) { states.remove(slot); }
  /// How many slots became free.
  std::size_t repair() {
    const std::vector<Slot> removed = states.take_removed();
    const std::vector<Slot> poor = HnswRepairer<PlainSpace>(links, states, space).repair(removed);
    states.give_back(removed);
    for (const Slot slot : poor) {
      if (!states.unlink(slot)) continue;
      const EpochGuard guard;
      inserter.insert(slot, repair_scratch);
    }
    return removed.size();
  }

  /// The nearest live ones, nearest first.
  std::vector<Slot> nearest(std::span<const float> target, std::size_t k, std::size_t ef,
                            HnswScratch& with) const {
    const EpochGuard guard;
    const HnswEntry entry = links.entry();
    if (entry.slot == kNoSlot) return {};
    const auto* code = reinterpret_cast<const std::byte*>(target.data());
    search_level(links, space, code, descend(links, space, code, entry, 0), 0, ef, with);
    std::vector<Slot> found;
    for (std::size_t i = 0; i < with.pool.size() && found.size() < k; ++i) {
      if (states.live(with.pool[i].slot)) found.push_back(with.pool[i].slot);
    }
    return found;
  }
  std::vector<Slot> nearest(std::span<const float> target, std::size_t k, std::size_t ef) {
    return nearest(target, k, ef, scratch);
  }
  std::vector<Slot> exact(std::span<const float> target, std::size_t k) const {
    const auto* code = reinterpret_cast<const std::byte*>(target.data());
    std::vector<Candidate> all;
    for (std::size_t slot = 0; slot < states.end(); ++slot) {
      const auto at = static_cast<Slot>(slot);
      if (states.live(at)) all.push_back({space.distance(code, at), at});
    }
    std::ranges::sort(all, {}, &Candidate::distance);
    std::vector<Slot> found;
    for (std::size_t i = 0; i < all.size() && i < k; ++i) found.push_back(all[i].slot);
    return found;
  }
  /// Share of the `k` exactly nearest that a search finds, over `count` random targets.
  double recall(std::size_t k, std::size_t ef, std::size_t count, std::uint64_t seed);

  PlainSpace space;
  HnswLinks links;
  SlotStates states;
  HnswInserter<PlainSpace> inserter;
  HnswScratch scratch;
  HnswScratch repair_scratch;
};

inline std::vector<float> random_point(Random& random, std::size_t dimensions) {
  std::vector<float> point(dimensions);
  for (float& x : point) x = static_cast<float>(random.below(1'000'000)) / 1e6F;
  return point;
}

inline double HnswTestGraph::recall(std::size_t k, std::size_t ef, std::size_t count,
                                    std::uint64_t seed) {
  Random random(seed);
  std::size_t hits = 0;
  std::size_t wanted = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::vector<float> target = random_point(random, space.dimensions);
    const std::vector<Slot> found = nearest(target, k, ef);
    for (const Slot slot : exact(target, k)) {
      ++wanted;
      hits += static_cast<std::size_t>(std::ranges::count(found, slot));
    }
  }
  return static_cast<double>(hits) / static_cast<double>(wanted);
}

}  // namespace quartz::vector
