#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "vector/candidate_pool.hpp"
#include "vector/hnsw_links.hpp"
#include "vector/slot.hpp"
#include "vector/visited_set.hpp"

namespace quartz::vector {

/// What a search works with; kept from one to the next for its memory. Threads: one at a time.
struct HnswScratch {
  CandidatePool pool;  // Of the last search: what it found, nearest first.
  VisitedSet visited;
  std::vector<Slot> batch;
  std::vector<Slot> bridges;          // Of a search under a filter.
  std::vector<Candidate> candidates;  // Of an insertion.

  void reset(std::size_t capacity, std::size_t pool_size, std::size_t batch_size) {
    pool.reset(pool_size);
    visited.reset(capacity);
    if (batch.size() < batch_size) batch.resize(batch_size);
  }
};

// In all that follows a `Space` knows the points' codes:
//   float distance(const std::byte* target, Slot slot)   from an encoded target to a point
//   void prefetch(Slot slot)                             brings the point's code near
// and, if it is faster at that,
//   void distances_of_4(const std::byte* target, const Slot* slots, float* distances)
//   void prefetch_beginning(Slot slot)                   the first cache line of it
template <class Space>
concept SpaceOfFours =
    requires(const Space& space, const std::byte* target, const Slot* slots, float* distances) {
      space.distances_of_4(target, slots, distances);
      space.prefetch_beginning(*slots);
    };

/// The slot nearest to `target` that greedy steps lead to from `entry`, through all levels above
/// `level`.
template <class Space>
Candidate descend(const HnswLinks& links, const Space& space, const std::byte* target,
                  HnswEntry entry, unsigned level) {
  Candidate best{space.distance(target, entry.slot), entry.slot};
  for (unsigned above = entry.level; above > level; --above) {
    for (bool moved = true; moved;) {
      moved = false;
      links.for_each(best.slot, above, [&](Slot slot) { space.prefetch(slot); });
      links.for_each(best.slot, above, [&](Slot slot) {
        const float distance = space.distance(target, slot);
        if (!(distance < best.distance)) return;
        best = {distance, slot};
        moved = true;
      });
    }
  }
  return best;
}

/// Brings near the links of the candidate on level 0 that a pool will give next.
class NextLinks {
 public:
  explicit NextLinks(const HnswLinks& links) noexcept : links_(links) {}

  /// To be called whenever that may be another one.
  void approach(const CandidatePool& pool) noexcept {
    const Slot next = pool.peek_next();
    if (next == approached_ || next == kNoSlot) return;
    approached_ = next;
    links_.prefetch(next);
  }

 private:
  const HnswLinks& links_;
  Slot approached_ = kNoSlot;
};

/// Offers the slots of a batch to the pool, with their distances from `target`. Codes are asked for
/// a few ahead: a processor has only so many reads under way, and what is asked for beyond that
/// holds up the rest. `offered` is called behind every few.
template <class Space, class Offered>
void offer_batch(const Space& space, const std::byte* target, std::span<const Slot> batch,
                 CandidatePool& pool, const Offered& offered) {
  std::size_t done = 0;
  if constexpr (SpaceOfFours<Space>) {
    const auto prefetch_from = [&](std::size_t first) {
      const std::size_t end = std::min(first + 4, batch.size());
      for (std::size_t i = first; i < end; ++i) space.prefetch(batch[i]);
    };
    prefetch_from(0);
    for (; done + 4 <= batch.size(); done += 4) {
      prefetch_from(done + 4);
      float distances[4];
      space.distances_of_4(target, &batch[done], distances);
      for (std::size_t i = 0; i < 4; ++i) pool.offer(distances[i], batch[done + i]);
      offered();
    }
  }
  for (const Slot slot : batch.subspan(done)) pool.offer(space.distance(target, slot), slot);
  offered();
}

/// Searches one level from `start`; the `pool_size` nearest that it meets are in `scratch.pool`. As
/// if `hidden`, which is not where it starts, was not there.
///
/// Each step takes the nearest candidate that was not expanded, collects those of its neighbours
/// that were not met before, asks for the beginnings of their codes all at once, and only then
/// computes distances: the cache misses of a step overlap. The next step may take one of these
/// neighbours, whose links are asked for as soon as that shows.
template <class Space>
void search_level(const HnswLinks& links, const Space& space, const std::byte* target,
                  Candidate start, unsigned level, std::size_t pool_size, HnswScratch& scratch,
                  Slot hidden = kNoSlot) {
  scratch.reset(links.capacity(), pool_size, links.length_max(level));
  CandidatePool& pool = scratch.pool;
  VisitedSet& visited = scratch.visited;
  NextLinks next(links);
  const auto approach_next = [&] {
    if (level == 0) next.approach(pool);
  };
  Slot* const batch = scratch.batch.data();
  if (hidden < visited.limit()) visited.insert(hidden);
  visited.insert(start.slot);
  pool.offer(start.distance, start.slot);
  while (pool.has_next()) {
    std::size_t count = 0;
    links.for_each(pool.take_next(), level, [&](Slot slot) {
      // Grown since the search began.
      if (slot >= visited.limit()) [[unlikely]]
        return;
      if (!visited.insert(slot)) return;
      if constexpr (SpaceOfFours<Space>) {
        space.prefetch_beginning(slot);
      } else {
        space.prefetch(slot);
      }
      batch[count++] = slot;
    });
    approach_next();
    offer_batch(space, target, {batch, count}, pool, approach_next);
  }
}

}  // namespace quartz::vector
