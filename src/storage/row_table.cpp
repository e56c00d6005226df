#include "storage/row_table.hpp"

#include <algorithm>
#include <bit>

#include "base/check.hpp"
#include "storage/linear_hashing.hpp"

// Why no stale row is ever shown.
//
// To show: once `forget` for a key with sequence s has returned, no look-up that starts later finds
// a row of that key which was read before s, whatever fills, moves and evictions run beside it.
//
// All fills, moves and removals of a shard hold its lock; `forget_unlocked` does not. Both sides go
// through the bucket's word `invalidated` with read-modify-writes, which have one total order:
//
//   fill:   set kFilling [1] · stop if the word is above read_at · store the slot · clear it [2]
//   forget: raise the word to s [3] · look at kFilling · scan the slots
//
// - [3] before [1]: the fill sees s and is refused.
// - [3] between [1] and [2]: the forget sees kFilling, waits for the lock, and finds the row.
// - [3] after [2]: it acquires what [2] released, so the scan sees the slot, and then takes the
// lock. A forget that finds the word at s or above already need not raise it: its load takes the
// place of [3], since the word never falls and a later [1] reads at least as much.
//
// Moving a bucket's rows to a new bucket is the same with a copied word:
//
//   split:  set kFilling in the source [1] · copy word and rows · publish the count of buckets ·
//           clear the moved slots · clear kFilling [2]
//
// A forget that used the old count and the source bucket: [3] before [1]: the copy contains s; its
// scan sees the row in the source, or a slot that was cleared after the new count was published,
// and then the count it reads next is the new one. Between: it sees kFilling. After [2]: it sees
// the new count. In each case it goes on to the lock, under which nothing moves. A look-up that
// used the old count can miss a moved row, which is no harm.

