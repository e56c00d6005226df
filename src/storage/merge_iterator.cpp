#include "storage/merge_iterator.hpp"

#include <utility>

#include "base/check.hpp"

namespace quartz::storage {

MergeIterator::MergeIterator(const std::vector<const Memtable*>& memtables,
                             std::optional<LevelsIterator> levels, KeyspaceId keyspace, Sequence at,
                             Tombstones tombstones)
    : keyspace_(keyspace), at_(at), levels_(std::move(levels)), tombstones_(tombstones) {
  sources_.reserve(memtables.size() + 1);
  for (const Memtable* memtable : memtables) {
    Source& source = sources_.emplace_back();
    source.memtable.emplace(*memtable, keyspace, at);
    if (!memtable->has_range_tombstones(keyspace)) continue;
    source.ranges = memtable;
    any_removed_ranges_ = true;
  }
  if (levels_) sources_.emplace_back();
}

template <class Move>
void MergeIterator::move(Source& source, Move&& step) {
  if (source.memtable) {
    step(*source.memtable);
    source.valid = source.memtable->valid();
    if (source.valid) source.key = source.memtable->key();
  } else {
    step(*levels_);
    source.valid = levels_->valid();
    if (source.valid) source.key = levels_->key();
    failed_ = !source.valid && levels_->error().has_value();
  }
}

template <class Move>
void MergeIterator::move_all(Move&& step) {
  for (Source& source : sources_) move(source, step);
}

void MergeIterator::seek_to_first() {
  forward_ = true;
  move_all([](auto& it) { it.seek_to_first(); });
  settle<true>();
}

void MergeIterator::seek_to_last() {
  forward_ = false;
  move_all([](auto& it) { it.seek_to_last(); });
  settle<false>();
}

void MergeIterator::seek(std::string_view key) {
  forward_ = true;
  move_all([key](auto& it) { it.seek(key); });
  settle<true>();
}

void MergeIterator::seek_for_previous(std::string_view key) {
  forward_ = false;
  move_all([key](auto& it) { it.seek_for_previous(key); });
  settle<false>();
}

void MergeIterator::next() {
  QUARTZ_CHECK(valid());
  if (!forward_) turn(true);
  if (levels_alone_) return next_of_levels();
  leave_key<true>(current_);
  settle<true>();
}

// The step of a long scan: what has come to its end stays there until it is moved otherwise.
void MergeIterator::next_of_levels() {
  Source& levels = sources_.back();
  move(levels, [](auto& it) { it.next(); });
  current_ = kNone;
  if (!levels.valid) return;
  current_ = sources_.size() - 1;
  key_ = levels.key;
  value_ = levels_->value();
}

void MergeIterator::previous() {
  QUARTZ_CHECK(valid());
  if (forward_) turn(false);
  leave_key<false>(current_);
  settle<false>();
}

void MergeIterator::turn(bool forward) {
  const std::string key(key_);
  forward_ = forward;
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    if (i == current_) continue;
    move(sources_[i], [&](auto& it) { forward ? it.seek(key) : it.seek_for_previous(key); });
  }
}

// Whether a range removal newer than the row that `source` stands on covers it. If so, the stretch
// that it covers is returned, so that a scan can leave it in one seek.
bool MergeIterator::removed_by_range(std::size_t source, std::string_view* first,
                                     std::string_view* last) {
  const std::string_view key = sources_[source].key;
  for (std::size_t i = 0; i <= source; ++i) {
    if (sources_[i].ranges == nullptr) continue;
    const RangeStretch& stretch = stretch_around(key, sources_[i]);
    if (stretch.newest == 0) continue;
    if (i == source && stretch.newest < sources_[i].memtable->sequence()) continue;
    *first = *stretch.first;
    *last = *stretch.last;
    return true;
  }
  return false;
}

// Rows that follow one another are mostly of one stretch: those of a collection lie between the
// ranges of others that were removed.
const RangeStretch& MergeIterator::stretch_around(std::string_view key, Source& source) {
  if (!source.stretch || !source.stretch->contains(key)) {
    source.stretch = source.ranges->range_stretch(keyspace_, key, at_);
  }
  return *source.stretch;
}

// Makes the row of `source` the current one; false if it is a tombstone that is to be hidden.
bool MergeIterator::load_current(std::size_t source) {
  current_ = source;
  key_ = sources_[source].key;
  if (!sources_[source].memtable) {
    tombstone_ = false;
    value_ = levels_->value();
    return true;
  }
  const OperationView operation = sources_[source].memtable->operation();
  tombstone_ = operation.type() == OperationType::remove;
  value_ = tombstone_ ? std::string_view() : operation.value();
  return !tombstone_ || tombstones_ == Tombstones::show;
}

// Moves every source that stands on the current key one step on. The current source moves last: the
// key that the others are compared with is its own.
template <bool kForward>
void MergeIterator::leave_key(std::size_t source) {
  const auto step = [](auto& it) { kForward ? it.next() : it.previous(); };
  const std::string_view key = sources_[source].key;
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    if (i != source && sources_[i].valid && sources_[i].key == key) move(sources_[i], step);
  }
  move(sources_[source], step);
}

// Rows that the levels hold in a removed stretch are all older than its removal: one seek skips
// them.
template <bool kForward>
void MergeIterator::leave_removed_stretch(std::string_view first, std::string_view last) {
  Source& levels = sources_.back();
  if (kForward) {
    move(levels, [last](auto& it) { it.seek(last); });
    return;
  }
  move(levels, [first](auto& it) { it.seek_for_previous(first); });
  if (levels.valid && levels.key == first) move(levels, [](auto& it) { it.previous(); });
}

template <bool kForward>
void MergeIterator::settle() {
  levels_alone_ = false;
  for (;;) {
    std::size_t best = kNone;
    std::size_t valid_count = 0;
    for (std::size_t i = 0; i < sources_.size(); ++i) {
      if (!sources_[i].valid) continue;
      ++valid_count;
      if (best == kNone || (kForward ? sources_[i].key < sources_[best].key
                                     : sources_[i].key > sources_[best].key)) {
        best = i;
      }
    }
    current_ = kNone;
    if (best == kNone || failed_) return;
    std::string_view first;
    std::string_view last;
    if (any_removed_ranges_ && removed_by_range(best, &first, &last)) {
      if (sources_[best].memtable) {
        leave_key<kForward>(best);
      } else {
        leave_removed_stretch<kForward>(first, last);
      }
    } else if (load_current(best)) {
      levels_alone_ =
          valid_count == 1 && !sources_[best].memtable && !any_removed_ranges_ && kForward;
      return;
    } else {
      leave_key<kForward>(best);
    }
  }
}

std::optional<Error> MergeIterator::error() const {
  return levels_ ? levels_->error() : std::nullopt;
}

}  // namespace quartz::storage
