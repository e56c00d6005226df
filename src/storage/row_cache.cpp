#include "storage/row_cache.hpp"

#include <algorithm>
#include <bit>
#include <new>
#include <utility>

#include "base/epoch.hpp"
#include "base/mutex.hpp"
#include "storage/cache_policy.hpp"
#include "storage/cached_row.hpp"
#include "storage/row_table.hpp"

namespace quartz::storage {
namespace {

// Shards this large lose nothing against one shard: their parts of the keys' use are alike.
constexpr std::size_t kRowsPerShardMin = 2048;
constexpr std::size_t kBytesPerShardMin = std::size_t{4} << 20;
// Tables are laid out for this many rows at most; beyond, buckets overflow.
constexpr std::size_t kTableRowsMax = std::size_t{1} << 26;
// Freed rows wait in batches for other threads' guards; large ones must not wait for a full batch.
constexpr std::size_t kReclaimFromBytes = std::size_t{1} << 20;

std::size_t shards_for(std::size_t rows_max, std::size_t bytes_max) noexcept {
  const std::size_t wanted = std::min(rows_max / kRowsPerShardMin, bytes_max / kBytesPerShardMin);
  return std::bit_floor(std::clamp<std::size_t>(wanted, 1, RowTable::kShardsMax));
}

// The part of `total` that shard `index` of `count` gets; the parts add up to the total.
std::size_t part_of(std::size_t total, std::size_t index, std::size_t count) noexcept {
  return total / count + (index < total % count ? 1 : 0);
}

// Rows that have left table and queue, linked by `newer`. They are retired when the list dies,
// which is declared before the lock and so dies after it is released.
class UnlinkedRows {
 public:
  UnlinkedRows() noexcept = default;
  ~UnlinkedRows() {
    while (first_ != nullptr) {
      CachedRow* row = first_;
      first_ = row->newer;
      retire(row, [](void* p) noexcept { CachedRow::drop(static_cast<CachedRow*>(p)); });
    }
    if (bytes_ >= kReclaimFromBytes) reclaim_retired();
  }
  UnlinkedRows(const UnlinkedRows&) = delete;
  UnlinkedRows& operator=(const UnlinkedRows&) = delete;

  void add(CachedRow* row) noexcept {
    bytes_ += row->charge();
    row->newer = first_;
    first_ = row;
  }

 private:
  CachedRow* first_ = nullptr;
  std::size_t bytes_ = 0;
};

struct DropRow {
  void operator()(CachedRow* row) const noexcept { CachedRow::drop(row); }
};
using OwnedRow = std::unique_ptr<CachedRow, DropRow>;

}  // namespace

struct RowCache::Shard {
  // Read by look-ups; the line changes only when the table grows.
  alignas(64) RowTable table;
  std::size_t bytes_max = 0;  // Constant.

  alignas(64) mutable Mutex mutex;  // Around every change of the table, and all of the below.
  std::atomic<bool> full{false};    // Changed under the lock; a hint to those without it.
  CachePolicy policy QUARTZ_GUARDED_BY(mutex);
  GhostList ghosts QUARTZ_GUARDED_BY(mutex);
  std::uint64_t evictions QUARTZ_GUARDED_BY(mutex) = 0;

