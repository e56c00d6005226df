#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "storage/operation.hpp"
#include "vector/vector_index.hpp"

namespace quartz::vector {

/// How many candidates a walk has to keep for a share of the nearest to be found: measured on an
/// index, and measured again when it has grown. Queries are points of its own, each of which the
/// walk passes by: it would make them easy, since it is linked with all that is near.
///
/// Threads: one measures, any number ask.
class RecallCalibration {
 public:
  /// The fewest candidates that are known to suffice for the `k` nearest. Before anything was
  /// measured, a number that suffices for most collections.
  std::size_t ef_for(double recall, std::size_t k) const noexcept;

  /// Whether the index has changed so much that it should be measured.
  bool due(const VectorIndex& index) const noexcept;
  /// Cost: a scan of the index and some walks for each of up to `kQueries` points.
  void measure(const VectorIndex& index, storage::Sequence at);

 private:
  static constexpr std::array<std::size_t, 14> kSteps = {10,  14,  20,  28,  40,  56,  80,
                                                         112, 160, 224, 320, 448, 640, 896};
  static constexpr std::size_t kQueries = 64;
  // Queries are fewer where a scan of all takes long.
  static constexpr std::size_t kComparisonsMax = 32'000'000;

  // Candidates for the ten nearest, between the two steps around.
  double candidates_for(double recall) const noexcept;

  // Recall of the ten nearest with as many candidates; zero before it was measured.
  std::array<std::atomic<float>, kSteps.size()> recall_{};
  std::atomic<std::size_t> measured_points_{0};
  std::atomic<std::uint64_t> measured_serial_{0};
};

}  // namespace quartz::vector
