#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "bench/measure/measurement.hpp"

namespace quartz::bench {

/// What a peer reaches with one breadth of search.
struct CurvePoint {
  std::size_t breadth = 0;
  double recall = 0;                       ///< Of the nearest, the mean over all queries.
  std::vector<double> queries_per_second;  ///< One for each repetition, on one thread.
};

/// Times that a peer took to build its index, on so many threads.
struct BuildTimes {
  unsigned threads = 1;
  std::vector<double> seconds;  ///< One for each repetition.
};

/// One peer on one set of vectors. Repetition i of every peer was made next to the others'.
struct VectorPeerResult {
  std::string peer;
  double bytes_per_vector = 0;  ///< Zero: not known.
  std::vector<BuildTimes> builds;
  std::vector<CurvePoint> points;  ///< By growing breadth.
};

/// Searches that only points may answer which match a filter; these were picked at random.
struct FilteredRate {
  std::string filter;                      ///< "boolean" or "integer range": how it is asked for.
  double share = 0;                        ///< Of the points, those that match.
  double recall = 0;                       ///< Of the nearest that match.
  std::string plan;                        ///< Of the last search: "exact scan".
  std::vector<double> queries_per_second;  ///< One for each repetition, on one thread.
};

/// Latencies in one repetition, in nanoseconds as the caller sees them.
struct Latencies {
  double p50_ns = 0;
  double p99_ns = 0;
};

/// What applications meet beside the search of an index that does not change, through the public
/// interface with its defaults.
struct CollectionResult {
  double recall = 0;                       ///< Without a filter.
  std::vector<double> queries_per_second;  ///< Likewise; one for each repetition.
  std::vector<FilteredRate> filtered;
  std::vector<Latencies> upserts;        ///< One after another, while the index takes them in.
  std::vector<Latencies> idle_searches;  ///< While nothing is written.
  std::vector<Latencies> busy_searches;  ///< While a thread writes so many points a second:
  std::vector<double> upserts_per_second;
  std::vector<double> clean_open_ns;    ///< After a close, until the first search was answered.
  std::vector<double> indexed_open_ns;  ///< The same with the payloads and indexes of the filters.
  std::vector<double> crash_open_ns;    ///< The same of what a kill leaves behind.
};

struct VectorSetResult {
  std::string name;  ///< "sift-128"
  std::uint64_t vectors = 0;
  std::uint64_t dimensions = 0;
  std::uint64_t queries = 0;
  std::vector<VectorPeerResult> peers;  ///< Quartz first.
  std::optional<CollectionResult> collection = {};
};

/// Everything that one run of `quartz-vector-bench` found out.
struct VectorRunResult {
  RunResult::Machine machine;
  std::map<std::string, std::string> versions;  ///< By peer.
  std::map<std::string, std::string> remarks;   ///< By peer; only those that have one.
  std::string started_at;                       ///< UTC, ISO 8601.
  std::uint64_t neighbours = 0;                 ///< That a query asked for.
  std::vector<VectorSetResult> sets;
};

}  // namespace quartz::bench
