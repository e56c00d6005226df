#pragma once

#include <cstddef>
#include <vector>

#include "bench/explain/plane_graph.hpp"

namespace quartz::bench {

/// What a search did, in its order.
struct RecordedWalk {
  /// A step of the descent: the slot that it came to, and the level on which it did.
  struct Step {
    unsigned level = 0;
    vector::Slot slot = vector::kNoSlot;
  };
  /// A slot of level 0 whose distance was computed, and the expanded one that led to it.
  struct Visit {
    vector::Slot slot = vector::kNoSlot;
    vector::Slot from = vector::kNoSlot;
  };
  std::vector<Step> descent;       ///< From the entry, first, to where level 0 begins.
  std::vector<Visit> visits;       ///< Without the slot where level 0 begins.
  std::vector<vector::Slot> pool;  ///< What was kept, nearest first.
};

/// Searches as a collection does, keeping `ef` candidates, and watches.
RecordedWalk record_walk(const PlaneGraph& graph, PlanePoint target, std::size_t ef);

}  // namespace quartz::bench
