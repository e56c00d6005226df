#include "bench/explain/recorded_walk.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "base/epoch.hpp"
#include "vector/candidate_pool.hpp"
#include "vector/hnsw_search.hpp"

namespace quartz::bench {
namespace {

using vector::Candidate;
using vector::CandidatePool;
using vector::HnswLinks;
using vector::Slot;

/// A space that tells which distances a search asked for, a group for each slot that it expanded
/// and that led to something new.
class WatchedSpace {
 public:
  WatchedSpace(const PlaneSpace& space, std::vector<std::vector<Slot>>& groups)
      : space_(space), groups_(groups) {}

  // A search names all that an expansion leads to before it asks for the first distance.
  void prefetch(Slot slot) const {
    if (complete_) groups_.emplace_back();
    complete_ = false;
    groups_.back().push_back(slot);
  }
  float distance(const std::byte* target, Slot slot) const noexcept {
    complete_ = true;
    return space_.distance(target, slot);
  }

 private:
  const PlaneSpace& space_;
  std::vector<std::vector<Slot>>& groups_;
  mutable bool complete_ = true;
};

bool leads_to(const HnswLinks& links, Slot from, Slot to) {
  bool found = false;
  links.for_each(from, 0, [&](Slot slot) { found |= slot == to; });
  return found;
}

// The steps that `descend` takes, one by one.
std::vector<RecordedWalk::Step> descent(const PlaneGraph& graph, const std::byte* target) {
  const HnswLinks& links = graph.links();
  const vector::HnswEntry entry = links.entry();
  std::vector<RecordedWalk::Step> steps{{entry.level, entry.slot}};
  Candidate best{graph.space().distance(target, entry.slot), entry.slot};
  for (unsigned level = entry.level; level > 0; --level) {
    for (bool moved = true; moved;) {
      moved = false;
      links.for_each(best.slot, level, [&](Slot slot) {
        const float distance = graph.space().distance(target, slot);
        if (!(distance < best.distance)) return;
        best = {distance, slot};
        moved = true;
      });
      if (moved) steps.push_back({level, best.slot});
    }
  }
  return steps;
}

// Whom each group came from: the pool is filled once more as the search has filled it.
std::vector<RecordedWalk::Visit> visits(const PlaneGraph& graph, const std::byte* target,
                                        Candidate start, std::size_t ef,
                                        const std::vector<std::vector<Slot>>& groups) {
  std::vector<RecordedWalk::Visit> all;
  CandidatePool pool;
  pool.reset(ef);
  pool.offer(start.distance, start.slot);
  for (const std::vector<Slot>& group : groups) {
    // Those that led to nothing new are stepped over.
    Slot from = pool.take_next();
    while (!leads_to(graph.links(), from, group.front())) {
      QUARTZ_CHECK(pool.has_next());
      from = pool.take_next();
    }
    for (const Slot slot : group) {
      all.push_back({slot, from});
      pool.offer(graph.space().distance(target, slot), slot);
    }
  }
  return all;
}

}  // namespace

RecordedWalk record_walk(const PlaneGraph& graph, PlanePoint target, std::size_t ef) {
  const auto* const code = reinterpret_cast<const std::byte*>(&target);
  const EpochGuard guard;
  RecordedWalk walk;
  walk.descent = descent(graph, code);
  const Candidate start =
      vector::descend(graph.links(), graph.space(), code, graph.links().entry(), 0);
  QUARTZ_CHECK(start.slot == walk.descent.back().slot);
  std::vector<std::vector<Slot>> groups;
  vector::HnswScratch scratch;
  vector::search_level(graph.links(), WatchedSpace(graph.space(), groups), code, start, 0, ef,
                       scratch);
  walk.visits = visits(graph, code, start, ef, groups);
  for (std::size_t i = 0; i < scratch.pool.size(); ++i) walk.pool.push_back(scratch.pool[i].slot);
  return walk;
}

}  // namespace quartz::bench
