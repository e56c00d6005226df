#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace quartz::bench {

/// Vectors of one length, one after another.
struct VectorRows {
  std::size_t dimensions = 0;
  std::vector<float> components;

  std::size_t count() const noexcept {
    return dimensions == 0 ? 0 : components.size() / dimensions;
  }
  std::span<const float> row(std::size_t index) const noexcept {
    return std::span(components).subspan(index * dimensions, dimensions);
  }
};

}  // namespace quartz::bench
