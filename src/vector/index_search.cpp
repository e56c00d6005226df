#include "vector/index_search.hpp"

#include <algorithm>

#include "quartz/vector/vector_search.hpp"
#include "vector/code_error.hpp"
#include "vector/distance_kernels.hpp"
#include "vector/exact_search.hpp"
#include "vector/filtered_search.hpp"
#include "vector/pool_growth.hpp"

namespace quartz::vector {
namespace {

// A search under a filter is repeated with more candidates if it turns out to keep fewer than it
// should by more than one in so many, up to so many times more.
constexpr std::size_t kTolerance = 4;
constexpr std::size_t kRepeatedGrowthMax = 8;

constexpr auto kAll = [](Slot, const PointEntry&) { return true; };

}  // namespace

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
    look_at_pending(index, query, ef, kAll);
    const bool more = walk_graph(index, ef, query.hidden);
    gather(index, query, std::max(query.k, ef / 2), kAll);
    rank(index, query);
    if (found_.size() >= query.k || !more || ef >= kEfSearchMax) return;
  }
}

// Before the graph: what leaves the tail meanwhile is in the graph by then.
template <class Matches>
void IndexSearch::look_at_pending(const VectorIndex& index, const IndexQuery& query, std::size_t ef,
                                  const Matches& matches) {
  tail_.reset(ef);
  pending_ = 0;
  const CodeSpace& space = index.query_space();
  index.pending().for_each([&](Slot slot) {
    const PointEntry* const entry = index.point(slot);
    if (entry == nullptr || !entry->visible_at(query.at)) return;
    ++pending_;
    const float distance = space.distance(encoded_.data(), slot);
    if (tail_.full() && !(distance < tail_.worst())) return;
    if (matches(slot, *entry)) tail_.offer(distance, slot);
  });
  visited_ += pending_;
}

// Whether there is more to find than it has kept.
bool IndexSearch::walk_graph(const VectorIndex& index, std::size_t ef, Slot hidden) {
  const HnswLinks& links = index.links();
  const CodeSpace& space = index.query_space();
  const HnswEntry entry = links.entry();
  graph_.reset(links.capacity(), ef, 0);
  if (entry.slot == kNoSlot) return tail_.full();
  const Candidate start = descend(links, space, encoded_.data(), entry, 0);
  search_level(links, space, encoded_.data(), start, 0, ef, graph_, hidden);
  visited_ += graph_.visited.size();
  return graph_.pool.full() || tail_.full();
}

void IndexSearch::search_matching(const VectorIndex& index, const IndexQuery& query,
                                  IndexFilter& filter) {
  begin(index, query);
  if (filter.choice().strategy != FilterStrategy::exact_scan) {
    walk_matching(index, query, filter);
    if (found_.size() >= query.k) return;
  }
  scan_matching(index, query, filter);
}

void IndexSearch::walk_matching(const VectorIndex& index, const IndexQuery& query,
                                const IndexFilter& filter) {
  const FilterChoice& choice = filter.choice();
  const auto matches = [&](Slot slot, const PointEntry& entry) {
    return filter.matches(slot, entry);
  };
  const std::size_t ef_max = std::min(kEfSearchMax, choice.pool_size * kRepeatedGrowthMax);
  for (std::size_t ef = std::min(choice.pool_size, kEfSearchMax);;) {
    look_at_pending(index, query, ef, matches);
    const bool more = choice.strategy == FilterStrategy::post_check
                          ? walk_graph(index, ef, query.hidden)
                          : walk_allowed(index, filter, ef);
    const double share = gather(index, query, std::max(query.k, ef / 2), matches);
    // Here, fewer match than elsewhere.
    const double growth = pool_growth(1 / share);
    const auto wanted =
        static_cast<std::size_t>(growth * static_cast<double>(choice.matching_pool_size));
    const bool enough = ranked_.size() >= query.k && wanted <= ef + ef / kTolerance;
    if (enough || !more || ef == ef_max) break;
    ef = std::min(std::max(wanted, ef + ef / kTolerance), ef_max);
  }
  rank(index, query);
}

// Whether there is more to find than it has kept.
bool IndexSearch::walk_allowed(const VectorIndex& index, const IndexFilter& filter,
                               std::size_t ef) {
  const HnswEntry entry = index.links().entry();
  if (entry.slot == kNoSlot) return walk_graph(index, ef, kNoSlot);
  const CodeSpace& space = index.query_space();
  const Candidate start = descend(index.links(), space, encoded_.data(), entry, 0);
  search_allowed(index.links(), space, encoded_.data(), start, index.states().end(),
                 filter.possible(), ef, graph_);
  visited_ += graph_.visited.size();
  return graph_.pool.full() || tail_.full();
}

void IndexSearch::scan_matching(const VectorIndex& index, const IndexQuery& query,
                                IndexFilter& filter) {
  const auto slots = filter.slots_to_scan(index);
  const auto matches = [&](Slot slot) {
    const PointEntry* const entry = index.point(slot);
    return entry != nullptr && entry->visible_at(query.at) && filter.matches(slot, *entry);
  };
  for (std::size_t ef = std::max(query.ef, query.k);; ef *= 2) {
    exact_search(index.query_space(), encoded_.data(), slots, ef, graph_.pool, matches);
    visited_ += slots.size();
    ranked_.clear();
    for (std::size_t i = 0; i < graph_.pool.size() && i < std::max(query.k, ef / 2); ++i) {
      const Candidate candidate = graph_.pool[i];
      ranked_.push_back({candidate.distance, candidate.slot, index.point(candidate.slot)});
    }
    rank(index, query);
    if (found_.size() >= query.k || !graph_.pool.full()) return;
  }
}

