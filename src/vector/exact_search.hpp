#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include "vector/candidate_pool.hpp"
#include "vector/slot.hpp"

namespace quartz::vector {

/// Compares `target` with each of `slots`, which hold points; the `pool_size` nearest are in
/// `pool`. `matches`, a `bool(Slot)` that may be slow, is asked only about those that are near
/// enough for that. The space is as in hnsw_search.hpp; in ascending order the slots come near
/// fastest.
template <class Space, class Matches>
void exact_search(const Space& space, const std::byte* target, std::span<const Slot> slots,
                  std::size_t pool_size, CandidatePool& pool, const Matches& matches) {
  // As many codes are on their way as a core can wait for.
  constexpr std::size_t kAhead = 8;
  pool.reset(pool_size);
  for (const Slot slot : slots.first(std::min(kAhead, slots.size()))) space.prefetch(slot);
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (i + kAhead < slots.size()) space.prefetch(slots[i + kAhead]);
    const float distance = space.distance(target, slots[i]);
    if (pool.full() && !(distance < pool.worst())) continue;
    if (matches(slots[i])) pool.offer(distance, slots[i]);
  }
}
template <class Space>
void exact_search(const Space& space, const std::byte* target, std::span<const Slot> slots,
                  std::size_t pool_size, CandidatePool& pool) {
  exact_search(space, target, slots, pool_size, pool, [](Slot) { return true; });
}

}  // namespace quartz::vector
