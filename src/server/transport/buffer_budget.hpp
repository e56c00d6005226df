#pragma once

#include <atomic>
#include <cstddef>

namespace quartz::server {

/// Bytes that all connections together hold of requests that have not arrived whole, of answers
/// that were not taken yet, and of transactions. Threads: any number at a time.
class BufferBudget {
 public:
  std::size_t held_bytes() const noexcept { return held_.load(std::memory_order_relaxed); }

 private:
  friend class BufferShare;

  std::atomic<std::size_t> held_{0};
};

/// What one of them holds; it gives that back in the end. Threads: one at a time.
class BufferShare {
 public:
  /// Nothing yet. The budget outlives it.
  explicit BufferShare(BufferBudget& budget) noexcept : budget_(budget) {}
  BufferShare(const BufferShare&) = delete;
  BufferShare& operator=(const BufferShare&) = delete;
  ~BufferShare() { release(); }

  /// Holds so many bytes from now on. False if all together would hold more than `total_max`: then
  /// it goes on with what it held. Holding less always succeeds.
  bool resize(std::size_t bytes, std::size_t total_max) noexcept;
  void release() noexcept { static_cast<void>(resize(0, 0)); }
  std::size_t bytes() const noexcept { return bytes_; }

 private:
  BufferBudget& budget_;
  std::size_t bytes_ = 0;
};

}  // namespace quartz::server
