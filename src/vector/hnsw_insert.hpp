#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/mutex.hpp"
#include "base/random.hpp"
#include "vector/candidate_pool.hpp"
#include "vector/hnsw_links.hpp"
#include "vector/hnsw_search.hpp"
#include "vector/neighbour_selection.hpp"
#include "vector/slot.hpp"
#include "vector/slot_states.hpp"

namespace quartz::vector {

/// The highest level of a slot: level l or above with a probability of m^-l. It follows from the
/// seed and the slot, so that a graph is built the same again.
inline unsigned draw_level(std::uint32_t m, std::uint64_t seed, Slot slot) noexcept {
  Random random(seed + 0x9E3779B97F4A7C15u * (std::uint64_t{slot} + 1));
  const double uniform = (static_cast<double>(random.next() >> 11) + 1) * 0x1p-53;
  const double level = -std::log(uniform) / std::log(static_cast<double>(m));
  return static_cast<unsigned>(std::min<double>(level, HnswLinks::kLevelMax));
}

/// Links slots into a graph. The space is as in neighbour_selection.hpp.
///
/// Threads: any number may insert different slots at the same time, each with a scratch of its own,
/// beside any number of searches.
template <class Space>
class HnswInserter {
 public:
  HnswInserter(HnswLinks& links, SlotStates& states, const Space& space,
               std::size_t ef_construction, std::uint64_t seed) noexcept
      : links_(links),
        states_(states),
        space_(space),
        ef_construction_(ef_construction),
        seed_(seed) {}

  /// Links the slot, which was shown and whose code is in place: for the first time, or again.
  /// `links` has grown to it. Called under an epoch guard. Throws std::bad_alloc.
  void insert(Slot slot, HnswScratch& scratch) const {
    const unsigned level = draw_level(links_.m(), seed_, slot);
    if (links_.level_of(slot) != level) links_.set_level(slot, level);
    HnswEntry entry = links_.entry();
    // Few reach above all others. They go one by one, or two could each become the entry and not
    // know of the other.
    const bool reaches_above = entry.slot == kNoSlot || level > entry.level;
    if (!reaches_above) {
      link(slot, level, entry, scratch);
      states_.link(slot);
    }
    // The others look once more: a repair may have found nothing linked that could be the entry.
    MutexLock lock(links_.entry_lock());
    entry = links_.entry();
    if (reaches_above) {
      if (entry.slot != kNoSlot) link(slot, std::min(level, entry.level), entry, scratch);
      states_.link(slot);
    }
    if (entry.slot == kNoSlot || level > entry.level) links_.set_entry({slot, level});
  }

 private:
  using Levels = std::array<std::vector<Slot>, HnswLinks::kLevelMax + 1>;

  // First all searches, then the slot's own lists, then the links to it: whoever finds it can go on
  // from there on every level.
  void link(Slot slot, unsigned top, HnswEntry entry, HnswScratch& scratch) const {
    const Levels selected = select(slot, top, entry, scratch);
    for (unsigned level = 0; level <= top; ++level) {
      MutexLock lock(links_.lock_of(slot));
      links_.assign(slot, level, selected[level]);
    }
    for (unsigned level = 0; level <= top; ++level) {
      for (const Slot neighbour : selected[level]) link_back(neighbour, level, slot);
    }
  }

  Levels select(Slot slot, unsigned top, HnswEntry entry, HnswScratch& scratch) const {
    const std::byte* const target = space_.code(slot);
    Levels selected;
    Candidate start = descend(links_, space_, target, entry, top);
    for (unsigned level = top + 1; level-- > 0;) {
      search_level(links_, space_, target, start, level, ef_construction_, scratch);
      start = scratch.pool[0];
      scratch.candidates.clear();
      for (std::size_t i = 0; i < scratch.pool.size(); ++i) {
        const Candidate candidate = scratch.pool[i];
        // Removed ones lead on as before, until they leave: where most of a graph is removed,
        // there is nothing else to hold on to.
        if (candidate.slot == slot || states_.leaving(candidate.slot)) continue;
        scratch.candidates.push_back(candidate);
      }
      selected[level] = select_neighbours(space_, scratch.candidates, links_.m());
    }
    return selected;
  }

  void link_back(Slot slot, unsigned level, Slot neighbour) const {
    MutexLock lock(links_.lock_of(slot));
    bool known = false;
    links_.for_each(slot, level, [&](Slot other) { known |= other == neighbour; });
    if (known || links_.append(slot, level, neighbour)) return;
    const std::byte* const target = space_.code(slot);
    std::vector<Candidate> candidates;
    links_.for_each(slot, level, [&](Slot other) {
      candidates.push_back({space_.distance(target, other), other});
    });
    std::ranges::sort(candidates, {}, &Candidate::distance);
    // Of equally near ones the new one comes first: it has hardly any other link to it yet.
    const float distance = space_.distance(target, neighbour);
    candidates.insert(std::ranges::lower_bound(candidates, distance, {}, &Candidate::distance),
                      {distance, neighbour});
    links_.assign(slot, level, select_neighbours(space_, candidates, links_.length_max(level)));
  }

  HnswLinks& links_;
  SlotStates& states_;
  const Space& space_;
  const std::size_t ef_construction_;
  const std::uint64_t seed_;
};

}  // namespace quartz::vector
