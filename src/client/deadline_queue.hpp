#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

namespace quartz::client {

/// What becomes due at some moment, in the order of the moments: a heap of entries that belong to
/// others, so that one timer does for all that a client waits for. Allocates only to grow. Adding
/// and removing take O(log n), and adding the latest O(1). Threads: one at a time.
class DeadlineQueue {
 public:
  using Clock = std::chrono::steady_clock;

  class Entry {
   public:
    Entry() = default;
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;
    virtual ~Entry() = default;

    /// Its moment has come; it is in no queue any more, and may be added again.
    virtual void due() = 0;
    bool queued() const noexcept { return place_ != kNowhere; }

   private:
    friend class DeadlineQueue;
    static constexpr std::size_t kNowhere = ~std::size_t{0};

    Clock::time_point at_{};
    std::size_t place_ = kNowhere;
  };

  /// An entry that is queued already moves. It must be removed before it goes.
  void add(Entry& entry, Clock::time_point at);
  /// Nothing happens if it is not queued.
  void remove(Entry& entry) noexcept;
  /// Removes all.
  void clear() noexcept;

  /// When the first is due; nothing if there is none.
  std::optional<Clock::time_point> earliest() const noexcept;
  /// Takes out the first if it is due by now; null if it is not.
  Entry* take_due(Clock::time_point now) noexcept;
  std::size_t size() const noexcept { return entries_.size(); }

 private:
  void put(Entry& entry, std::size_t place) noexcept;
  void rise(Entry& entry, std::size_t place) noexcept;
  void sink(Entry& entry, std::size_t place) noexcept;

  std::vector<Entry*> entries_;
};

}  // namespace quartz::client
