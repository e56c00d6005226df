#include "server/statistics/call_statistics.hpp"

#include <new>

#include "base/counter.hpp"

namespace quartz::server {

CallStatistics::CallStatistics(std::size_t kinds)
    : kinds_(kinds), places_((kOwnShards + kSharedShards) * kinds) {}

CallStatistics::~CallStatistics() {
  for (const Place& place : places_) delete place.load(std::memory_order_acquire);
}

Histogram* CallStatistics::make_in(Place& place) noexcept {
  std::unique_ptr<Histogram> made(new (std::nothrow) Histogram);
  Histogram* there = nullptr;
  if (!made || !place.compare_exchange_strong(there, made.get())) return there;
  return made.release();
}

void CallStatistics::record(std::size_t kind, std::uint64_t nanoseconds) noexcept {
  const std::size_t slot = thread_slot();
  // No other running thread has a slot of the first ones.
  const bool alone = slot < kOwnShards;
  const std::size_t shard = alone ? slot : kOwnShards + slot % kSharedShards;
  Place& place = places_[shard * kinds_ + kind];
  Histogram* histogram = place.load(std::memory_order_acquire);
  if (histogram == nullptr) [[unlikely]] {
    histogram = make_in(place);
    if (histogram == nullptr) return;
  }
  if (alone) {
    histogram->record_alone(nanoseconds);
  } else {
    histogram->record(nanoseconds);
  }
}

HistogramReading CallStatistics::since_the_beginning(std::size_t kind) const {
  HistogramReading reading;
  for (std::size_t at = kind; at < places_.size(); at += kinds_) {
    const Histogram* const histogram = places_[at].load(std::memory_order_acquire);
    if (histogram != nullptr) reading.add(*histogram);
  }
  return reading;
}

HistogramReading CallStatistics::reading(std::size_t kind) const {
  MutexLock lock(mutex_);
  HistogramReading now = since_the_beginning(kind);
  const auto before = before_reset_.find(kind);
  if (before != before_reset_.end()) now.subtract(before->second);
  return now;
}

void CallStatistics::reset() {
  MutexLock lock(mutex_);
  for (std::size_t kind = 0; kind < kinds_; ++kind) {
    HistogramReading now = since_the_beginning(kind);
    if (now.count() != 0) before_reset_.insert_or_assign(kind, std::move(now));
  }
}

}  // namespace quartz::server
