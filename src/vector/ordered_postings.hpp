#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <utility>
#include <vector>

#include "vector/slot_buckets.hpp"
#include "vector/slot_postings.hpp"

namespace quartz::vector {

/// Slots by value, in the order of the values: blocks of some hundred values in a row, a tree of
/// two levels. Each block knows how many slots its values have, so that a range is counted without
/// looking at what lies inside of it. Beside that it knows of each slot where about its value lies,
/// so that a wide range need not be gone through. `Key` is ordered by `<`, also against what is
/// looked up. Threads: any number may read at the same time; changing takes one alone.
template <class Key>
class OrderedPostings {
 public:
  /// Whether `slot` did not have the value, or had it before.
  template <class Sought>
  bool add(const Sought& value, Slot slot);
  template <class Sought>
  bool remove(const Sought& value, Slot slot);

  /// How many pairs of a value and a slot there are in a range of values. A range is given by two
  /// questions that are true for values up to some point and false from there on: `before` for
  /// those before the range, `not_past` for those before its end. Cost: some hundred steps and one
  /// for each block.
  template <class Before, class NotPast>
  std::uint64_t count(Before before, NotPast not_past) const;
  /// The slots of a range. Cost: linear in the number of values there, or 0.1 ns for each slot that
  /// there is, whichever is less, while each slot has one value.
  template <class Before, class NotPast>
  void collect(Before before, NotPast not_past, SlotUnion& all) const;

  /// All pairs of a value and a slot.
  std::uint64_t count() const noexcept { return count_; }
  /// Memory without what keys own elsewhere. Cost: linear in the number of values.
  std::size_t bytes() const noexcept;

 private:
  // A block is cut into two when it has so many values, and joins its neighbour when both are
  // small.
  static constexpr std::size_t kBlockMax = 256;

  struct Entry {
    Key key;
    SlotPostings slots;
  };
  struct Block {
    std::vector<Entry> entries;  // Never empty.
    std::uint64_t count = 0;
  };
  struct Place {
    std::size_t block = 0;
    std::size_t entry = 0;
  };

  // The block where `value` is or would be; there is one.
  template <class Sought>
  std::size_t block_of(const Sought& value) const {
    const auto past = std::upper_bound(
        blocks_.begin(), blocks_.end(), value,
        [](const Sought& v, const Block& block) { return v < block.entries.front().key; });
    return past == blocks_.begin() ? 0 : static_cast<std::size_t>(past - blocks_.begin()) - 1;
  }
  template <class Sought>
  static auto entry_of(Block& block, const Sought& value) {
    return std::lower_bound(block.entries.begin(), block.entries.end(), value,
                            [](const Entry& entry, const Sought& v) { return entry.key < v; });
  }
  // The first value of which `asked` is not true; the end of the last block if it is of all.
  template <class Asked>
  Place first_not(Asked asked) const;
  // Calls `visit(block, begin, end)` for each block that has entries in [from, to), and which.
  template <class Visit>
  void for_each_block(Place from, Place to, Visit visit) const;

  template <class Before, class NotPast>
  void collect_each(Before before, NotPast not_past, SlotUnion& all) const;
  void remake_buckets();

  void split(std::size_t at);
  // After an entry was taken out of the block.
  void shrink(std::size_t at);

