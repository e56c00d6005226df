#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "storage/operation.hpp"

namespace quartz::storage {

/// A removed range as of some sequence.
struct RangeTombstone {
  std::string_view first;
  std::string_view last;  // Excluded.
  Sequence sequence = 0;

  bool operator==(const RangeTombstone&) const = default;
};

/// Keys that the same removed ranges cover, with the newest of these as of some sequence.
struct RangeStretch {
  std::optional<std::string_view> first = {};  // Empty: from the smallest key.
  std::optional<std::string_view> last = {};   // Excluded. Empty: to the largest key.
  Sequence newest = 0;  // 0: none covers them. Otherwise both bounds are there.

  bool contains(std::string_view key) const noexcept {
    return (!first || *first <= key) && (!last || key < *last);
  }
};

/// The removed ranges of one keyspace, to be asked which of them cover a key.
///
/// A set of ranges never changes: adding one publishes a new set, which shares most of the old one
/// and lets go of it by way of `retire`. The bounds point to where the caller has them.
/// Threads: one adds; any number ask beside it, without locks.
/// Cost, n being the number of ranges: asking an empty set is one load, any other O(log³ n) steps
/// at most; adding O(log² n) amortised, and memory O(n log n), even where all ranges overlap, as
/// when a queue is trimmed from its front again and again.
class RangeTombstones {
 public:
  RangeTombstones() noexcept = default;
  ~RangeTombstones();
  RangeTombstones(const RangeTombstones&) = delete;
  RangeTombstones& operator=(const RangeTombstones&) = delete;

  /// `added.sequence` is newer than all before. A range that holds nothing is ignored.
  void add(const RangeTombstone& added);

  /// Sequence of the newest range of at most `at` that covers `key`; 0 if none does.
  Sequence newest_over(std::string_view key, Sequence at) const noexcept {
    return empty() ? 0 : newest_in_set(key, at);
  }
  bool empty() const noexcept { return set_.load(std::memory_order_acquire) == nullptr; }
  /// The stretch around `key`, with the newest range of at most `at`. It stays what it is for that
  /// `at`, whatever is added.
  RangeStretch stretch(std::string_view key, Sequence at) const;
  /// What is covered by ranges of at most `at`, as disjoint fragments in order of their keys, each
  /// with its newest sequence. Neighbours with the same sequence are one fragment.
  std::vector<RangeTombstone> fragments(Sequence at) const;

 private:
  class Run;
  struct Set;
  using Runs = std::vector<std::shared_ptr<const Run>>;

  Runs runs() const;

  Sequence newest_in_set(std::string_view key, Sequence at) const noexcept;

  std::atomic<const Set*> set_{nullptr};
};

}  // namespace quartz::storage
