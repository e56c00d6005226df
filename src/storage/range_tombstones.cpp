#include "storage/range_tombstones.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <span>
#include <utility>

#include "base/epoch.hpp"

namespace quartz::storage {

/// Some of the ranges, never changed, as a segment tree (Bentley, 1977): the bounds of all ranges
/// cut the keys into stretches; over the stretches stands a binary tree; a range is noted at the
/// few nodes that make it up, and what covers a stretch is met on the way from it to the root. A
/// list of ranges per stretch would be simpler, and quadratic when they are nested.
class RangeTombstones::Run {
 public:
  /// `ranges` from the newest to the oldest.
  explicit Run(std::vector<RangeTombstone> ranges);

  const std::vector<RangeTombstone>& ranges() const noexcept { return ranges_; }
  const std::vector<std::string_view>& bounds() const noexcept { return bounds_; }

  /// How many bounds are at or before `key`: it lies between the last of them and the next.
  std::size_t bounds_up_to(std::string_view key) const noexcept {
    return static_cast<std::size_t>(std::upper_bound(bounds_.begin(), bounds_.end(), key) -
                                    bounds_.begin());
  }
  /// The newest sequence of at most `at` over a key with so many bounds up to it, or 0.
  Sequence newest_over(std::size_t bounds_up_to, Sequence at) const noexcept;

 private:
  // Calls `visitor` with each tree node that is part of `range`.
  template <class Visitor>
  void for_each_node(const RangeTombstone& range, Visitor&& visitor) const;

