#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "base/histogram.hpp"
#include "base/mutex.hpp"

namespace quartz::server {

/// How many calls of each of some kinds there were, and how long they took: a histogram of
/// nanoseconds for each kind and each thread that had one.
///
/// Threads: any number at a time. Cost of recording: a few stores to lines of the thread's own.
class CallStatistics {
 public:
  /// Of the kinds 0 to `kinds` - 1.
  explicit CallStatistics(std::size_t kinds);
  CallStatistics(const CallStatistics&) = delete;
  CallStatistics& operator=(const CallStatistics&) = delete;
  ~CallStatistics();

  /// A call is not counted if there is no memory for the first one of its kind.
  void record(std::size_t kind, std::uint64_t nanoseconds) noexcept;

  /// Since the last `reset`.
  HistogramReading reading(std::size_t kind) const;
  /// Counts from zero again.
  void reset();

 private:
  static constexpr std::size_t kOwnShards = 32;
  static constexpr std::size_t kSharedShards = 4;  // Of all threads beyond the first ones.
  using Place = std::atomic<Histogram*>;

  static Histogram* make_in(Place& place) noexcept;
  HistogramReading since_the_beginning(std::size_t kind) const;

  const std::size_t kinds_;
  std::vector<Place> places_;  // Shard by shard.
  // Whoever records is alone with his histogram, so nobody else may set it back.
  mutable Mutex mutex_;
  std::map<std::size_t, HistogramReading> before_reset_ QUARTZ_GUARDED_BY(mutex_);
};

}  // namespace quartz::server
