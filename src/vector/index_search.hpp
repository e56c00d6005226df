#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "quartz/vector/metric.hpp"
#include "storage/operation.hpp"
#include "vector/candidate_pool.hpp"
#include "vector/hnsw_search.hpp"
#include "vector/index_filter.hpp"
#include "vector/point_entry.hpp"
#include "vector/vector_index.hpp"

namespace quartz::vector {

/// What an index is asked for.
struct IndexQuery {
  std::span<const float> components;  ///< Of length 1 where the metric is the cosine.
  std::size_t k = 0;
  std::size_t ef = 0;        ///< Candidates that a walk keeps; at least `k`.
  storage::Sequence at = 0;  ///< Writes up to this one are seen.
  /// A vector that a walk passes by, as if it was not there. It reaches level 0 alone.
  Slot hidden = kNoSlot;
};

/// A point that was found, and how far its nearest vector is.
struct FoundPoint {
  float distance = 0;  ///< Smaller is nearer; see `score_of`.
  const PointEntry* entry = nullptr;
};

/// The metric's value for a distance, and back.
float score_of(Metric metric, float distance) noexcept;
float distance_of(Metric metric, float score) noexcept;

/// How far two vectors in single precision are, as exactly as that goes; those for the cosine have
/// length 1.
class ExactDistance {
 public:
  explicit ExactDistance(Metric metric) noexcept;
  float operator()(const float* a, const float* b, std::size_t dimensions) const noexcept {
    return offset_ + scale_ * kernel_(reinterpret_cast<const std::byte*>(a),
                                      reinterpret_cast<const std::byte*>(b), dimensions);
  }

 private:
  DistanceKernels::FloatKernel kernel_;
  float offset_ = 0;
  float scale_ = 1;
};

/// Searches in an index, one after another, in the same memory. What is found is good as long as
/// the epoch guard lives under which it was searched. Where the index has no vectors in memory,
/// distances are those of codes, and more points than asked for are found, so that somebody can
/// rank them again.
///
/// Threads: one at a time.
class IndexSearch {
 public:
  /// By the graph, and the tail of what is not in it. Under an epoch guard.
  void walk(const VectorIndex& index, const IndexQuery& query);
  /// Only points that match, in the way that the filter has chosen; in another one if that finds
  /// fewer than there may be. Under an epoch guard.
  void search_matching(const VectorIndex& index, const IndexQuery& query, IndexFilter& filter);
  /// By looking at every vector. Under an epoch guard. Cost: linear.
  void scan(const VectorIndex& index, const IndexQuery& query);
  void scan(const VectorIndex& index, const IndexQuery& query, const IndexFilter& filter);

  /// Nearest first, each point once.
  std::span<const FoundPoint> found() const noexcept { return found_; }
  /// Whether distances are of vectors in single precision.
  bool exact() const noexcept { return exact_; }

  /// Vectors whose codes were compared, of them those in the tail, and those compared exactly.
  std::uint64_t visited() const noexcept { return visited_; }
  std::uint64_t pending() const noexcept { return pending_; }
  std::uint64_t compared() const noexcept { return compared_; }

 private:
  struct Ranked {
    float distance;
    Slot slot;
    const PointEntry* entry;
  };

  void begin(const VectorIndex& index, const IndexQuery& query);
  template <class Matches>
  void look_at_pending(const VectorIndex& index, const IndexQuery& query, std::size_t ef,
                       const Matches& matches);
  bool walk_graph(const VectorIndex& index, std::size_t ef, Slot hidden);
  void walk_matching(const VectorIndex& index, const IndexQuery& query, const IndexFilter& filter);
  bool walk_allowed(const VectorIndex& index, const IndexFilter& filter, std::size_t ef);
  void scan_matching(const VectorIndex& index, const IndexQuery& query, IndexFilter& filter);
  template <class Matches>
  double gather(const VectorIndex& index, const IndexQuery& query, std::size_t count,
                const Matches& matches);
  template <class Matches>
  void scan_all(const VectorIndex& index, const IndexQuery& query, const Matches& matches);
  void rank(const VectorIndex& index, const IndexQuery& query);
  void rank_exactly(const VectorIndex& index, const IndexQuery& query);
  // Whether one of them is another vector of the same point.
  static bool is_among(std::span<const Ranked> ranked, const PointEntry& entry) noexcept;
  void keep(std::size_t count);

  HnswScratch graph_;
  CandidatePool tail_;
  CandidatePool nearest_;
  std::vector<std::byte> encoded_;
  std::vector<Ranked> ranked_;  // By the distance of codes, until they are compared exactly.
  std::vector<FoundPoint> found_;
  bool exact_ = false;
  std::uint64_t visited_ = 0;
  std::uint64_t pending_ = 0;
  std::uint64_t compared_ = 0;
};

}  // namespace quartz::vector
