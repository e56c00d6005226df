#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace quartz {

/// Counts values in log-linear buckets: 16 to each power of two, so a quantile is off by at most
/// 1/16. Fixed memory, no allocation. Threads: recording and reading may overlap; a reading is then
/// approximate.
class Histogram {
 public:
  void record(std::uint64_t value) noexcept;
  /// The same for the only thread that records: nothing has to be locked.
  void record_alone(std::uint64_t value) noexcept {
    add_alone(buckets_[bucket_of(value)], 1);
    add_alone(sum_, value);
    if (value > max_.load(std::memory_order_relaxed)) {
      max_.store(value, std::memory_order_relaxed);
    }
  }

  std::uint64_t count() const noexcept;
  std::uint64_t sum() const noexcept;
  std::uint64_t max() const noexcept;
  /// The value below which `q` (0 to 1) of the recorded ones lie, to bucket resolution; 0 if empty.
  std::uint64_t quantile(double q) const noexcept;

 private:
  friend class HistogramReading;

  // The four bits after the leading one choose among the buckets of a power of two.
  static constexpr unsigned kSubBits = 4;
  static constexpr std::size_t kSubBuckets = std::size_t{1} << kSubBits;
  static constexpr std::size_t kBuckets = 64 * kSubBuckets;

  static constexpr std::size_t bucket_of(std::uint64_t value) noexcept {
    if (value < kSubBuckets) return static_cast<std::size_t>(value);  // Exact down there.
    const unsigned power = static_cast<unsigned>(std::bit_width(value)) - 1;
    const unsigned shift = power - kSubBits;
    const std::uint64_t sub = (value >> shift) - kSubBuckets;
    return (shift + 1) * kSubBuckets + static_cast<std::size_t>(sub);
  }
  static std::uint64_t upper_bound_of(std::size_t bucket) noexcept;
  static void add_alone(std::atomic<std::uint64_t>& to, std::uint64_t n) noexcept {
    to.store(to.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }

  std::array<std::atomic<std::uint64_t>, kBuckets> buckets_{};
  std::atomic<std::uint64_t> sum_{0};
  std::atomic<std::uint64_t> max_{0};
};

/// What one or several histograms held at some moment.
class HistogramReading {
 public:
  void add(const Histogram& histogram);
  /// Leaves what came after an earlier reading of the same histograms.
  void subtract(const HistogramReading& earlier) noexcept;

  std::uint64_t count() const noexcept { return count_; }
  std::uint64_t sum() const noexcept { return sum_; }
  /// The value below which `q` (0 to 1) of them lie, to bucket resolution; 0 if empty.
  std::uint64_t quantile(double q) const noexcept;
  /// How many lie in buckets that end at `value` or before it. Exact for one below a power of two.
  std::uint64_t count_up_to(std::uint64_t value) const noexcept;

 private:
  std::vector<std::uint64_t> counts_;  // Of each bucket; empty before the first histogram.
  std::uint64_t count_ = 0;
  std::uint64_t sum_ = 0;
};

}  // namespace quartz
