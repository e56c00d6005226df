#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "bench/vector/data_set.hpp"
#include "bench/vector/vector_results.hpp"

namespace quartz::bench {

struct CollectionPlan {
  unsigned repetitions = 5;
  std::size_t neighbours = 10;         ///< That a query asks for.
  std::size_t filtered_queries = 500;  ///< Of the set's, with each filter.
  std::size_t upserts = 5000;          ///< One after another, in each repetition.
  unsigned upserts_per_second = 2000;  ///< Beside searches,
  double busy_seconds = 5;             ///< for so long in each repetition.
  /// Told what is being measured: a line without its end.
  std::function<void(const std::string&)> progress;
};

/// Measures collections of the set's vectors in an engine, as an application has them, with one
/// thread for the index: searches under filters in one with payloads and indexes of them; upserts,
/// searches beside upserts and openings in one of vectors alone.
CollectionResult measure_collection(const DataSet& set, const CollectionPlan& plan);

}  // namespace quartz::bench
