#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/mutex.hpp"

namespace quartz::server {

/// When something took long, and how long: of each kind of event the newest ones, at most one a
/// second. Threads: any number at a time.
class LatencyEvents {
 public:
  static constexpr std::size_t kSamplesMax = 160;

  struct Sample {
    std::int64_t at = 0;        ///< Seconds since 1970.
    std::int64_t duration = 0;  ///< Milliseconds.
  };
  struct Event {
    std::deque<Sample> samples = {};  ///< The oldest first; never empty.
    std::int64_t longest = 0;         ///< Since it was forgotten last, in milliseconds.
  };
  using Events = std::map<std::string, Event, std::less<>>;

  /// What takes at least so many milliseconds is remembered; 0: nothing.
  std::int64_t threshold() const noexcept { return threshold_.load(std::memory_order_relaxed); }
  void set_threshold(std::int64_t milliseconds) noexcept {
    threshold_.store(milliseconds, std::memory_order_relaxed);
  }

  /// Remembers it if it took so long. Cost otherwise: a look at the threshold.
  void note(std::string_view event, std::uint64_t nanoseconds) {
    const std::int64_t least = threshold();
    const auto milliseconds = static_cast<std::int64_t>(nanoseconds / 1'000'000);
    if (least > 0 && milliseconds >= least) [[unlikely]]
      add(event, milliseconds);
  }

  Events all() const;
  /// Forgets those that are named, or all if none is; how many there were.
  std::size_t forget(const std::vector<std::string_view>& names);

 private:
  void add(std::string_view event, std::int64_t milliseconds);

  std::atomic<std::int64_t> threshold_{0};
  mutable Mutex mutex_;
  Events events_ QUARTZ_GUARDED_BY(mutex_);
};

}  // namespace quartz::server
