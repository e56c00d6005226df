#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "storage/cached_row.hpp"

namespace quartz::storage {

/// Rows in the order they came, linked through themselves.
class RowQueue {
 public:
  std::size_t rows() const noexcept { return rows_; }
  std::size_t bytes() const noexcept { return bytes_; }
  CachedRow* oldest() const noexcept { return oldest_; }

  void push(CachedRow* row) noexcept;
  void remove(CachedRow* row) noexcept;

 private:
  CachedRow* newest_ = nullptr;
  CachedRow* oldest_ = nullptr;
  std::size_t rows_ = 0;
  std::size_t bytes_ = 0;
};

/// Which keys were pushed out lately: 16 bits of hash for each, four to a bucket, the oldest of
/// which is forgotten for a fifth. With two to four rows to a bucket of the table that is a memory
/// of once to twice the rows that are cached.
class GhostList {
 public:
  void remember(std::size_t bucket, std::uint64_t tag);
  bool knows(std::size_t bucket, std::uint64_t tag) const noexcept;
  /// Whether it was remembered; it no longer is.
  bool take(std::size_t bucket, std::uint64_t tag) noexcept;

 private:
  static constexpr unsigned kTagBits = 16;
  static constexpr std::uint64_t kTagMask = 0xFFFF;
  static constexpr unsigned kGhostsPerBucket = 4;
  static unsigned index_of(std::uint64_t word, std::uint64_t tag) noexcept;

  std::vector<std::uint64_t> buckets_;  // Grows with the table: four tags in a word, newest lowest.
};

/// Decides which rows of a shard stay: S3-FIFO (Yang et al., "FIFO queues are all you need for
/// cache eviction", SOSP 2023). A row starts in a small queue, a tenth of the room, and reaches the
/// main queue only if it is used again before its turn there, or soon after it was pushed out; so a
/// scan passes through the small queue. In the main queue each use since the last turn grants a
/// turn more. It decides with one use what the paper does with two. Threads: the owner's lock.
class CachePolicy {
 public:
  void limit(std::size_t rows_max, std::size_t bytes_max) noexcept;

  std::size_t rows() const noexcept { return small_.rows() + main_.rows(); }
  std::size_t bytes() const noexcept { return small_.bytes() + main_.bytes(); }
  /// Whether a row of `charge` bytes is larger than the small queue's share. Such a row, used for
  /// the first time, must not come in at the expense of rows that proved their use.
  bool is_large(std::size_t charge) const noexcept;
  /// Whether one row more, of `charge` bytes, is within the limits.
  bool fits(std::size_t charge) const noexcept {
    return rows() < rows_max_ && bytes() + charge <= bytes_max_;
  }

  void insert(CachedRow* row, CachedRow::Queue queue) noexcept;
  void remove(CachedRow* row) noexcept;
  /// The row that goes next, still in its queue; null if there is none. Grants turns on the way.
  CachedRow* next_victim() noexcept;
  /// Some row; null if there is none.
  CachedRow* any() const noexcept {
    return small_.oldest() != nullptr ? small_.oldest() : main_.oldest();
  }

 private:
  bool small_is_over_its_share() const noexcept;
  RowQueue& queue_of(const CachedRow& row) noexcept {
    return row.queue == CachedRow::Queue::small ? small_ : main_;
  }

  RowQueue small_;
  RowQueue main_;
  std::size_t rows_max_ = 0;
  std::size_t bytes_max_ = 0;
};

}  // namespace quartz::storage
