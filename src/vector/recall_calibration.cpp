#include "vector/recall_calibration.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "base/epoch.hpp"
#include "vector/index_search.hpp"
#include "vector/pool_growth.hpp"

namespace quartz::vector {
namespace {

constexpr std::size_t kNearest = 10;
constexpr std::size_t kPointsMin = 1000;
/// Before anything was measured.
constexpr std::size_t kUsualCandidates = 64;

/// Of the nearest of a point, but the point itself, the share that a walk has found. Of equally
/// near ones, any will do.
double recall_of(std::span<const FoundPoint> nearest, std::span<const FoundPoint> found,
                 const PointEntry* self) {
  std::size_t wanted = 0;
  float farthest = 0;
  for (const FoundPoint& point : nearest) {
    if (point.entry == self || wanted == kNearest) continue;
    ++wanted;
    farthest = point.distance;
  }
  if (wanted == 0) return 1;
  const auto hits = std::ranges::count_if(
      found, [&](const FoundPoint& point) { return point.distance <= farthest; });
  return std::min(1.0, static_cast<double>(hits) / static_cast<double>(wanted));
}

}  // namespace

std::size_t RecallCalibration::ef_for(double recall, std::size_t k) const noexcept {
  const double ef = measured_points_.load(std::memory_order_acquire) == 0
                        ? static_cast<double>(kUsualCandidates)
                        : candidates_for(recall);
  const double times = static_cast<double>(std::max(k, kNearest)) / static_cast<double>(kNearest);
  return std::max(k, static_cast<std::size_t>(std::ceil(ef * pool_growth(times))));
}

double RecallCalibration::candidates_for(double recall) const noexcept {
  double below = 0;
  for (std::size_t i = 0; i < kSteps.size(); ++i) {
    const double reached = recall_.at(i).load(std::memory_order_relaxed);
    const auto step = static_cast<double>(kSteps.at(i));
    if (reached < recall) {
      below = reached;
      continue;
    }
    if (i == 0) return step;
    const auto last = static_cast<double>(kSteps.at(i - 1));
    return last + (step - last) * (recall - below) / (reached - below);
  }
  return 2.0 * kSteps.back();
}

bool RecallCalibration::due(const VectorIndex& index) const noexcept {
  const std::size_t points = index.point_count();
  if (points < kPointsMin || !index.links_points()) return false;
  if (index.pending().size() * 20 > points) return false;
  const std::size_t measured = measured_points_.load(std::memory_order_relaxed);
  return measured_serial_.load(std::memory_order_relaxed) != index.serial() ||
         points >= measured * 2;
}

void RecallCalibration::measure(const VectorIndex& index, storage::Sequence at) {
  const std::size_t end = index.states().end();
  const std::size_t count = std::clamp<std::size_t>(kComparisonsMax / end, 8, kQueries);
  std::array<double, kSteps.size()> sum{};
  std::size_t measured = 0;
  IndexSearch exact;
  IndexSearch walk;
  std::vector<float> components(index.quantizer().dimensions());
  for (std::size_t i = 0; i < count; ++i) {
    // Short guards: a scan may take long.
    const EpochGuard guard;
    const auto slot = static_cast<Slot>(i * end / count);
    const PointEntry* const self = index.point(slot);
    if (self == nullptr || !self->visible_at(at) || index.links().level_of(slot) != 0) continue;
    if (const float* const stored = index.components(slot)) {
      std::ranges::copy_n(stored, static_cast<std::ptrdiff_t>(components.size()),
                          components.begin());
    } else {
      index.quantizer().decode(index.code(slot), components);
    }
    exact.scan(index, {.components = components, .k = kNearest + 1, .at = at});
    for (std::size_t step = 0; step < kSteps.size(); ++step) {
      walk.walk(
          index,
          {.components = components, .k = kNearest, .ef = kSteps[step], .at = at, .hidden = slot});
      sum[step] += recall_of(exact.found(), walk.found(), self);
    }
    ++measured;
  }
  if (measured == 0) return;
  for (std::size_t step = 0; step < kSteps.size(); ++step) {
    recall_[step].store(static_cast<float>(sum[step] / static_cast<double>(measured)),
                        std::memory_order_relaxed);
  }
  // Whoever sees that something was measured has to see all of it: the steps that were not stored
  // yet would seem to find nothing.
  measured_points_.store(index.point_count(), std::memory_order_release);
  measured_serial_.store(index.serial(), std::memory_order_relaxed);
}

}  // namespace quartz::vector