  std::vector<Block> blocks_;
  std::uint64_t count_ = 0;
  SlotBuckets<Key> buckets_;
};

template <class Key>
template <class Sought>
bool OrderedPostings<Key>::add(const Sought& value, Slot slot) {
  if (blocks_.empty()) {
    blocks_.emplace_back();
    blocks_.front().entries.push_back(Entry{Key(value), {}});
  }
  const std::size_t at = block_of(value);
  Block& block = blocks_[at];
  auto entry = entry_of(block, value);
  if (entry == block.entries.end() || value < entry->key) {
    entry = block.entries.insert(entry, Entry{Key(value), {}});
  }
  if (!entry->slots.add(slot)) return false;
  ++block.count;
  ++count_;
  if (block.entries.size() > kBlockMax) split(at);
  buckets_.add(value, slot);
  if (buckets_.is_stale()) remake_buckets();
  return true;
}

template <class Key>
template <class Sought>
bool OrderedPostings<Key>::remove(const Sought& value, Slot slot) {
  if (blocks_.empty()) return false;
  const std::size_t at = block_of(value);
  Block& block = blocks_[at];
  const auto entry = entry_of(block, value);
  if (entry == block.entries.end() || value < entry->key || !entry->slots.remove(slot))
    return false;
  --block.count;
  --count_;
  buckets_.remove(slot);
  if (entry->slots.empty()) {
    block.entries.erase(entry);
    shrink(at);
  }
  return true;
}

template <class Key>
void OrderedPostings<Key>::split(std::size_t at) {
  Block upper;
  auto& entries = blocks_[at].entries;
  const auto middle = entries.begin() + static_cast<std::ptrdiff_t>(entries.size() / 2);
  upper.entries.assign(std::move_iterator(middle), std::move_iterator(entries.end()));
  entries.erase(middle, entries.end());
  for (const Entry& entry : upper.entries) upper.count += entry.slots.count();
  blocks_[at].count -= upper.count;
  blocks_.insert(blocks_.begin() + static_cast<std::ptrdiff_t>(at) + 1, std::move(upper));
}

template <class Key>
void OrderedPostings<Key>::shrink(std::size_t at) {
  const auto place = blocks_.begin() + static_cast<std::ptrdiff_t>(at);
  if (place->entries.empty()) {
    blocks_.erase(place);
    return;
  }
  // Half of a full block together: neither is the next to be cut or joined soon.
  const auto next = place + 1;
  if (next == blocks_.end() || place->entries.size() + next->entries.size() > kBlockMax / 2) return;
  place->entries.insert(place->entries.end(), std::move_iterator(next->entries.begin()),
                        std::move_iterator(next->entries.end()));
  place->count += next->count;
  blocks_.erase(next);
}

template <class Key>
template <class Asked>
typename OrderedPostings<Key>::Place OrderedPostings<Key>::first_not(Asked asked) const {
  const auto past = std::partition_point(blocks_.begin(), blocks_.end(), [&](const Block& block) {
    return asked(block.entries.front().key);
  });
  if (past == blocks_.begin()) return {0, 0};
  const auto& entries = std::prev(past)->entries;
  const auto entry = std::partition_point(entries.begin(), entries.end(),
                                          [&](const Entry& one) { return asked(one.key); });
  return {static_cast<std::size_t>(past - blocks_.begin()) - 1,
          static_cast<std::size_t>(entry - entries.begin())};
}

template <class Key>
template <class Visit>
void OrderedPostings<Key>::for_each_block(Place from, Place to, Visit visit) const {
  for (std::size_t at = from.block; at <= to.block && at < blocks_.size(); ++at) {
    const std::size_t begin = at == from.block ? from.entry : 0;
    const std::size_t end = at == to.block ? to.entry : blocks_[at].entries.size();
    if (begin < end) visit(blocks_[at], begin, end);
  }
}

template <class Key>
template <class Before, class NotPast>
std::uint64_t OrderedPostings<Key>::count(Before before, NotPast not_past) const {
  std::uint64_t total = 0;
  for_each_block(first_not(before), first_not(not_past),
                 [&](const Block& block, std::size_t begin, std::size_t end) {
                   if (end - begin == block.entries.size()) {
                     total += block.count;
                     return;
                   }
                   for (std::size_t i = begin; i < end; ++i)
                     total += block.entries[i].slots.count();
                 });
  return total;
}

template <class Key>
template <class Before, class NotPast>
void OrderedPostings<Key>::collect(Before before, NotPast not_past, SlotUnion& all) const {
  if (blocks_.empty()) return;
  // So few buckets hold so few slots that going through them costs less than a look at all.
  constexpr std::size_t kBucketsMin = 4;
  const std::span<const Key> firsts = buckets_.firsts();
  const auto index_of = [&](auto asked) {
    return static_cast<std::size_t>(std::ranges::partition_point(firsts, asked) - firsts.begin());
  };
  const std::size_t begin = index_of(before);
  std::size_t end = index_of(not_past);
  if (end < begin + kBucketsMin || !buckets_.is_complete(count_)) {
    return collect_each(before, not_past, all);
  }
  // The last bucket that begins within the range lies within it if there is nothing behind that.
  const bool to_last = end == firsts.size() && not_past(blocks_.back().entries.back().key);
  if (!to_last) --end;
  buckets_.set_bits(begin, end, all.bits(buckets_.slot_count()));
  collect_each(before, [&](const Key& key) { return key < firsts[begin]; }, all);
  if (!to_last) collect_each([&](const Key& key) { return key < firsts[end]; }, not_past, all);
}

template <class Key>
template <class Before, class NotPast>
void OrderedPostings<Key>::collect_each(Before before, NotPast not_past, SlotUnion& all) const {
  for_each_block(first_not(before), first_not(not_past),
                 [&](const Block& block, std::size_t begin, std::size_t end) {
                   for (std::size_t i = begin; i < end; ++i) block.entries[i].slots.add_to(all);
                 });
}

template <class Key>
void OrderedPostings<Key>::remake_buckets() {
  buckets_.remake(count_, [&](const auto& take) {
    for (const Block& block : blocks_) {
      for (const Entry& entry : block.entries) take(entry.key, entry.slots);
    }
  });
}

template <class Key>
std::size_t OrderedPostings<Key>::bytes() const noexcept {
  std::size_t total = blocks_.capacity() * sizeof(Block) + buckets_.bytes();
  for (const Block& block : blocks_) {
    total += block.entries.capacity() * sizeof(Entry);
    for (const Entry& entry : block.entries) total += entry.slots.bytes();
  }
  return total;
}

}  // namespace quartz::vector
