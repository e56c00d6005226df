#pragma once

#include <functional>
#include <string>
#include <vector>

#include "bench/vector/data_set.hpp"
#include "bench/vector/vector_peer.hpp"
#include "bench/vector/vector_results.hpp"

namespace quartz::bench {

struct VectorPlan {
  std::vector<VectorPeerKind> peers;
  std::vector<unsigned> build_threads = {1, 2};
  unsigned build_repetitions = 1;
  unsigned repetitions = 5;     ///< Of all searches with one breadth.
  std::size_t neighbours = 10;  ///< That a query asks for.
  /// Told what is being measured: a line without its end.
  std::function<void(const std::string&)> progress;
};

/// Builds and searches with every peer. The peers take turns: in each repetition of a build, and in
/// each repetition of the searches at one place of their lists of breadths, with another one first
/// each time. Searches run on the calling thread, on what was built last.
VectorSetResult measure(const DataSet& set, const VectorPlan& plan);

}  // namespace quartz::bench
