#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "quartz/vector/filter.hpp"

namespace quartz {

/// A point of a collection: what was stored under an id.
struct VectorPoint {
  std::string id;  ///< Unique in the collection.
  /// One or more vectors of the collection's dimensions. A search finds the point by the nearest.
  std::vector<std::vector<float>> vectors;
  std::string payload = {};  ///< A JSON object, or empty.

  /// All of it the same.
  friend bool operator==(const VectorPoint&, const VectorPoint&) = default;
};

/// Which points a scroll returns, in the order of their ids.
struct VectorScrollOptions {
  std::optional<std::string_view> after = {};  ///< Only ids behind this one; to go on from a page.
  std::size_t limit = 100;                     ///< At most so many; at least 1.
  Filter filter = {};                          ///< Only points that match; empty: all.
};

/// Longest id of a point; ids are 1 to so many arbitrary bytes.
inline constexpr std::size_t kPointIdBytesMax = 1024;

/// Most vectors of one point.
inline constexpr std::size_t kPointVectorsMax = 1024;

}  // namespace quartz
