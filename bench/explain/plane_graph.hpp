#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "vector/hnsw_links.hpp"
#include "vector/slot_states.hpp"

namespace quartz::bench {

/// A point whose distances the eye can judge.
struct PlanePoint {
  float x = 0;
  float y = 0;
};

/// Points of a plane as a space for a graph (see vector/hnsw_search.hpp), at squared Euclidean
/// distances. A target is a `PlanePoint`.
class PlaneSpace {
 public:
  explicit PlaneSpace(std::vector<PlanePoint> points) : points_(std::move(points)) {}

  float distance(const std::byte* target, vector::Slot slot) const noexcept;
  const std::byte* code(vector::Slot slot) const noexcept {
    return reinterpret_cast<const std::byte*>(&points_[slot]);
  }
  void prefetch(vector::Slot /*slot*/) const noexcept {}

  const std::vector<PlanePoint>& points() const noexcept { return points_; }

 private:
  std::vector<PlanePoint> points_;
};

/// A graph of random points of the unit square, linked one after another by what links those of a
/// collection.
class PlaneGraph {
 public:
  PlaneGraph(std::size_t count, std::uint32_t m, std::size_t ef_construction, std::uint64_t seed);

  const PlaneSpace& space() const noexcept { return space_; }
  const vector::HnswLinks& links() const noexcept { return links_; }
  std::size_t count() const noexcept { return space_.points().size(); }
  PlanePoint point(vector::Slot slot) const noexcept { return space_.points()[slot]; }

 private:
  PlaneSpace space_;
  vector::HnswLinks links_;
  vector::SlotStates states_;
};

}  // namespace quartz::bench
