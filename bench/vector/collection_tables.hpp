#pragma once

#include <string>
#include <vector>

#include "bench/vector/vector_results.hpp"

namespace quartz::bench {

/// Cells of a table, as texts without markup.
struct ResultTable {
  std::vector<std::string> head;
  std::vector<std::vector<std::string>> rows;
};

/// Searches without a filter and with each: how, recall, rate, and the rate's ratio to that without
/// one.
ResultTable filtered_table(const CollectionResult& collection);

/// What takes time as the caller sees it: median and 99th percentile, the medians of repetitions;
/// beside upserts also their ratio to the same without. Of openings, the median alone.
ResultTable latency_table(const CollectionResult& collection);

}  // namespace quartz::bench
