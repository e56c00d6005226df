#include "vector/slot_array.hpp"

#include <utility>

#include "base/check.hpp"
#include "base/coding.hpp"
#include "base/try.hpp"

namespace quartz::vector {

SlotArray::SlotArray(std::size_t element_bytes, std::size_t alignment)
    : stride_(round_up(element_bytes, alignment)),
      chunks_(std::make_unique<std::atomic<std::byte*>[]>(kChunksMax)) {
  QUARTZ_CHECK(element_bytes > 0 && alignment > 0 && alignment <= 64);
}

Result<void> SlotArray::grow(std::size_t count) {
  QUARTZ_CHECK(count <= kSlotsMax);
  while (capacity() < count) {
    QUARTZ_ASSIGN(io::Mapping chunk, io::Mapping::anonymous(kChunkSlots * stride_));
    const std::size_t index = chunk_count_.load(std::memory_order_relaxed);
    chunks_[index].store(chunk.data(), std::memory_order_relaxed);
    memory_.push_back(std::move(chunk));
    chunk_count_.store(index + 1, std::memory_order_release);
  }
  return {};
}

}  // namespace quartz::vector
