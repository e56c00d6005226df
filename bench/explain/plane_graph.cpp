#include "bench/explain/plane_graph.hpp"

#include <cstring>
#include <utility>

#include "base/epoch.hpp"
#include "base/random.hpp"
#include "vector/hnsw_insert.hpp"

namespace quartz::bench {
namespace {

std::vector<PlanePoint> random_points(std::size_t count, std::uint64_t seed) {
  Random random(seed);
  const auto coordinate = [&] { return static_cast<float>(random.below(1 << 20)) / (1 << 20); };
  std::vector<PlanePoint> points(count);
  for (PlanePoint& point : points) {
    point.x = coordinate();
    point.y = coordinate();
  }
  return points;
}

}  // namespace

float PlaneSpace::distance(const std::byte* target, vector::Slot slot) const noexcept {
  PlanePoint a;
  std::memcpy(&a, target, sizeof a);
  const PlanePoint& b = points_[slot];
  return (a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y);
}

PlaneGraph::PlaneGraph(std::size_t count, std::uint32_t m, std::size_t ef_construction,
                       std::uint64_t seed)
    : space_(random_points(count, seed)), links_(m) {
  links_.grow(count).value();
  const vector::HnswInserter<PlaneSpace> inserter(links_, states_, space_, ef_construction, seed);
  vector::HnswScratch scratch;
  for (std::size_t i = 0; i < count; ++i) {
    const vector::Slot slot = states_.take().value().value();
    states_.show(slot);
    const EpochGuard guard;
    inserter.insert(slot, scratch);
  }
}

}  // namespace quartz::bench
