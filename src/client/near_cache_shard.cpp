#include "client/near_cache_shard.hpp"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

namespace quartz::client {
namespace {

constexpr std::size_t kBucketsMin = 16;

}  // namespace

NearCacheShard::~NearCacheShard() {
  for (Row* const row : ring_) release(row);
}

void NearCacheShard::release(Row* row) noexcept {
  row->~Row();
  ::operator delete(row);
}

NearCacheShard::Row* NearCacheShard::find(std::string_view key, std::uint64_t hash) const noexcept {
  if (buckets_.empty()) return nullptr;
  Row* row = buckets_[static_cast<std::size_t>(hash >> kBucketShift) & (buckets_.size() - 1)];
  while (row != nullptr && (row->hash != hash || row->key() != key)) row = row->next;
  return row;
}

NearCacheShard::Row& NearCacheShard::add(std::string_view key, std::uint64_t hash,
                                         std::optional<std::string_view> value) {
  if (ring_.size() == buckets_.size()) grow();
  ring_.reserve(buckets_.size());
  const std::string_view stored = value.value_or(std::string_view());
  Row* const row = ::new (::operator new(sizeof(Row) + key.size() + stored.size())) Row;
  row->hash = hash;
  row->key_bytes = static_cast<std::uint32_t>(key.size());
  row->value_bytes = static_cast<std::uint32_t>(stored.size());
  row->exists = value.has_value();
  row->ring_index = static_cast<std::uint32_t>(ring_.size());
  std::copy(key.begin(), key.end(), row->bytes());
  std::copy(stored.begin(), stored.end(), row->bytes() + key.size());
  row->next = std::exchange(bucket_of(hash), row);
  ring_.push_back(row);
  bytes_ += bytes_of(key.size(), stored.size());
  return *row;
}

void NearCacheShard::grow() {
  std::vector<Row*> larger(std::max(kBucketsMin, buckets_.size() * 2));
  buckets_.swap(larger);
  for (Row* const row : ring_) row->next = std::exchange(bucket_of(row->hash), row);
}

void NearCacheShard::remove(Row& row) noexcept {
  Row** link = &bucket_of(row.hash);
  while (*link != &row) link = &(*link)->next;
  *link = row.next;
  ring_.back()->ring_index = row.ring_index;
  ring_[row.ring_index] = ring_.back();
  ring_.pop_back();
  bytes_ -= bytes_of(row.key_bytes, row.value_bytes);
  release(&row);
}

std::size_t NearCacheShard::make_room() noexcept {
  std::size_t evicted = 0;
  // Twice around every row that may go has gone.
  for (std::size_t steps = 2 * ring_.size(); steps != 0 && bytes_ > bytes_max_; --steps) {
    if (ring_.empty()) break;
    if (hand_ >= ring_.size()) hand_ = 0;
    Row& row = *ring_[hand_];
    if (row.flight != nullptr || std::exchange(row.used, false)) {
      ++hand_;
    } else {
      remove(row);  // The last one takes its place.
      ++evicted;
    }
  }
  return evicted;
}

}  // namespace quartz::client
