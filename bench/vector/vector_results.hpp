#pragma once

#include <cstdint>
#include <map>
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

struct VectorSetResult {
  std::string name;  ///< "sift-128"
  std::uint64_t vectors = 0;
  std::uint64_t dimensions = 0;
  std::uint64_t queries = 0;
  std::vector<VectorPeerResult> peers;  ///< Quartz first.
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
