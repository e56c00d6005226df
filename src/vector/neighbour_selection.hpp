#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "vector/candidate_pool.hpp"
#include "vector/slot.hpp"

namespace quartz::vector {

/// Of candidates, nearest first, at most `count_max` that are nearer to the target than to any that
/// was selected before: links in all directions instead of a bundle into the nearest cluster
/// (algorithm 4 of the HNSW paper). The space is as in hnsw_search.hpp, and has
///   const std::byte* code(Slot slot)   the code of a point, as a target
template <class Space>
std::vector<Slot> select_neighbours(const Space& space, std::span<const Candidate> candidates,
                                    std::size_t count_max) {
  std::vector<Slot> selected;
  selected.reserve(count_max);
  for (const Candidate& candidate : candidates) {
    if (selected.size() == count_max) break;
    const std::byte* const code = space.code(candidate.slot);
    const bool diverse = std::ranges::none_of(
        selected, [&](Slot other) { return space.distance(code, other) < candidate.distance; });
    if (diverse) selected.push_back(candidate.slot);
  }
  return selected;
}

}  // namespace quartz::vector
