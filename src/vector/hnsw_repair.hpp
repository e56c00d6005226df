#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "base/epoch.hpp"
#include "base/mutex.hpp"
#include "vector/candidate_pool.hpp"
#include "vector/hnsw_links.hpp"
#include "vector/neighbour_selection.hpp"
#include "vector/slot.hpp"
#include "vector/slot_states.hpp"

namespace quartz::vector {

/// Takes removed slots out of a graph: whoever had a link to one gets links to its neighbours
/// instead, where they are as good as those it has. As in FreshDiskANN (Singh et al., 2021), one
/// pass over all lists serves all that were removed before.
///
/// Threads: one at a time, beside searches and insertions, which both run under an epoch guard. Not
/// under a guard itself. Cost: a pass over all links.
template <class Space>
class HnswRepairer {
 public:
  HnswRepairer(HnswLinks& links, const SlotStates& states, const Space& space) noexcept
      : links_(links), states_(states), space_(space) {}

  /// Slots that stay and that hardly anything but the removed ones leads to: they had better be
  /// linked again, and be found in another way before those leave. Cost: a pass over all links.
  std::vector<Slot> dependents(std::span<const Slot> removed) {
    note_removed(removed);
    const std::size_t end = std::min(states_.end(), links_.capacity());
    std::vector<Led> led(end);
    for (std::size_t at = 0; at < end; ++at) {
      const auto slot = static_cast<Slot>(at);
      const bool leaves = is_removed(slot);
      links_.for_each(slot, 0, [&](Slot other) {
        if (other >= end) return;  // Linked since.
        if (leaves) {
          led[other].by_removed = true;
        } else if (led[other].by_others < kLeadingMin) {
          ++led[other].by_others;
        }
      });
    }
    std::vector<Slot> dependent;
    for (std::size_t at = 0; at < end; ++at) {
      const auto slot = static_cast<Slot>(at);
      const bool alone = led[at].by_removed && led[at].by_others < kLeadingMin;
      if (alone && !is_removed(slot)) dependent.push_back(slot);
    }
    return dependent;
  }

  /// Takes the slots, which `SlotStates::take_removed` gave, out of the graph: nothing leads to
  /// them when it returns, and nobody who was led to one is still there. They can be given back
  /// then. Returns slots that have lost so many neighbours that they had better be linked again.
  /// Throws std::bad_alloc; then all links are still valid, and the slots still leaving.
  std::vector<Slot> repair(std::span<const Slot> removed) {
    poor_.clear();
    note_removed(removed);
    // An insertion that began before may have chosen one of them and not linked it yet.
    drain_retired();
    const std::size_t end = std::min(states_.end(), links_.capacity());
    for (std::size_t slot = 0; slot < end; ++slot) bypass(static_cast<Slot>(slot));
    replace_entry(end);
    // A search that began before may still come to one of them.
    drain_retired();
    for (const Slot slot : removed) links_.release(slot);
    return std::move(poor_);
  }

 private:
  // By how many slots that stay one must be led to, not to depend on those that leave.
  static constexpr unsigned kLeadingMin = 2;
  struct Led {
    std::uint8_t by_others = 0;  // Up to `kLeadingMin`.
    bool by_removed = false;
  };

  void note_removed(std::span<const Slot> removed) {
    removed_.assign(links_.capacity(), false);
    for (const Slot slot : removed) removed_[slot] = true;
  }
  bool is_removed(Slot slot) const { return slot < removed_.size() && removed_[slot]; }

  void bypass(Slot slot) {
    if (is_removed(slot)) return;
    const unsigned top = links_.level_of(slot);
    for (unsigned level = 0; level <= top; ++level) bypass(slot, level);
  }

  void bypass(Slot slot, unsigned level) {
    MutexLock lock(links_.lock_of(slot));
    std::size_t before = 0;
    bool leads_there = false;
    links_.for_each(slot, level, [&](Slot other) {
      ++before;
      leads_there |= is_removed(other);
    });
    if (!leads_there) return;
    std::vector<Slot> around;
    const auto add = [&](Slot other) {
      if (other != slot && !is_removed(other)) around.push_back(other);
    };
    links_.for_each(slot, level, [&](Slot other) {
      add(other);
      // Its own list may be changing, by an insertion that knows it; any of its states will do.
      if (is_removed(other)) links_.for_each(other, level, add);
    });
    std::ranges::sort(around);
    const auto repeated = std::ranges::unique(around);
    around.erase(repeated.begin(), repeated.end());
    const std::byte* const target = space_.code(slot);
    std::vector<Candidate> candidates;
    candidates.reserve(around.size());
    for (const Slot other : around) {
      candidates.push_back({space_.distance(target, other), other});
    }
    std::ranges::sort(candidates, {}, &Candidate::distance);
    const std::vector<Slot> selected =
        select_neighbours(space_, candidates, links_.length_max(level));
    links_.assign(slot, level, selected);
    if (level == 0 && selected.size() < std::min<std::size_t>(before, links_.m() / 2)) {
      poor_.push_back(slot);
    }
  }

  // The entry must be one that stays: of the others, one of those that reach highest.
  void replace_entry(std::size_t end) {
    MutexLock lock(links_.entry_lock());
    const HnswEntry entry = links_.entry();
    if (entry.slot == kNoSlot || !is_removed(entry.slot)) return;
    HnswEntry best;
    for (std::size_t at = 0; at < end; ++at) {
      const auto slot = static_cast<Slot>(at);
      if (!states_.linked(slot)) continue;
      const unsigned level = links_.level_of(slot);
      if (best.slot == kNoSlot || level > best.level) best = {slot, level};
    }
    if (best.slot == kNoSlot) return links_.clear_entry();
    links_.set_entry(best);
  }

  HnswLinks& links_;
  const SlotStates& states_;
  const Space& space_;
  std::vector<bool> removed_;
  std::vector<Slot> poor_;
};

}  // namespace quartz::vector