namespace quartz::storage {
namespace {

constexpr unsigned kAddressBits = 48;
constexpr std::uint64_t kAddressMask = (std::uint64_t{1} << kAddressBits) - 1;
constexpr std::size_t kFirstBuckets = 8;
// A growing table keeps this average: buckets whose turn to be split has not come have more.
constexpr std::size_t kRowsPerBucket = 2;

std::uint64_t slot_of(const CachedRow* row) noexcept {
  const auto address = reinterpret_cast<std::uintptr_t>(row);
  QUARTZ_CHECK((address & ~kAddressMask) == 0);
  return RowTable::tag_of(row->hash()) << kAddressBits | address;
}

CachedRow* row_in(std::uint64_t slot) noexcept {
  return reinterpret_cast<CachedRow*>(static_cast<std::uintptr_t>(slot & kAddressMask));
}

// The first lines of a row, which hold all of a small one.
void prefetch_lines(const CachedRow* row) noexcept {
  for (std::size_t at = 0; at < std::size_t{3} * 64; at += 64) {
    __builtin_prefetch(reinterpret_cast<const char*>(row) + at);
  }
}

// Raises the word to `sequence`; what it held then, with its mark.
std::uint64_t raise(std::atomic<std::uint64_t>& word, Sequence sequence) noexcept {
  std::uint64_t now = word.load(std::memory_order_acquire);
  while ((now & ~RowBucket::kFilling) < sequence &&
         !word.compare_exchange_weak(now, (now & RowBucket::kFilling) | sequence,
                                     std::memory_order_acq_rel, std::memory_order_acquire)) {
  }
  return now;
}

// Rows that go first when a bucket overflows: not used since they came, and new.
unsigned worth(const CachedRow& row) noexcept {
  return 2u * row.uses() + (row.queue == CachedRow::Queue::main ? 1u : 0u);
}

}  // namespace

std::size_t RowTable::buckets_max(std::size_t rows) noexcept {
  // At most 3.5 rows to a bucket of seven: about one row in a hundred then finds its bucket full.
  return std::bit_ceil(rows / 7 * 2 + 1);
}

void RowTable::attach(RowBucket* first, std::size_t stride, std::size_t buckets_max) noexcept {
  first_ = first;
  stride_ = stride;
  buckets_max_ = buckets_max;
  count_.store(std::min(kFirstBuckets, buckets_max), std::memory_order_relaxed);
}

std::size_t RowTable::index_of(std::uint64_t hash, std::size_t count) noexcept {
  return linear_hashing_bucket(spread(hash), count);
}

CachedRow* RowTable::find(KeyspaceId keyspace, std::string_view key,
                          std::uint64_t hash) const noexcept {
  const std::uint64_t tag = tag_of(hash);
  const RowBucket& home = bucket(index_of(hash, count_.load(std::memory_order_acquire)));
  std::array<std::uint64_t, RowBucket::kSlots> held;
  unsigned matches = 0;  // A bit for each slot: which one it is cannot be predicted.
  for (std::size_t i = 0; i < held.size(); ++i) {
    held[i] = home.slots[i].load(std::memory_order_acquire);
    matches |= static_cast<unsigned>(held[i] >> kAddressBits == tag) << i;
  }
  for (; matches != 0; matches &= matches - 1) {
    CachedRow* row = row_in(held[static_cast<std::size_t>(std::countr_zero(matches))]);
    // Where the value is depends on the first line: do not wait for that one to ask for the next.
    prefetch_lines(row);
    if (row->is(keyspace, key)) return row;
  }
  return nullptr;
}

bool RowTable::prefetch_row(std::uint64_t hash) const noexcept {
  const std::uint64_t tag = tag_of(hash);
  bool found = false;
  for (const auto& slot : bucket(index_of(hash, count_.load(std::memory_order_acquire))).slots) {
    const std::uint64_t held = slot.load(std::memory_order_relaxed);
    if (held >> kAddressBits != tag) continue;
    prefetch_lines(row_in(held));
    found = true;
  }
  return found;
}

bool RowTable::admits(std::uint64_t hash, Sequence read_at) const noexcept {
  const RowBucket& home = bucket(index_of(hash, count_.load(std::memory_order_acquire)));
  return (home.invalidated.load(std::memory_order_relaxed) & ~RowBucket::kFilling) <= read_at;
}

bool RowTable::forget_unlocked(std::uint64_t hash, Sequence sequence) noexcept {
  const std::uint64_t tag = tag_of(hash);
  const std::size_t index = index_of(hash, count_.load(std::memory_order_acquire));
  RowBucket& home = bucket(index);
  if ((raise(home.invalidated, sequence) & RowBucket::kFilling) != 0) return false;
  bool cached = false;
  for (const auto& slot : home.slots) {
    cached |= slot.load(std::memory_order_acquire) >> kAddressBits == tag;
  }
  return !cached && index_of(hash, count_.load(std::memory_order_acquire)) == index;
}

void RowTable::record_invalidation(std::uint64_t hash, Sequence sequence) noexcept {
  raise(bucket(bucket_index(hash)).invalidated, sequence);
}

std::atomic<std::uint64_t>& RowTable::slot_holding(RowBucket& home, std::uint64_t held) noexcept {
  const auto slot = std::find_if(home.slots.begin(), home.slots.end(), [&](const auto& s) {
    return s.load(std::memory_order_relaxed) == held;
  });
  QUARTZ_CHECK(slot != home.slots.end());
  return *slot;
}

bool RowTable::insert(CachedRow* row) noexcept {
  RowBucket& home = bucket(bucket_index(row->hash()));
  auto& slot = slot_holding(home, 0);
  const std::uint64_t invalidated =
      home.invalidated.fetch_or(RowBucket::kFilling, std::memory_order_acq_rel);
  const bool fresh = invalidated <= row->read_at();
  if (fresh) slot.store(slot_of(row), std::memory_order_release);
  home.invalidated.fetch_and(~RowBucket::kFilling, std::memory_order_release);
  return fresh;
}

void RowTable::erase(const CachedRow* row) noexcept {
  RowBucket& home = bucket(bucket_index(row->hash()));
  slot_holding(home, slot_of(row)).store(0, std::memory_order_release);
}

CachedRow* RowTable::conflict(std::uint64_t hash) const noexcept {
  CachedRow* least = nullptr;
  for (const auto& slot : bucket(bucket_index(hash)).slots) {
    const std::uint64_t held = slot.load(std::memory_order_relaxed);
    if (held == 0) return nullptr;
    CachedRow* row = row_in(held);
    if (least == nullptr || worth(*row) < worth(*least)) least = row;
  }
  return least;
}

void RowTable::grow(std::size_t rows) noexcept {
  const std::size_t count = buckets();
  if (count < buckets_max_ && rows > count * kRowsPerBucket) split();
}

void RowTable::split() noexcept {
  const std::size_t count = buckets();
  RowBucket& source = bucket(linear_hashing_source(count));
  RowBucket& target = bucket(count);
  const std::uint64_t invalidated =
      source.invalidated.fetch_or(RowBucket::kFilling, std::memory_order_acq_rel);
  target.invalidated.store(invalidated, std::memory_order_relaxed);
  std::array<bool, RowBucket::kSlots> moved{};
  for (std::size_t i = 0; i < RowBucket::kSlots; ++i) {
    const std::uint64_t held = source.slots[i].load(std::memory_order_relaxed);
    moved[i] = held != 0 && index_of(row_in(held)->hash(), count + 1) == count;
    if (moved[i]) target.slots[i].store(held, std::memory_order_release);
  }
  count_.store(count + 1, std::memory_order_release);
  for (std::size_t i = 0; i < RowBucket::kSlots; ++i) {
    if (moved[i]) source.slots[i].store(0, std::memory_order_release);
  }
  source.invalidated.fetch_and(~RowBucket::kFilling, std::memory_order_release);
}

}  // namespace quartz::storage