// The nearest candidates of both whose points the search sees, and which share matches of those
// that it has looked at for that.
template <class Matches>
double IndexSearch::gather(const VectorIndex& index, const IndexQuery& query, std::size_t count,
                           const Matches& matches) {
  ranked_.clear();
  const CandidatePool& graph = graph_.pool;
  // Points lie anywhere: those that will be looked at are asked for all at once.
  const std::size_t first = std::min(count, graph.size());
  for (std::size_t i = 0; i < first; ++i) index.prefetch_point(graph[i].slot);
  for (std::size_t i = 0; i < first; ++i) __builtin_prefetch(index.point(graph[i].slot));
  std::size_t seen = 0;
  for (std::size_t a = 0, b = 0; ranked_.size() < count;) {
    const bool from_graph =
        a < graph.size() && (b == tail_.size() || graph[a].distance <= tail_[b].distance);
    if (!from_graph && b == tail_.size()) break;
    const Candidate candidate = from_graph ? graph[a++] : tail_[b++];
    // One that was linked just now is in both.
    if (!from_graph && graph_.visited.contains(candidate.slot)) continue;
    const PointEntry* const entry = index.point(candidate.slot);
    if (entry == nullptr || !entry->visible_at(query.at)) continue;
    ++seen;
    if (!matches(candidate.slot, *entry)) continue;
    ranked_.push_back({candidate.distance, candidate.slot, entry});
  }
  if (ranked_.empty()) return 1 / static_cast<double>(seen + 1);
  return static_cast<double>(ranked_.size()) / static_cast<double>(seen);
}

void IndexSearch::rank(const VectorIndex& index, const IndexQuery& query) {
  exact_ = index.has_components();
  if (exact_) rank_exactly(index, query);
  keep(exact_ ? query.k : ranked_.size());
}

// Behind a candidate whose code is farther than the last of the nearest by more than codes are
// wrong, nothing nearer comes.
void IndexSearch::rank_exactly(const VectorIndex& index, const IndexQuery& query) {
  constexpr std::size_t kAhead = 8;
  const ExactDistance distance(index.quantizer().metric());
  const std::size_t dimensions = query.components.size();
  const auto prefetch = [&](std::size_t i) {
    if (i >= ranked_.size()) return;
    // The processor goes on by itself from there.
    const float* const at = index.components(ranked_[i].slot);
    for (std::size_t c = 0; c < std::min<std::size_t>(dimensions, 64); c += 16) {
      __builtin_prefetch(at + c);
    }
  };
  for (std::size_t i = 0; i < kAhead; ++i) prefetch(i);
  CodeError error;
  // Only to know how far the last of the nearest points is, at most: of a point with several
  // vectors, the one whose code is nearest counts.
  nearest_.reset(query.k);
  std::size_t count = 0;
  for (; count < ranked_.size(); ++count) {
    Ranked& ranked = ranked_[count];
    if (nearest_.full() && ranked.distance > nearest_.worst() + error.bound()) break;
    prefetch(count + kAhead);
    const float of_codes = ranked.distance;
    ranked.distance = distance(query.components.data(), index.components(ranked.slot), dimensions);
    error.learn(of_codes, ranked.distance);
    if (!is_among(std::span(ranked_).first(count), *ranked.entry)) {
      nearest_.offer(ranked.distance, ranked.slot);
    }
  }
  compared_ += count;
  const auto compared_end = ranked_.begin() + static_cast<std::ptrdiff_t>(count);
  std::sort(ranked_.begin(), compared_end,
            [](const Ranked& a, const Ranked& b) { return a.distance < b.distance; });
  ranked_.erase(compared_end, ranked_.end());
}

bool IndexSearch::is_among(std::span<const Ranked> ranked, const PointEntry& entry) noexcept {
  return entry.slots().size() > 1 &&
         std::ranges::find(ranked, &entry, &Ranked::entry) != ranked.end();
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
  scan_all(index, query, kAll);
}

void IndexSearch::scan(const VectorIndex& index, const IndexQuery& query,
                       const IndexFilter& filter) {
  scan_all(index, query,
           [&](Slot slot, const PointEntry& entry) { return filter.matches(slot, entry); });
}

template <class Matches>
void IndexSearch::scan_all(const VectorIndex& index, const IndexQuery& query,
                           const Matches& matches) {
  begin(index, query);
  const std::size_t end = index.states().end();
  const ExactDistance exact(index.quantizer().metric());
  const CodeSpace& space = index.query_space();
  exact_ = index.has_components();
  for (std::size_t keep_count = query.k;; keep_count *= 2) {
    nearest_.reset(keep_count);
    for (std::size_t at = 0; at < end; ++at) {
      const auto slot = static_cast<Slot>(at);
      // Without a point, its components may be in the making.
      const PointEntry* const entry = index.point(slot);
      if (entry == nullptr) continue;
      const float distance =
          exact_ ? exact(query.components.data(), index.components(slot), query.components.size())
                 : space.distance(encoded_.data(), slot);
      // Most are not near enough to be asked.
      if (nearest_.full() && !(distance < nearest_.worst())) continue;
      if (entry->visible_at(query.at) && matches(slot, *entry)) nearest_.offer(distance, slot);
    }
    visited_ += end;
    ranked_.clear();
    for (std::size_t i = 0; i < nearest_.size(); ++i) {
      ranked_.push_back({nearest_[i].distance, nearest_[i].slot, index.point(nearest_[i].slot)});
    }
    keep(ranked_.size());
    if (found_.size() >= query.k || !nearest_.full()) return;
  }
}

}  // namespace quartz::vector
