#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "quartz/vector/filter.hpp"

namespace quartz {

/// What a search is asked for.
struct VectorSearchOptions {
  std::size_t k = 10;  ///< Points to find, 1 to `kSearchResultsMax`.
  Filter filter = {};  ///< Only points that match it.
  /// Candidates that the walk through the graph keeps, `k` to `kEfSearchMax`: more find better and
  /// take longer. Empty: as many as `recall` takes.
  std::optional<std::size_t> ef_search = {};
  /// Share of the `k` exactly nearest that should be found on average, above 0 and below 1. What
  /// that takes is measured on the collection's own points, again as it grows.
  double recall = 0.97;
  bool exact = false;         ///< Compares with every point instead of walking the graph.
  bool with_payload = false;  ///< Whether hits bring their payload.
  bool with_vectors = false;  ///< Whether hits bring their vectors.
};

/// A point that was found.
struct VectorHit {
  std::string id;  ///< Of the point.
  /// The metric's value between the query and the nearest of the point's vectors: see `Metric`.
  float score = 0;
  std::string payload = {};                      ///< If asked for.
  std::vector<std::vector<float>> vectors = {};  ///< If asked for; as they were given.
};

/// How a search was carried out.
struct VectorSearchExplanation {
  std::vector<VectorHit> hits;        ///< What `search` returns.
  std::string plan;                   ///< "graph walk", "exact scan"...
  std::string reason;                 ///< Why this plan and not another.
  std::size_t ef_search = 0;          ///< Candidates that the walk kept.
  std::uint64_t points = 0;           ///< In the collection.
  std::uint64_t points_visited = 0;   ///< Whose code was compared with the query.
  std::uint64_t points_pending = 0;   ///< Looked at because they were not in the graph yet.
  std::uint64_t points_compared = 0;  ///< Compared in single precision.
  std::uint64_t duration_ns = 0;      ///< Of all of it.
  std::uint64_t filter_ns = 0;        ///< Of planning and of finding what can match.
  std::uint64_t walk_ns = 0;          ///< Of the walk or the scan.
  std::uint64_t ranking_ns = 0;       ///< Of comparing exactly.
};

/// Most points that one search can find: its memory stays small.
inline constexpr std::size_t kSearchResultsMax = 10'000;

/// Most candidates that a walk can keep.
inline constexpr std::size_t kEfSearchMax = 100'000;

}  // namespace quartz
