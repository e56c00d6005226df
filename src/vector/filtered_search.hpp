#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "vector/candidate_pool.hpp"
#include "vector/hnsw_links.hpp"
#include "vector/hnsw_search.hpp"
#include "vector/slot.hpp"
#include "vector/visited_set.hpp"

namespace quartz::vector {

/// Share of a list's places for which a search looks for allowed neighbours, at the least.
inline constexpr double kFilteredNeighbours = 0.75;

/// A search on level 0 that goes from one allowed slot to the next: as through a graph of these
/// alone, where each has nearly as many neighbours as in the whole one. Such neighbours that a slot
/// lacks are looked for behind those of its neighbours that are not allowed, which are bridges:
/// their distances are never computed (Patel et al., "ACORN: Performant and Predicate-Agnostic
/// Search Over Vector Embeddings and Structured Data", SIGMOD 2024). With the same size of the pool
/// it finds about as many of the nearest as `search_level` does without a filter, while the bridges
/// lead far enough: down to about one allowed slot for each place of a list.
///
/// `Allowed` is `bool(Slot)`, true for slots that hold a point, and asked some times for each slot;
/// see SlotBits.
/// Threads: as for `search_level`, under an epoch guard from before it was known what is allowed.
template <class Space, class Allowed>
class FilteredSearch {
 public:
  FilteredSearch(const HnswLinks& links, const Space& space, const std::byte* target,
                 const Allowed& allowed, HnswScratch& scratch) noexcept
      : links_(links),
        space_(space),
        target_(target),
        allowed_(allowed),
        scratch_(scratch),
        next_(links) {}

  /// The nearest allowed that it meets are in the scratch's pool: `pool_size`, or more if the
  /// target lies apart from all of them. `start` is what `descend` leads to, and all slots that may
  /// be allowed are below `end`. Allowed points that the graph does not lead to yet may be among
  /// what it finds. Without any allowed slot it looks at all links before it gives up.
  void run(Candidate start, std::size_t end, std::size_t pool_size) {
    const std::size_t length = links_.length_max(0);
    // Whoever is expanded has allowed neighbours, or crosses a bridge that has, up to the last.
    scratch_.reset(links_.capacity(), pool_size, std::max(length * (length + 1), kSamples));
    count_ = 0;
    sample(start.slot, end);
    offer_met();
    CandidatePool& pool = scratch_.pool;
    const auto enough = static_cast<std::size_t>(kFilteredNeighbours * static_cast<double>(length));
    // From afar all are at about the same distance, and greedy steps lead astray more easily.
    if (!enter(start)) pool.widen(kRemoteFactor * pool_size);
    while (pool.has_next()) {
      expand(pool.take_next(), enough);
      next_.approach(pool);
      offer_met();
    }
  }

 private:
  // Where the allowed points are far from the target, or in several places that no bridge
  // connects, some of them taken at random are what leads there.
  static constexpr std::size_t kSamples = 16;
  static constexpr std::size_t kSampleDrawsMax = 2000;
  // By how much the pool is larger for targets that are not among what is allowed.
  static constexpr std::size_t kRemoteFactor = 3;
  // How many bridges are brought near before the one that is crossed.
  static constexpr std::size_t kBridgesAhead = 4;

  void sample(Slot seed, std::size_t end) {
    std::uint64_t state = seed;
    for (std::size_t draw = 0; draw < kSampleDrawsMax && count_ < kSamples; ++draw) {
      // The golden ratio's steps: evenly spread, and the same for the same start.
      state += 0x9E3779B97F4A7C15u;
      const auto slot = static_cast<Slot>((state >> 32) * end >> 32);
      if (is_known(slot) && allowed_(slot)) meet(slot);
    }
  }

  // The neighbourhood of the start, whether or not the start is allowed itself; false if hardly
  // anything there is.
  bool enter(Candidate start) {
    const bool unmet = scratch_.visited.insert(start.slot);
    if (unmet && allowed_(start.slot)) scratch_.pool.offer(start.distance, start.slot);
    const std::size_t length = links_.length_max(0);
    const std::size_t found = expand(start.slot, length);
    if (count_ == 0 && scratch_.pool.size() == 0) flood(start.slot);
    offer_met();
    return found >= length / 2;
  }

  // Step by step away from a slot, until something allowed is met.
  void flood(Slot from) {
    VisitedSet reached;
    reached.reset(links_.capacity());
    std::vector<Slot> queue{from};
    for (std::size_t at = 0; at < queue.size() && count_ == 0; ++at) {
      links_.for_each(queue[at], 0, [&](Slot slot) {
        if (!is_known(slot) || !reached.insert(slot)) return;
        if (allowed_(slot)) {
          meet(slot);
        } else {
          queue.push_back(slot);
        }
      });
    }
  }

  // Meets the allowed neighbours of a slot, and those across bridges until there are `enough`, met
  // before or not; how many there are.
  std::size_t expand(Slot from, std::size_t enough) {
    std::vector<Slot>& bridges = scratch_.bridges;
    bridges.clear();
    std::size_t found = 0;
    links_.for_each(from, 0, [&](Slot slot) {
      if (!is_known(slot)) return;
      if (!allowed_(slot)) {
        bridges.push_back(slot);
        return;
      }
      ++found;
      meet(slot);
    });
    const std::size_t count = bridges.size();
    for (std::size_t i = 0; i < std::min(count, kBridgesAhead); ++i) links_.prefetch(bridges[i]);
    for (std::size_t i = 0; i < count && found < enough; ++i) {
      if (i + kBridgesAhead < count) links_.prefetch(bridges[i + kBridgesAhead]);
      // Who crossed it before has met all behind it.
      if (scratch_.visited.insert(bridges[i])) found += cross(bridges[i]);
    }
    return found;
  }

  // Meets the allowed neighbours of a bridge; how many there are. Most are not allowed, and which
  // cannot be foreseen, so that those that are get picked out without a branch.
  std::size_t cross(Slot bridge) {
    Slot* const picked = scratch_.batch.data() + count_;
    std::size_t found = 0;
    links_.for_each(bridge, 0, [&](Slot slot) {
      if (!is_known(slot)) [[unlikely]]
        return;
      picked[found] = slot;
      found += static_cast<std::size_t>(allowed_(slot));
    });
    // Each that is kept moves to the front of what was not looked at yet.
    for (std::size_t i = 0; i < found; ++i) meet(picked[i]);
    return found;
  }

  void meet(Slot slot) {
    if (!scratch_.visited.insert(slot)) return;
    space_.prefetch(slot);
    scratch_.batch[count_++] = slot;
  }

  void offer_met() {
    offer_batch(space_, target_, {scratch_.batch.data(), count_}, scratch_.pool,
                [this] { next_.approach(scratch_.pool); });
    count_ = 0;
  }

  // False for slots that came up since the search began.
  bool is_known(Slot slot) const noexcept { return slot < scratch_.visited.limit(); }

  const HnswLinks& links_;
  const Space& space_;
  const std::byte* const target_;
  const Allowed& allowed_;
  HnswScratch& scratch_;
  NextLinks next_;
  std::size_t count_ = 0;  // Of the batch.
};

/// A whole FilteredSearch.
template <class Space, class Allowed>
void search_allowed(const HnswLinks& links, const Space& space, const std::byte* target,
                    Candidate start, std::size_t end, const Allowed& allowed, std::size_t pool_size,
                    HnswScratch& scratch) {
  FilteredSearch<Space, Allowed>(links, space, target, allowed, scratch).run(start, end, pool_size);
}

}  // namespace quartz::vector
