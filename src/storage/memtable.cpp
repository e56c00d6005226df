#include "storage/memtable.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "base/epoch.hpp"
#include "base/hash.hpp"

namespace quartz::storage {
namespace {

// The first lines of an operation, which hold all of a small one.
void prefetch_lines(const std::byte* operation) noexcept {
  for (std::size_t at = 0; at < std::size_t{3} * 64; at += 64) __builtin_prefetch(operation + at);
}

}  // namespace

Memtable::Memtable(std::shared_ptr<LogSegment> segment)
    : segment_(std::move(segment)), hash_index_(segment_ ? segment_->memory.size() : 0) {}

Memtable::~Memtable() {
  Keyspace* keyspace = newest_keyspace_.load(std::memory_order_acquire);
  while (keyspace != nullptr) {
    Keyspace* next = keyspace->next;
    keyspace->~Keyspace();
    keyspace = next;
  }
}

Memtable::Keyspace* Memtable::find_keyspace(KeyspaceId id) const noexcept {
  QUARTZ_CHECK(id <= kKeyspaceIdMax);
  KeyspacePage* page = keyspace_pages_[id / kKeyspacesPerPage].load(std::memory_order_acquire);
  return page == nullptr ? nullptr
                         : page->keyspaces[id % kKeyspacesPerPage].load(std::memory_order_acquire);
}

Memtable::Keyspace& Memtable::keyspace_for_writing(KeyspaceId id) {
  QUARTZ_CHECK(id <= kKeyspaceIdMax);
  std::atomic<KeyspacePage*>& page = keyspace_pages_[id / kKeyspacesPerPage];
  if (page.load(std::memory_order_relaxed) == nullptr) {
    page.store(arena_.make<KeyspacePage>(), std::memory_order_release);
  }
  std::atomic<Keyspace*>& place =
      page.load(std::memory_order_relaxed)->keyspaces[id % kKeyspacesPerPage];
  Keyspace* keyspace = place.load(std::memory_order_relaxed);
  if (keyspace == nullptr) {
    keyspace = new (arena_.allocate(sizeof(Keyspace), alignof(Keyspace))) Keyspace;
    keyspace->id = id;
    keyspace->next = newest_keyspace_.load(std::memory_order_relaxed);
    place.store(keyspace, std::memory_order_release);
    newest_keyspace_.store(keyspace, std::memory_order_release);
  }
  return *keyspace;
}

void Memtable::insert(Sequence sequence, OperationView operation) {
  insert(sequence, operation, hash_key(operation.key(), operation.keyspace()));
}

void Memtable::insert(Sequence sequence, OperationView operation, std::uint64_t key_hash) {
  const bool removes_range = operation.type() == OperationType::remove_range;
  Keyspace& keyspace = keyspace_for_writing(operation.keyspace());
  if (removes_range) {
    keyspace.range_tombstones.add({operation.key(), operation.value(), sequence});
    has_range_tombstones_.store(true, std::memory_order_release);
  } else {
    hash_index_.prepare_insert(arena_);
    versions_.prepare_append(arena_);
    versions_.append(operation, sequence);
  }
  // One writer, so that no read-modify-write is needed.
  if (entry_count_.load(std::memory_order_relaxed) == 0) {
    first_sequence_.store(sequence, std::memory_order_release);
  }
  entry_count_.store(entry_count_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  last_sequence_.store(sequence, std::memory_order_release);
  // Last: who finds an entry there must find `last_sequence_` not below it.
  if (!removes_range) index_by_hash(operation, key_hash, sequence);
}

void Memtable::index_by_hash(OperationView operation, std::uint64_t key_hash,
                             Sequence sequence) noexcept {
  if (segment_ == nullptr) return;
  const std::byte* const base = segment_->memory.data();
  QUARTZ_CHECK(operation.data() >= base && operation.data() < base + segment_->memory.size());
  const std::string_view key = operation.key();
  const KeyspaceId keyspace = operation.keyspace();
  hash_index_.put(key_hash, static_cast<std::uint32_t>(operation.data() - base), sequence,
                  [&](std::uint32_t offset) {
                    const OperationView held(base + offset);
                    return held.keyspace() == keyspace && held.key() == key;
                  });
}

bool Memtable::prefetch_operation(std::uint64_t key_hash) const noexcept {
  bool found = false;
  hash_index_.candidates(key_hash, [&](std::uint32_t offset) {
    prefetch_lines(segment_->memory.data() + offset);
    found = true;
  });
  return found;
}

void Memtable::order(std::uint64_t count_max) const {
  MutexLock lock(order_mutex_);
  order_some_locked(count_max, kSequenceMax);
}

void Memtable::order_through(Sequence at) const {
  at = std::min(at, last_sequence());
  if (ordered_through_.load(std::memory_order_acquire) >= at) return;
  MutexLock lock(order_mutex_);
  order_some_locked(~std::uint64_t{0}, at);
}

// In the order of their coming: sorting them before costs more than neighbouring paths save.
void Memtable::order_some_locked(std::uint64_t count_max, Sequence at) const {
  // Everything up to here was appended before it could be read.
  const Sequence newest = last_sequence();
  for (std::uint64_t done = 0; done < count_max;) {
    const std::span<Version> some =
        versions_.next(std::min<std::uint64_t>(count_max - done, RadixTree::kApproachedMax));
    if (some.empty()) {
      // What is missing between the last version and `newest` removes ranges.
      const Sequence through = ordered_through_.load(std::memory_order_relaxed);
      return ordered_through_.store(std::max(through, newest), std::memory_order_release);
    }
    approach_locked(some);
    for (Version& version : some) {
      if (version.sequence > at) {
        return ordered_through_.store(version.sequence - 1, std::memory_order_release);
      }
      const OperationView operation(version.operation);
      const std::uint64_t hash = hash_key(operation.key(), operation.keyspace());
      find_keyspace(operation.keyspace())->tree.insert(tree_arena_, version, hash);
      versions_.take();
      ordered_through_.store(version.sequence, std::memory_order_release);
    }
    done += some.size();
  }
}

void Memtable::approach_locked(std::span<const Version> some) const noexcept {
  for (const Version& version : some) __builtin_prefetch(version.operation);
  while (!some.empty()) {
    const KeyspaceId id = OperationView(some.front().operation).keyspace();
    const auto other = std::ranges::find_if(some, [id](const Version& version) {
      return OperationView(version.operation).keyspace() != id;
    });
    const auto count = static_cast<std::size_t>(other - some.begin());
    find_keyspace(id)->tree.approach(some.first(count));
    some = some.subspan(count);
  }
}

// Nothing if it takes the ordered index to tell.
std::optional<MemtableHit> Memtable::find_by_hash(KeyspaceId keyspace_id, std::string_view key,
                                                  std::uint64_t key_hash,
                                                  Sequence at) const noexcept {
  const auto operation_at = [this](std::uint32_t offset) {
    return OperationView(segment_->memory.data() + offset);
  };
  // A range that was removed decides over all that is older.
  const Sequence removed_at = has_range_tombstones_.load(std::memory_order_acquire)
                                  ? range_tombstone_over(keyspace_id, key, at)
                                  : 0;
  const HashIndex::Found found = hash_index_.find(key_hash, [&](std::uint32_t offset) {
    const OperationView operation = operation_at(offset);
    // The value is wanted next: do not wait for the key to ask for it.
    prefetch_lines(operation.data());
    return operation.keyspace() == keyspace_id && operation.key() == key;
  });
  if (found.answer == HashIndex::Answer::absent) {
    return MemtableHit{removed_at == 0 ? MemtableHit::Kind::none : MemtableHit::Kind::tombstone,
                       {}};
  }
  if (found.answer == HashIndex::Answer::unknown) return std::nullopt;
  if (found.sequence_max > at && last_sequence() > at) return std::nullopt;
  if (removed_at > 0 && found.sequence_min <= removed_at) return std::nullopt;
  const OperationView operation = operation_at(found.offset);
  if (operation.type() != OperationType::put) return MemtableHit{MemtableHit::Kind::tombstone, {}};
  return MemtableHit{MemtableHit::Kind::value, operation.value()};
}

MemtableHit Memtable::find(KeyspaceId keyspace_id, std::string_view key, std::uint64_t key_hash,
                           Sequence at) const {
  QUARTZ_CHECK(keyspace_id <= kKeyspaceIdMax);
  if (const auto hit = find_by_hash(keyspace_id, key, key_hash, at)) return *hit;
  const Keyspace* found = find_keyspace(keyspace_id);
  if (found == nullptr) return {};
  order_through(at);
  const Version* version = found->tree.find(key, key_hash, at);
  const Sequence removed_at = found->range_tombstones.newest_over(key, at);
  if (version == nullptr || version->sequence < removed_at) {
    return {removed_at == 0 ? MemtableHit::Kind::none : MemtableHit::Kind::tombstone, {}};
  }
  const OperationView operation(version->operation);
  if (operation.type() == OperationType::put) {
    return {MemtableHit::Kind::value, operation.value()};
  }
  return {MemtableHit::Kind::tombstone, {}};
}

bool Memtable::written_after(Sequence at, KeyspaceId keyspace_id, std::string_view key,
                             std::uint64_t key_hash) const {
  if (last_sequence() <= at) return false;
  if (has_range_tombstones_.load(std::memory_order_acquire) &&
      range_tombstone_over(keyspace_id, key, kSequenceMax) > at) {
    return true;
  }
  const HashIndex::Found found = hash_index_.find(key_hash, [&](std::uint32_t offset) {
    const OperationView operation(segment_->memory.data() + offset);
    return operation.keyspace() == keyspace_id && operation.key() == key;
  });
  if (found.answer == HashIndex::Answer::absent) return false;
  if (found.answer == HashIndex::Answer::found) {
    if (found.sequence_min > at) return true;
    if (found.sequence_max <= at) return false;
    // Operations lie in the segment in the order of their sequences.
    const Version* const first = versions_.first_after(at);
    return first != nullptr && segment_->memory.data() + found.offset >= first->operation;
  }
  const Keyspace* const known = find_keyspace(keyspace_id);
  if (known == nullptr) return false;
  order_through(kSequenceMax);
  const Version* const newest = known->tree.find(key, key_hash, kSequenceMax);
  return newest != nullptr && newest->sequence > at;
}

Sequence Memtable::range_tombstone_over(KeyspaceId keyspace_id, std::string_view key,
                                        Sequence at) const noexcept {
  const Keyspace* found = find_keyspace(keyspace_id);
  return found == nullptr ? 0 : found->range_tombstones.newest_over(key, at);
}

bool Memtable::has_range_tombstones(KeyspaceId keyspace_id) const noexcept {
  if (!has_range_tombstones_.load(std::memory_order_acquire)) return false;
  const Keyspace* found = find_keyspace(keyspace_id);
  return found != nullptr && !found->range_tombstones.empty();
}

RangeStretch Memtable::range_stretch(KeyspaceId keyspace_id, std::string_view key,
                                     Sequence at) const {
  const Keyspace* found = find_keyspace(keyspace_id);
  return found == nullptr ? RangeStretch() : found->range_tombstones.stretch(key, at);
}

std::vector<RangeTombstone> Memtable::range_tombstones(KeyspaceId keyspace_id, Sequence at) const {
  const Keyspace* found = find_keyspace(keyspace_id);
  return found == nullptr ? std::vector<RangeTombstone>() : found->range_tombstones.fragments(at);
}

std::vector<KeyspaceId> Memtable::keyspaces() const {
  std::vector<KeyspaceId> ids;
  const Keyspace* keyspace = newest_keyspace_.load(std::memory_order_acquire);
  for (; keyspace != nullptr; keyspace = keyspace->next) {
    ids.push_back(keyspace->id);
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

void Memtable::retain() const noexcept { reference_count_.fetch_add(1, std::memory_order_relaxed); }

bool Memtable::try_retain() const noexcept {
  std::uint32_t count = reference_count_.load(std::memory_order_relaxed);
  while (count != 0) {
    if (reference_count_.compare_exchange_weak(count, count + 1, std::memory_order_acquire,
                                               std::memory_order_relaxed)) {
      return true;
    }
  }
  return false;
}

void Memtable::release() const noexcept {
  if (reference_count_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    // Somebody may still hold the bare pointer under a guard, to try and retain it.
    retire_object(const_cast<Memtable*>(this));
  }
}

Memtable::Iterator::Iterator(const Memtable& memtable, KeyspaceId keyspace_id, Sequence at)
    : keys_(nullptr), at_(at) {
  memtable.order_through(at);
  if (const Keyspace* found = memtable.find_keyspace(keyspace_id)) {
    keys_ = RadixTree::Iterator(&found->tree);
  }
}

// Takes the newest visible version of the current key; whether there is one, or no key any more.
bool Memtable::Iterator::show() noexcept {
  version_ = keys_.version();
  while (version_ != nullptr && version_->sequence > at_) {
    version_ = version_->previous;
  }
  return version_ != nullptr || !keys_.valid();
}

void Memtable::Iterator::show_or_advance() {
  while (!show()) {
    keys_.next();
  }
}

void Memtable::Iterator::show_or_retreat() {
  while (!show()) {
    keys_.previous();
  }
}

void Memtable::Iterator::seek_to_first() {
  keys_.seek_to_first();
  show_or_advance();
}

void Memtable::Iterator::seek_to_last() {
  keys_.seek_to_last();
  show_or_retreat();
}

void Memtable::Iterator::seek(std::string_view key) {
  keys_.seek(key);
  show_or_advance();
}

void Memtable::Iterator::seek_for_previous(std::string_view key) {
  keys_.seek_for_previous(key);
  show_or_retreat();
}

void Memtable::Iterator::next() {
  keys_.next();
  show_or_advance();
}

void Memtable::Iterator::previous() {
  keys_.previous();
  show_or_retreat();
}

}  // namespace quartz::storage
