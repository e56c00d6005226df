#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace quartz {

/// Counts values in log-linear buckets: 16 to each power of two, so a quantile is off by at most
/// 1/16. Fixed memory, no allocation. Threads: recording and reading may overlap; a reading is then
/// approximate.
class Histogram {
 public:
  void record(std::uint64_t value) noexcept;

  std::uint64_t count() const noexcept;
  std::uint64_t sum() const noexcept;
  std::uint64_t max() const noexcept;
  /// The value below which `q` (0 to 1) of the recorded ones lie, to bucket resolution; 0 if empty.
  std::uint64_t quantile(double q) const noexcept;

 private:
  static constexpr std::size_t kSubBuckets = 16;
  static constexpr std::size_t kBuckets = 64 * kSubBuckets;
  static std::size_t bucket_of(std::uint64_t value) noexcept;
  static std::uint64_t upper_bound_of(std::size_t bucket) noexcept;

  std::array<std::atomic<std::uint64_t>, kBuckets> buckets_{};
  std::atomic<std::uint64_t> sum_{0};
  std::atomic<std::uint64_t> max_{0};
};

}  // namespace quartz
