#include "storage/cached_row.hpp"

#include <algorithm>
#include <new>

#include "storage/row_memory.hpp"

namespace quartz::storage {

CachedRow* CachedRow::make(KeyspaceId keyspace, std::string_view key, std::uint64_t key_hash,
                           std::optional<std::string_view> value, Sequence read_at) {
  const std::string_view shown = value.value_or(std::string_view());
  void* block = RowMemory::allocate(sizeof(CachedRow) + key.size() + shown.size());
  auto* row = new (block) CachedRow();
  row->exists_ = value.has_value();
  row->value_bytes_ = static_cast<std::uint32_t>(shown.size());
  row->hash_ = key_hash;
  row->read_at_ = read_at;
  row->keyspace_ = keyspace;
  row->key_bytes_ = static_cast<std::uint32_t>(key.size());
  std::copy(shown.begin(), shown.end(), std::copy(key.begin(), key.end(), row->bytes()));
  return row;
}

bool CachedRow::try_reference() noexcept {
  std::uint32_t references = references_.load(std::memory_order_relaxed);
  while (references != 0) {
    if (references_.compare_exchange_weak(references, references + 1, std::memory_order_relaxed)) {
      return true;
    }
  }
  return false;
}

void CachedRow::drop(CachedRow* row) noexcept {
  // Each holder's reads happen before its drop, and all drops before the free.
  if (row->references_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  const std::size_t bytes = sizeof(CachedRow) + row->key_bytes_ + row->value_bytes_;
  row->~CachedRow();
  RowMemory::free(row, bytes);
}

}  // namespace quartz::storage
