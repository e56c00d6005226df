#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "quartz/result.hpp"

namespace quartz::cli {

/// What the demonstration measures of searching, the same for each library. Threads: one at a time.
class MeasuredSearch {
 public:
  virtual ~MeasuredSearch() = default;

  /// The numbers of the `k` rows that are nearest to `query`, in any order, in place of what `rows`
  /// held, by a walk through a graph that keeps `ef` candidates.
  virtual Result<void> search(std::span<const float> query, std::size_t k, std::size_t ef,
                              std::vector<std::uint64_t>& rows) = 0;
};

}  // namespace quartz::cli
