#include "storage/cache_policy.hpp"

namespace quartz::storage {
namespace {

constexpr std::size_t kSmallShare = 10;  // The small queue's part of the room: one in ten.
// A burst of hits can grant every row a turn. One fill must not pay for all of them under the lock.
constexpr int kTurnsMax = 64;

}  // namespace

void RowQueue::push(CachedRow* row) noexcept {
  row->newer = nullptr;
  row->older = newest_;
  (newest_ == nullptr ? oldest_ : newest_->newer) = row;
  newest_ = row;
  ++rows_;
  bytes_ += row->charge();
}

void RowQueue::remove(CachedRow* row) noexcept {
  (row->newer == nullptr ? newest_ : row->newer->older) = row->older;
  (row->older == nullptr ? oldest_ : row->older->newer) = row->newer;
  row->newer = nullptr;
  row->older = nullptr;
  --rows_;
  bytes_ -= row->charge();
}

void GhostList::remember(std::size_t bucket, std::uint64_t tag) {
  if (bucket >= buckets_.size()) buckets_.resize(bucket + 1);
  buckets_[bucket] = buckets_[bucket] << kTagBits | tag;
}

// The place of a tag in a word of them; as many as there are if it is not there.
unsigned GhostList::index_of(std::uint64_t word, std::uint64_t tag) noexcept {
  unsigned index = 0;
  while (index < kGhostsPerBucket && (word >> (index * kTagBits) & kTagMask) != tag) ++index;
  return index;
}

bool GhostList::knows(std::size_t bucket, std::uint64_t tag) const noexcept {
  return bucket < buckets_.size() && index_of(buckets_[bucket], tag) < kGhostsPerBucket;
}

bool GhostList::take(std::size_t bucket, std::uint64_t tag) noexcept {
  if (bucket >= buckets_.size()) return false;
  std::uint64_t& word = buckets_[bucket];
  const unsigned index = index_of(word, tag);
  if (index == kGhostsPerBucket) return false;
  word &= ~(kTagMask << (index * kTagBits));
  return true;
}

void CachePolicy::limit(std::size_t rows_max, std::size_t bytes_max) noexcept {
  rows_max_ = rows_max;
  bytes_max_ = bytes_max;
}

bool CachePolicy::is_large(std::size_t charge) const noexcept {
  return charge > bytes_max_ / kSmallShare;
}

void CachePolicy::insert(CachedRow* row, CachedRow::Queue queue) noexcept {
  row->queue = queue;
  queue_of(*row).push(row);
}

void CachePolicy::remove(CachedRow* row) noexcept { queue_of(*row).remove(row); }

bool CachePolicy::small_is_over_its_share() const noexcept {
  return small_.rows() > rows_max_ / kSmallShare || small_.bytes() > bytes_max_ / kSmallShare;
}

CachedRow* CachePolicy::next_victim() noexcept {
  for (int turn = 0; turn < kTurnsMax; ++turn) {
    const bool from_small = main_.oldest() == nullptr || small_is_over_its_share();
    CachedRow* row = from_small ? small_.oldest() : main_.oldest();
    if (row == nullptr || row->uses() == 0) return row;
    const auto uses = static_cast<std::uint8_t>(from_small ? 0 : row->uses() - 1);
    remove(row);
    row->set_uses(uses);
    insert(row, CachedRow::Queue::main);
  }
  return main_.oldest();
}

}  // namespace quartz::storage
