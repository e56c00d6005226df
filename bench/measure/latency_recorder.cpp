#include "bench/measure/latency_recorder.hpp"

#include <algorithm>
#include <bit>

namespace quartz::bench {

namespace {
constexpr unsigned kSubBits = 5;
}

std::size_t LatencyRecorder::bucket_of(std::uint64_t span) noexcept {
  static_assert(kSubBuckets == std::size_t{1} << kSubBits);
  if (span < kSubBuckets) return static_cast<std::size_t>(span);
  const auto power = static_cast<unsigned>(std::bit_width(span)) - 1;
  const std::uint64_t sub = (span >> (power - kSubBits)) - kSubBuckets;
  return (power - kSubBits + 1) * kSubBuckets + static_cast<std::size_t>(sub);
}

std::uint64_t LatencyRecorder::middle_of(std::size_t bucket) noexcept {
  if (bucket < kSubBuckets) return bucket;
  const std::size_t shift = bucket / kSubBuckets - 1;
  const std::uint64_t first = (kSubBuckets + bucket % kSubBuckets) << shift;
  return first + (std::uint64_t{1} << shift) / 2;
}

void LatencyRecorder::merge(const LatencyRecorder& other) noexcept {
  for (std::size_t i = 0; i < buckets_.size(); ++i) buckets_[i] += other.buckets_[i];
  count_ += other.count_;
  max_ = std::max(max_, other.max_);
}

std::uint64_t LatencyRecorder::quantile(double q) const noexcept {
  const auto wanted = static_cast<std::uint64_t>(q * static_cast<double>(count_));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    seen += buckets_[i];
    if (seen > wanted) return std::min(middle_of(i), max_);
  }
  return max_;
}

void LatencyRecorder::describe(const OperationClock& clock, Measurement& into) const noexcept {
  if (count_ == 0) return;
  into.p50_ns = clock.nanoseconds(quantile(0.5));
  into.p99_ns = clock.nanoseconds(quantile(0.99));
  into.p999_ns = clock.nanoseconds(quantile(0.999));
  into.max_ns = clock.nanoseconds(max_);
}

}  // namespace quartz::bench
