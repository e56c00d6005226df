#include "base/histogram.hpp"

#include <algorithm>
#include <cmath>

namespace quartz {
namespace {

// 16 buckets to each power of two: the four bits after the leading one choose among them.
constexpr unsigned kSubBits = 4;

}  // namespace

std::size_t Histogram::bucket_of(std::uint64_t value) noexcept {
  static_assert(kSubBuckets == std::size_t{1} << kSubBits);
  if (value < kSubBuckets) return static_cast<std::size_t>(value);  // Exact down there.
  const unsigned power = static_cast<unsigned>(std::bit_width(value)) - 1;
  const unsigned shift = power - kSubBits;
  const std::uint64_t sub = (value >> shift) - kSubBuckets;
  return (shift + 1) * kSubBuckets + static_cast<std::size_t>(sub);
}

std::uint64_t Histogram::upper_bound_of(std::size_t bucket) noexcept {
  if (bucket < kSubBuckets) return bucket;
  const std::size_t shift = bucket / kSubBuckets - 1;
  const std::uint64_t lower = std::uint64_t{kSubBuckets + bucket % kSubBuckets} << shift;
  return lower + ((std::uint64_t{1} << shift) - 1);
}

void Histogram::record(std::uint64_t value) noexcept {
  buckets_[bucket_of(value)].fetch_add(1, std::memory_order_relaxed);
  sum_.fetch_add(value, std::memory_order_relaxed);
  std::uint64_t seen = max_.load(std::memory_order_relaxed);
  while (seen < value && !max_.compare_exchange_weak(seen, value, std::memory_order_relaxed)) {
  }
}

std::uint64_t Histogram::count() const noexcept {
  std::uint64_t sum = 0;
  for (const auto& bucket : buckets_) sum += bucket.load(std::memory_order_relaxed);
  return sum;
}

std::uint64_t Histogram::sum() const noexcept { return sum_.load(std::memory_order_relaxed); }

std::uint64_t Histogram::max() const noexcept { return max_.load(std::memory_order_relaxed); }

std::uint64_t Histogram::quantile(double q) const noexcept {
  const std::uint64_t recorded = count();
  if (recorded == 0) return 0;
  // How many values must lie at or below the answer: at least one, at most all, whatever `q` is.
  const double wanted = std::ceil(q * static_cast<double>(recorded));
  std::uint64_t rank = recorded;
  if (!(wanted > 1.0)) {
    rank = 1;
  } else if (wanted < static_cast<double>(recorded)) {
    rank = static_cast<std::uint64_t>(wanted);
  }
  std::uint64_t below = 0;
  for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
    below += buckets_[bucket].load(std::memory_order_relaxed);
    if (below >= rank) return std::min(upper_bound_of(bucket), max());
  }
  return max();
}

}  // namespace quartz
