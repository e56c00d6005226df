#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "base/mutex.hpp"

namespace quartz::server {

/// The calls that took long, the newest of them. Threads: any number at a time.
class SlowLog {
 public:
  static constexpr std::int64_t kOff = -1;

  struct Entry {
    std::uint64_t id = 0;       ///< Counts up, also over `clear`.
    std::int64_t at = 0;        ///< Seconds since 1970.
    std::int64_t duration = 0;  ///< Microseconds.
    std::vector<std::string> words = {};
    std::string address = {};
    std::string client_name = {};
  };

  /// Calls of at least so many microseconds are kept; `kOff`: none.
  std::int64_t threshold() const noexcept { return threshold_.load(std::memory_order_relaxed); }
  void set_threshold(std::int64_t microseconds) noexcept {
    threshold_.store(microseconds, std::memory_order_relaxed);
  }
  /// How many are kept; 0: none.
  std::size_t length_max() const noexcept { return length_max_.load(std::memory_order_relaxed); }
  void set_length_max(std::size_t count);

  bool wants(std::int64_t microseconds) const noexcept {
    const std::int64_t least = threshold();
    return least >= 0 && microseconds >= least && length_max() > 0;
  }
  /// Gives it an id, and the time.
  void add(Entry entry);
  /// At most `count`, the newest first.
  std::vector<Entry> newest(std::size_t count) const;
  std::size_t size() const;
  void clear();

 private:
  std::atomic<std::int64_t> threshold_{10'000};
  std::atomic<std::size_t> length_max_{128};
  mutable Mutex mutex_;
  std::uint64_t next_id_ QUARTZ_GUARDED_BY(mutex_) = 0;
  std::deque<Entry> entries_ QUARTZ_GUARDED_BY(mutex_);  // The newest in front.
};

}  // namespace quartz::server
