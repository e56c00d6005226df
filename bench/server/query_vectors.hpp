#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

namespace quartz::bench {

/// Of the vectors that queries are asked about, and of the query.
inline constexpr std::size_t kQueryDimensions = 768;
/// Vectors in the collection, all of which are asked for.
inline constexpr std::size_t kQueryPoints = 10;

/// One of them, which looks like no other; the query is number `kQueryPoints`.
inline std::vector<float> query_vector(std::size_t number) {
  std::vector<float> vector(kQueryDimensions);
  for (std::size_t i = 0; i < kQueryDimensions; ++i) {
    vector[i] = static_cast<float>(std::sin(static_cast<double>(number * kQueryDimensions + i)));
  }
  return vector;
}

}  // namespace quartz::bench
