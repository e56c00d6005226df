#include "vector/index_search.hpp"

#include <algorithm>

#include "quartz/vector/vector_search.hpp"
#include "vector/distance_kernels.hpp"

namespace quartz::vector {

float score_of(Metric metric, float distance) noexcept {
  switch (metric) {
    case Metric::cosine:
      return 1 - distance;
    case Metric::l2:
      return distance;
    case Metric::dot:
      return -distance;
  }
  return distance;
}

// Each is its own inverse.
float distance_of(Metric metric, float score) noexcept { return score_of(metric, score); }

ExactDistance::ExactDistance(Metric metric) noexcept
    : kernel_(metric == Metric::l2 ? distance_kernels().squared_l2_f32
                                   : distance_kernels().dot_f32),
      offset_(metric == Metric::cosine ? 1.0F : 0.0F),
      scale_(metric == Metric::l2 ? 1.0F : -1.0F) {}

void IndexSearch::begin(const VectorIndex& index, const IndexQuery& query) {
  encoded_.resize(index.quantizer().query_bytes());
  index.quantizer().encode_query(query.components, encoded_.data());
  visited_ = pending_ = compared_ = 0;
}

void IndexSearch::walk(const VectorIndex& index, const IndexQuery& query) {
  begin(index, query);
  // Vectors that are not there any more take the places of others, on average,
  const std::size_t live = std::max<std::size_t>(index.states().live_count(), 1);
  const std::size_t removed = std::min(index.states().removed_count(), live);
  // and all of them where they lie close, as several vectors of one point do: then more candidates
  // are needed.
  for (std::size_t ef = query.ef + query.ef * removed / live;; ef *= 2) {
    look_at_pending(index, query, ef);
    const bool more = walk_graph(index, ef);
    gather(index, query, std::max(query.k, ef / 2));
    rank(index, query);
    if (found_.size() >= query.k || !more || ef >= kEfSearchMax) return;
  }
}

// Before the graph: what leaves the tail meanwhile is in the graph by then.
void IndexSearch::look_at_pending(const VectorIndex& index, const IndexQuery& query,
                                  std::size_t ef) {
  tail_.reset(ef);
  const CodeSpace& space = index.query_space();
  index.pending().for_each([&](Slot slot) {
    const PointEntry* const entry = index.point(slot);
    if (entry == nullptr || !entry->visible_at(query.at)) return;
    tail_.offer(space.distance(encoded_.data(), slot), slot);
    ++pending_;
  });
  visited_ += pending_;
}

// Whether there is more to find than it has kept.
bool IndexSearch::walk_graph(const VectorIndex& index, std::size_t ef) {
  const HnswLinks& links = index.links();
  const CodeSpace& space = index.query_space();
  const HnswEntry entry = links.entry();
  graph_.reset(links.capacity(), ef, 0);
  if (entry.slot == kNoSlot) return tail_.full();
  const Candidate start = descend(links, space, encoded_.data(), entry, 0);
  search_level(links, space, encoded_.data(), start, 0, ef, graph_);
  visited_ += graph_.visited.size();
  return graph_.pool.full() || tail_.full();
}

// The nearest candidates of both whose points the search sees.
void IndexSearch::gather(const VectorIndex& index, const IndexQuery& query, std::size_t count) {
  ranked_.clear();
  const CandidatePool& graph = graph_.pool;
  for (std::size_t a = 0, b = 0; ranked_.size() < count;) {
    const bool from_graph =
        a < graph.size() && (b == tail_.size() || graph[a].distance <= tail_[b].distance);
    if (!from_graph && b == tail_.size()) break;
    const Candidate candidate = from_graph ? graph[a++] : tail_[b++];
    // One that was linked just now is in both.
    if (!from_graph && graph_.visited.contains(candidate.slot)) continue;
    const PointEntry* const entry = index.point(candidate.slot);
    if (entry == nullptr || !entry->visible_at(query.at)) continue;
    ranked_.push_back({candidate.distance, candidate.slot, entry});
  }
}

void IndexSearch::rank(const VectorIndex& index, const IndexQuery& query) {
  exact_ = index.has_components();
  if (exact_) {
    for (const Ranked& ranked : ranked_) {
      __builtin_prefetch(index.components(ranked.slot));
    }
    const ExactDistance distance(index.quantizer().metric());
    for (Ranked& ranked : ranked_) {
      ranked.distance =
          distance(query.components.data(), index.components(ranked.slot), query.components.size());
    }
    compared_ += ranked_.size();
    std::ranges::sort(ranked_, {}, &Ranked::distance);
  }
  keep(exact_ ? query.k : ranked_.size());
}

void IndexSearch::keep(std::size_t count) {
  found_.clear();
  for (const Ranked& ranked : ranked_) {
    if (found_.size() == count) return;
    const bool known = ranked.entry->slots().size() > 1 &&
                       std::ranges::find(found_, ranked.entry, &FoundPoint::entry) != found_.end();
    if (!known) found_.push_back({ranked.distance, ranked.entry});
  }
}

void IndexSearch::scan(const VectorIndex& index, const IndexQuery& query) {
  begin(index, query);
  const std::size_t end = index.states().end();
  const ExactDistance exact(index.quantizer().metric());
  const CodeSpace& space = index.query_space();
  for (std::size_t keep_count = query.k;; keep_count *= 2) {
    tail_.reset(keep_count);
    for (std::size_t at = 0; at < end; ++at) {
      const auto slot = static_cast<Slot>(at);
      // Without a point, its components may be in the making.
      const PointEntry* const entry = index.point(slot);
      if (entry == nullptr) continue;
      const float* const components = index.components(slot);
      const float distance = components != nullptr ? exact(query.components.data(), components,
                                                           query.components.size())
                                                   : space.distance(encoded_.data(), slot);
      if (tail_.full() && !(distance < tail_.worst())) continue;
      // Most are not near enough to be asked.
      if (entry->visible_at(query.at)) tail_.offer(distance, slot);
    }
    visited_ += end;
    ranked_.clear();
    for (std::size_t i = 0; i < tail_.size(); ++i) {
      ranked_.push_back({tail_[i].distance, tail_[i].slot, index.point(tail_[i].slot)});
    }
    exact_ = index.has_components();
    keep(ranked_.size());
    if (found_.size() >= query.k || !tail_.full()) return;
  }
}

}  // namespace quartz::vector
