#include "storage/arena.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace quartz::storage {

void* Arena::allocate_from_new_chunk(std::size_t bytes) {
  QUARTZ_CHECK(bytes <= kAllocationBytesMax);
  auto chunk = io::Mapping::anonymous(chunk_bytes_);
  if (!chunk) {
    throw std::bad_alloc();
  }
  const auto base = reinterpret_cast<std::uintptr_t>(chunk->data());
  // Linux hands out addresses above this only to callers that ask for them by a hint.
  QUARTZ_CHECK(((base + chunk->size()) >> 48) == 0);
  const std::size_t mapped = chunk->size();
  chunks_.push_back(*std::move(chunk));

  // What is left of the old chunk is given up: at most one allocation's worth.
  next_ = base + bytes;
  end_ = base + mapped;
  chunk_bytes_ = std::min(chunk_bytes_ * 4, kChunkBytesMax);
  mapped_bytes_.store(mapped_bytes() + mapped, std::memory_order_relaxed);
  return reinterpret_cast<void*>(base);
}

}  // namespace quartz::storage
