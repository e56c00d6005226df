#include "server/service/pending_writes.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <string>

#include "base/hash.hpp"
#include "quartz/storage/limits.hpp"

namespace quartz::server {
namespace {

constexpr std::size_t kNowhere = ~std::size_t{0};

std::uint64_t hash_row(const Keyspace& keyspace, std::string_view key) noexcept {
  return hash_key(key, reinterpret_cast<std::uintptr_t>(&keyspace));
}

}  // namespace

std::string_view end_of_keys() noexcept {
  static const std::string end(kKeyBytesMax, '\xFF');
  return end;
}

std::string_view PendingWrites::keep(std::string_view bytes) {
  if (bytes.empty()) return {};
  if (!bytes_) {
    first_block_ = std::make_unique_for_overwrite<std::byte[]>(kFirstBlockBytes);
    bytes_.emplace(first_block_.get(), kFirstBlockBytes);
  }
  auto* const kept = static_cast<char*>(bytes_->allocate(bytes.size(), 1));
  std::memcpy(kept, bytes.data(), bytes.size());
  kept_bytes_ += bytes.size();
  return {kept, bytes.size()};
}

std::size_t PendingWrites::position_of(const Keyspace& keyspace, std::string_view key,
                                       std::uint64_t hash) const noexcept {
  const auto is_it = [&](const PendingWrite& write) {
    return write.hash == hash && write.keyspace == &keyspace && write.key == key;
  };
  if (buckets_.empty()) {
    const auto found = std::ranges::find_if(writes_, is_it);
    return found == writes_.end() ? kNowhere : static_cast<std::size_t>(found - writes_.begin());
  }
  const std::size_t mask = buckets_.size() - 1;
  for (std::size_t i = hash & mask; buckets_[i] != 0; i = (i + 1) & mask) {
    if (is_it(writes_[buckets_[i] - 1])) return buckets_[i] - 1;
  }
  return kNowhere;
}

void PendingWrites::index(std::size_t position) noexcept {
  const std::size_t mask = buckets_.size() - 1;
  std::size_t i = writes_[position].hash & mask;
  while (buckets_[i] != 0) i = (i + 1) & mask;
  buckets_[i] = static_cast<std::uint32_t>(position + 1);
}

void PendingWrites::index_all() {
  std::size_t size = 4 * kIndexedFrom;
  while (size < 4 * writes_.size()) size *= 2;
  buckets_.assign(size, 0);
  for (std::size_t i = 0; i < writes_.size(); ++i) index(i);
}

PendingWrite& PendingWrites::write_to(const Keyspace& keyspace, std::string_view key) {
  const std::uint64_t hash = hash_row(keyspace, key);
  const std::size_t position = position_of(keyspace, key, hash);
  if (position != kNowhere) return writes_[position];
  writes_.push_back({.keyspace = &keyspace, .key = keep(key), .hash = hash});
  if (writes_.size() * 2 > buckets_.size() && writes_.size() >= kIndexedFrom) {
    index_all();
  } else if (!buckets_.empty()) {
    index(writes_.size() - 1);
  }
  return writes_.back();
}

void PendingWrites::put(const Keyspace& keyspace, std::string_view key, std::string_view value,
                        const RowAttributes& attributes) {
  PendingWrite& write = write_to(keyspace, key);
  write.value = keep(value);
  write.attributes = attributes;
  write.removed = false;
}

void PendingWrites::remove(const Keyspace& keyspace, std::string_view key) {
  PendingWrite& write = write_to(keyspace, key);
  write.value = {};
  write.attributes = {};
  write.removed = true;
}

void PendingWrites::remove_abandoned(const Keyspace& keyspace, std::string_view first,
                                     std::string_view last) {
  abandoned_.push_back({&keyspace, keep(first), keep(last)});
}

void PendingWrites::remove_all(const Keyspace& keyspace) {
  std::erase_if(writes_, [&](const PendingWrite& write) { return write.keyspace == &keyspace; });
  std::erase_if(abandoned_, [&](const Range& range) { return range.keyspace == &keyspace; });
  if (!buckets_.empty()) index_all();
  if (!covers(keyspace)) removed_wholes_.push_back(&keyspace);
}

const PendingWrite* PendingWrites::find(const Keyspace& keyspace,
                                        std::string_view key) const noexcept {
  if (writes_.empty()) return nullptr;
  const std::size_t position = position_of(keyspace, key, hash_row(keyspace, key));
  return position == kNowhere ? nullptr : &writes_[position];
}

bool PendingWrites::covers(const Keyspace& keyspace) const noexcept {
  return std::ranges::find(removed_wholes_, &keyspace) != removed_wholes_.end();
}

std::vector<const PendingWrite*> PendingWrites::within(const Keyspace& keyspace,
                                                       std::string_view first,
                                                       std::string_view last) const {
  std::vector<const PendingWrite*> found;
  for (const PendingWrite& write : writes_) {
    if (write.keyspace == &keyspace && write.key >= first && write.key < last) {
      found.push_back(&write);
    }
  }
  std::ranges::sort(found, {}, [](const PendingWrite* write) { return write->key; });
  return found;
}

void PendingWrites::add_to(WriteBatch& batch) const {
  for (const Keyspace* const keyspace : removed_wholes_) {
    batch.remove_range(*keyspace, {}, end_of_keys());
  }
  for (const PendingWrite& write : writes_) {
    if (write.removed) {
      batch.remove(*write.keyspace, write.key);
    } else {
      batch.put(*write.keyspace, write.key, write.value, write.attributes);
    }
  }
  // Last, since this may have written there before it was abandoned.
  for (const Range& range : abandoned_)
    batch.remove_range(*range.keyspace, range.first, range.last);
}

void PendingWrites::clear() noexcept {
  writes_.clear();
  buckets_.clear();
  removed_wholes_.clear();
  abandoned_.clear();
  if (bytes_) bytes_->release();
  kept_bytes_ = 0;
}

}  // namespace quartz::server