  std::vector<RangeTombstone> ranges_;
  std::vector<std::string_view> bounds_;  // Sorted; stretch i is [bounds_[i], bounds_[i + 1]).
  // Node i has the children 2i and 2i+1, and stretch i is node i + bounds_.size(). Noted at node i
  // are sequences_[starts_[i]] up to sequences_[starts_[i + 1]], newest first.
  std::vector<std::size_t> starts_;
  std::vector<Sequence> sequences_;
};

/// What readers see: runs from the oldest to the newest, each more than twice as long as the next,
/// so that there are few, and a range is copied to a longer run only a logarithmic number of times.
struct RangeTombstones::Set {
  Runs runs;
};

namespace {

void sort_without_repetition(std::vector<std::string_view>& bounds) {
  std::sort(bounds.begin(), bounds.end());
  bounds.erase(std::unique(bounds.begin(), bounds.end()), bounds.end());
}

}  // namespace

RangeTombstones::Run::Run(std::vector<RangeTombstone> ranges) : ranges_(std::move(ranges)) {
  bounds_.reserve(ranges_.size() * 2);
  for (const RangeTombstone& range : ranges_) {
    bounds_.push_back(range.first);
    bounds_.push_back(range.last);
  }
  sort_without_repetition(bounds_);

  // Count what goes to each node, turn the counts into starts, then fill in.
  starts_.assign(bounds_.size() * 2 + 1, 0);
  for (const RangeTombstone& range : ranges_) {
    for_each_node(range, [this](std::size_t node) { ++starts_[node + 1]; });
  }
  for (std::size_t i = 1; i < starts_.size(); ++i) {
    starts_[i] += starts_[i - 1];
  }
  sequences_.resize(starts_.back());
  std::vector<std::size_t> next = starts_;
  for (const RangeTombstone& range : ranges_) {
    for_each_node(range, [&](std::size_t node) { sequences_[next[node]++] = range.sequence; });
  }
}

template <class Visitor>
void RangeTombstones::Run::for_each_node(const RangeTombstone& range, Visitor&& visitor) const {
  // Climbs from both ends. A node whose sibling is outside the range is taken; any other is left to
  // its parent.
  std::size_t left = bounds_up_to(range.first) - 1 + bounds_.size();
  std::size_t right = bounds_up_to(range.last) - 1 + bounds_.size();
  for (; left < right; left /= 2, right /= 2) {
    if (left % 2 == 1) {
      visitor(left++);
    }
    if (right % 2 == 1) {
      visitor(--right);
    }
  }
}

Sequence RangeTombstones::Run::newest_over(std::size_t bounds_up_to, Sequence at) const noexcept {
  if (bounds_up_to == 0 || bounds_up_to == bounds_.size()) {
    return 0;  // Before or beyond all ranges.
  }
  Sequence newest = 0;
  for (std::size_t node = bounds_up_to - 1 + bounds_.size(); node > 0; node /= 2) {
    const auto noted =
        std::span(sequences_).subspan(starts_[node], starts_[node + 1] - starts_[node]);
    const auto found = std::lower_bound(noted.begin(), noted.end(), at, std::greater<>());
    if (found != noted.end()) {
      newest = std::max(newest, *found);
    }
  }
  return newest;
}

RangeTombstones::~RangeTombstones() { delete set_.load(std::memory_order_relaxed); }

void RangeTombstones::add(const RangeTombstone& added) {
  if (added.first >= added.last) {
    return;
  }
  const Set* old = set_.load(std::memory_order_relaxed);
  auto set = old == nullptr ? std::make_unique<Set>() : std::make_unique<Set>(*old);
  std::vector<RangeTombstone> ranges{added};
  while (!set->runs.empty() && set->runs.back()->ranges().size() <= 2 * ranges.size()) {
    const std::vector<RangeTombstone>& older = set->runs.back()->ranges();
    ranges.insert(ranges.end(), older.begin(), older.end());
    set->runs.pop_back();
  }
  set->runs.push_back(std::make_shared<const Run>(std::move(ranges)));
  set_.store(set.release(), std::memory_order_release);
  if (old != nullptr) {
    retire_object(const_cast<Set*>(old));
  }
}

Sequence RangeTombstones::newest_in_set(std::string_view key, Sequence at) const noexcept {
  const EpochGuard guard;
  Sequence newest = 0;
  for (const auto& run : set_.load(std::memory_order_acquire)->runs) {
    newest = std::max(newest, run->newest_over(run->bounds_up_to(key), at));
  }
  return newest;
}

RangeTombstones::Runs RangeTombstones::runs() const {
  const EpochGuard guard;
  const Set* set = set_.load(std::memory_order_acquire);
  return set == nullptr ? Runs() : set->runs;
}

RangeStretch RangeTombstones::stretch(std::string_view key, Sequence at) const {
  RangeStretch stretch;
  for (const auto& run : runs()) {
    const std::size_t up_to = run->bounds_up_to(key);
    stretch.newest = std::max(stretch.newest, run->newest_over(up_to, at));
    const std::vector<std::string_view>& bounds = run->bounds();
    if (up_to > 0) {
      const std::string_view before = bounds[up_to - 1];
      stretch.first = stretch.first ? std::max(*stretch.first, before) : before;
    }
    if (up_to < bounds.size()) {
      const std::string_view behind = bounds[up_to];
      stretch.last = stretch.last ? std::min(*stretch.last, behind) : behind;
    }
  }
  return stretch;
}

std::vector<RangeTombstone> RangeTombstones::fragments(Sequence at) const {
  const Runs runs = this->runs();
  std::vector<std::string_view> bounds;
  for (const auto& run : runs) {
    bounds.insert(bounds.end(), run->bounds().begin(), run->bounds().end());
  }
  sort_without_repetition(bounds);

  std::vector<RangeTombstone> fragments;
  for (std::size_t i = 0; i + 1 < bounds.size(); ++i) {
    Sequence newest = 0;
    for (const auto& run : runs) {
      newest = std::max(newest, run->newest_over(run->bounds_up_to(bounds[i]), at));
    }
    if (newest == 0) {
      continue;
    }
    if (!fragments.empty() && fragments.back().sequence == newest &&
        fragments.back().last == bounds[i]) {
      fragments.back().last = bounds[i + 1];
    } else {
      fragments.push_back({bounds[i], bounds[i + 1], newest});
    }
  }
  return fragments;
}

}  // namespace quartz::storage
