#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "quartz/result.hpp"
#include "quartz/vector/metric.hpp"

namespace quartz::vector {

/// A point on its way into an index.
struct IndexedPoint {
  std::string_view id;
  std::uint64_t version = 0;
  /// Of all its vectors, one after another, of length 1 where the metric is the cosine.
  std::span<const float> components;
  std::string_view payload;
};

/// Takes rows of a collection apart for its index. Threads: one at a time.
class PointReader {
 public:
  PointReader(std::size_t dimensions, Metric metric) noexcept
      : dimensions_(dimensions), metric_(metric) {}

  /// The point that is stored under `id`; good until the next call, and as long as `value`.
  /// `corruption` or `unsupported` for a row that is no point: somebody has written it past the
  /// collection.
  Result<IndexedPoint> read(std::string_view id, std::string_view value);

 private:
  const std::size_t dimensions_;
  const Metric metric_;
  std::vector<float> components_;
};

}  // namespace quartz::vector