  /// Whether a row is asked for the first time in a while; the next time it is not.
  bool is_news(KeyspaceId keyspace, std::string_view key, std::uint64_t key_hash);
  /// Ghosts have buckets of their own: as many as rows have, but enough for absent keys to be
  /// recognised while there are few rows.
  std::size_t ghost_bucket(std::uint64_t key_hash) const QUARTZ_REQUIRES(mutex) {
    constexpr std::size_t kGhostBucketsMin = 512;
    return RowTable::spread(key_hash) % std::max(kGhostBucketsMin, std::bit_floor(table.buckets()));
  }
  void insert(OwnedRow row, UnlinkedRows& unlinked) QUARTZ_REQUIRES(mutex);
  /// Makes room for a row; false if it is not worth it.
  bool make_room(const CachedRow& row, CachedRow::Queue queue, UnlinkedRows& unlinked)
      QUARTZ_REQUIRES(mutex);
  void evict(CachedRow* row, UnlinkedRows& unlinked) QUARTZ_REQUIRES(mutex);
  void unlink(CachedRow* row, UnlinkedRows& unlinked) QUARTZ_REQUIRES(mutex) {
    table.erase(row);
    policy.remove(row);
    unlinked.add(row);
    full.store(false, std::memory_order_relaxed);
  }
};

RowCache::RowCache(std::size_t rows_max, std::size_t bytes_max) {
  const std::size_t rows = std::min(rows_max, bytes_max / CachedRow::charge_of(0, 0));
  if (rows == 0) return;
  shard_count_ = shards_for(rows, bytes_max);
  const std::size_t shard_rows = std::min(rows, kTableRowsMax) / shard_count_ + 1;
  const std::size_t buckets_max = RowTable::buckets_max(shard_rows);
  auto buckets = io::Mapping::anonymous(shard_count_ * buckets_max * sizeof(RowBucket));
  if (!buckets) throw std::bad_alloc();
  buckets_ = *std::move(buckets);
  shards_ = std::make_unique<Shard[]>(shard_count_);
  // All zero is an empty bucket.
  auto* const first = reinterpret_cast<RowBucket*>(buckets_.data());
  for (std::size_t i = 0; i < shard_count_; ++i) {
    Shard& shard = shards_[i];
    shard.table.attach(first + i, shard_count_, buckets_max);
    shard.bytes_max = part_of(bytes_max, i, shard_count_);
    MutexLock lock(shard.mutex);
    shard.policy.limit(part_of(rows, i, shard_count_), shard.bytes_max);
  }
}

RowCache::~RowCache() { clear(); }

RowCache::Shard& RowCache::shard_of(std::uint64_t key_hash) const noexcept {
  return shards_[RowTable::shard_of(key_hash, shard_count_)];
}

std::optional<RowCache::Hit> RowCache::find(KeyspaceId keyspace, std::string_view key,
                                            std::uint64_t key_hash,
                                            Sequence valid_from) const noexcept {
  if (shard_count_ == 0) return std::nullopt;
  CachedRow* row = shard_of(key_hash).table.find(keyspace, key, key_hash);
  if (row == nullptr || row->read_at() < valid_from) return std::nullopt;
  row->mark_used();
  return Hit{.exists = row->exists(), .value = row->value(), .read_at = row->read_at(), .row = row};
}

void RowCache::prefetch(std::uint64_t key_hash) const noexcept {
  if (shard_count_ != 0) shard_of(key_hash).table.prefetch(key_hash);
}

bool RowCache::prefetch_row(std::uint64_t key_hash) const noexcept {
  return shard_count_ != 0 && shard_of(key_hash).table.prefetch_row(key_hash);
}

std::optional<PinnedValue> RowCache::pin(const Hit& hit, const RowAttributes& attributes) noexcept {
  // Readers never change what a row shows, only its count of references.
  auto* row = static_cast<CachedRow*>(const_cast<void*>(hit.row));
  if (row == nullptr || !row->try_reference()) return std::nullopt;
  const auto let_go = [](void* p) noexcept { CachedRow::drop(static_cast<CachedRow*>(p)); };
  return PinnedValue(hit.value, row, let_go, attributes);
}

void RowCache::fill(KeyspaceId keyspace, std::string_view key, std::uint64_t key_hash,
                    std::optional<std::string_view> value, Sequence read_at) {
  if (shard_count_ == 0) return;
  Shard& shard = shard_of(key_hash);
  if (!shard.table.admits(key_hash, read_at)) return;  // Spares a copy; `insert` decides.
  const std::size_t value_bytes = value ? value->size() : 0;
  if (CachedRow::charge_of(key.size(), value_bytes) > shard.bytes_max) return;
  // Most rows that are read once are never read again, and keys that do not exist hardly ever: it
  // is the second touch that lets them in, where others have to make room.
  const bool costs_others = shard.full.load(std::memory_order_relaxed) || !value;
  if (costs_others && shard.is_news(keyspace, key, key_hash)) return;
  try {
    OwnedRow row(CachedRow::make(keyspace, key, key_hash, value, read_at));
    UnlinkedRows unlinked;
    MutexLock lock(shard.mutex);
    shard.insert(std::move(row), unlinked);
  } catch (const std::bad_alloc&) {
    return;  // The row was read all the same; it is not kept.
  }
}

void RowCache::invalidate(KeyspaceId keyspace, std::string_view key, std::uint64_t key_hash,
                          Sequence sequence) noexcept {
  if (shard_count_ == 0) return;
  Shard& shard = shard_of(key_hash);
  if (shard.table.forget_unlocked(key_hash, sequence)) return;
  UnlinkedRows unlinked;
  MutexLock lock(shard.mutex);
  shard.table.record_invalidation(key_hash, sequence);
  CachedRow* row = shard.table.find(keyspace, key, key_hash);
  if (row != nullptr) shard.unlink(row, unlinked);
}

void RowCache::clear() {
  for (std::size_t i = 0; i < shard_count_; ++i) {
    Shard& shard = shards_[i];
    UnlinkedRows unlinked;
    MutexLock lock(shard.mutex);
    while (CachedRow* row = shard.policy.any()) shard.unlink(row, unlinked);
  }
}

RowCacheStatistics RowCache::statistics() const noexcept {
  RowCacheStatistics sum;
  for (std::size_t i = 0; i < shard_count_; ++i) {
    const Shard& shard = shards_[i];
    MutexLock lock(shard.mutex);
    sum.rows += shard.policy.rows();
    sum.bytes += shard.policy.bytes();
    sum.evictions += shard.evictions;
  }
  return sum;
}

bool RowCache::Shard::is_news(KeyspaceId keyspace, std::string_view key, std::uint64_t key_hash) {
  MutexLock lock(mutex);
  if (table.find(keyspace, key, key_hash) != nullptr) return false;  // An older version.
  const std::size_t bucket = ghost_bucket(key_hash);
  const std::uint64_t tag = RowTable::tag_of(key_hash);
  // Left there if it is known: `insert` takes it for the proof that it is.
  if (ghosts.knows(bucket, tag)) return false;
  ghosts.remember(bucket, tag);
  return true;
}

void RowCache::Shard::insert(OwnedRow row, UnlinkedRows& unlinked) {
  CachedRow* replaced = table.find(row->keyspace(), row->key(), row->hash());
  if (replaced != nullptr) {
    // Two readers missed together; or a removal by range made the older row useless.
    if (replaced->read_at() >= row->read_at()) return;
    unlink(replaced, unlinked);
  }
  const std::size_t bucket = ghost_bucket(row->hash());
  const std::uint64_t tag = RowTable::tag_of(row->hash());
  const bool was_main = replaced != nullptr && replaced->queue == CachedRow::Queue::main;
  const bool proved = ghosts.take(bucket, tag) || was_main;
  const auto queue = proved ? CachedRow::Queue::main : CachedRow::Queue::small;
  if (!make_room(*row, queue, unlinked)) {
    ghosts.remember(bucket, tag);
    full.store(true, std::memory_order_relaxed);
    return;
  }
  const std::size_t charge = row->charge();
  if (table.insert(row.get())) policy.insert(row.release(), queue);
  full.store(!policy.fits(charge), std::memory_order_relaxed);
}

bool RowCache::Shard::make_room(const CachedRow& row, CachedRow::Queue queue,
                                UnlinkedRows& unlinked) {
  const bool unproved_and_large = queue == CachedRow::Queue::small && policy.is_large(row.charge());
  while (!policy.fits(row.charge())) {
    CachedRow* victim = policy.next_victim();
    if (unproved_and_large && victim->queue == CachedRow::Queue::main) return false;
    evict(victim, unlinked);
  }
  table.grow(policy.rows());
  CachedRow* conflict = table.conflict(row.hash());
  if (conflict != nullptr) evict(conflict, unlinked);
  return true;
}

void RowCache::Shard::evict(CachedRow* row, UnlinkedRows& unlinked) {
  // What leaves the main queue had its turns; only what hardly had a chance gets a second one.
  if (row->queue == CachedRow::Queue::small) {
    ghosts.remember(ghost_bucket(row->hash()), RowTable::tag_of(row->hash()));
  }
  unlink(row, unlinked);
  ++evictions;
}

}  // namespace quartz::storage
