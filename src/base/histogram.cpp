#include "base/histogram.hpp"

#include <algorithm>
#include <cmath>

namespace quartz {
namespace {

// How many of `count` values must lie at or below a quantile: at least one, at most all, whatever
// `q` is.
std::uint64_t rank_of(double q, std::uint64_t count) noexcept {
  const double wanted = std::ceil(q * static_cast<double>(count));
  if (!(wanted > 1.0)) return 1;
  return wanted < static_cast<double>(count) ? static_cast<std::uint64_t>(wanted) : count;
}

}  // namespace

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
  const std::uint64_t rank = rank_of(q, recorded);
  std::uint64_t below = 0;
  for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
    below += buckets_[bucket].load(std::memory_order_relaxed);
    if (below >= rank) return std::min(upper_bound_of(bucket), max());
  }
  return max();
}

void HistogramReading::add(const Histogram& histogram) {
  counts_.resize(Histogram::kBuckets);
  for (std::size_t bucket = 0; bucket < counts_.size(); ++bucket) {
    const std::uint64_t count = histogram.buckets_[bucket].load(std::memory_order_relaxed);
    counts_[bucket] += count;
    count_ += count;
  }
  sum_ += histogram.sum();
}

void HistogramReading::subtract(const HistogramReading& earlier) noexcept {
  for (std::size_t bucket = 0; bucket < earlier.counts_.size(); ++bucket) {
    counts_[bucket] -= earlier.counts_[bucket];
  }
  count_ -= earlier.count_;
  sum_ -= earlier.sum_;
}

std::uint64_t HistogramReading::quantile(double q) const noexcept {
  if (count_ == 0) return 0;
  const std::uint64_t rank = rank_of(q, count_);
  std::uint64_t below = 0;
  std::size_t bucket = 0;
  for (; bucket + 1 < counts_.size(); ++bucket) {
    below += counts_[bucket];
    if (below >= rank) break;
  }
  return Histogram::upper_bound_of(bucket);
}

std::uint64_t HistogramReading::count_up_to(std::uint64_t value) const noexcept {
  std::uint64_t count = 0;
  for (std::size_t bucket = 0; bucket < counts_.size(); ++bucket) {
    if (Histogram::upper_bound_of(bucket) > value) break;
    count += counts_[bucket];
  }
  return count;
}

}  // namespace quartz
