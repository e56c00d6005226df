#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "bench/vector/vector_rows.hpp"
#include "quartz/result.hpp"

namespace quartz::bench {

/// Vectors to build an index of, others to search for, and what an exact search finds for them.
struct DataSet {
  std::string name;
  VectorRows base;
  VectorRows queries;
  std::size_t neighbours = 0;         ///< Known for each query.
  std::vector<std::int32_t> nearest;  ///< Rows of the base, nearest first, query after query.
};

/// Reads `<name>.base.u8bin`, `<name>.query.u8bin` and `<name>.groundtruth-l2.ibin` of a folder; of
/// the queries at most so many. `corruption` if the files do not belong together, or if fewer than
/// `neighbours_min` are known for each query.
Result<DataSet> read_data_set(const std::filesystem::path& folder, const std::string& name,
                              std::size_t queries_max, std::size_t neighbours_min);

/// Share of the `found.size()` nearest of a query that are among `found`.
double recall_of(const DataSet& set, std::size_t query, std::span<const std::uint32_t> found);

}  // namespace quartz::bench
