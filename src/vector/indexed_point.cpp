#include "vector/indexed_point.hpp"

#include <fmt/format.h>

#include "base/try.hpp"
#include "quartz/vector/vector_point.hpp"
#include "vector/components.hpp"
#include "vector/point_value.hpp"

namespace quartz::vector {

Result<IndexedPoint> PointReader::read(std::string_view id, std::string_view value) {
  if (id.empty() || id.size() > kPointIdBytesMax) {
    return Error(Errc::corruption, fmt::format("a point's id has {} bytes", id.size()));
  }
  QUARTZ_ASSIGN(const PointValue point, parse_point_value(value, dimensions_));
  point.copy_components(components_);
  for (std::size_t i = 0; i < point.vector_count; ++i) {
    const auto vector = std::span(components_).subspan(i * dimensions_, dimensions_);
    auto checked = metric_ == Metric::cosine ? normalise(vector) : check_components(vector);
    if (!checked) return Error(Errc::corruption, checked.error().message());
  }
  return IndexedPoint{id, point.version, components_, point.payload};
}

}  // namespace quartz::vector
