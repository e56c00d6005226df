#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>
#include <vector>

#include "io/mapping.hpp"
#include "quartz/result.hpp"
#include "vector/slot.hpp"

namespace quartz::vector {

/// An element of so many bytes for each slot, zero at first. Grows by chunks and never moves what
/// it holds, so that readers need no lock beside a growing one. Elements begin at multiples of
/// `alignment`, a power of two up to 64. Large chunks lie in huge pages: a search jumps from one
/// element to another, and each jump would be a TLB miss.
///
/// Threads: `grow` by one at a time; `at` by any, for slots that its caller learned of after they
/// were grown to.
class SlotArray {
 public:
  SlotArray(std::size_t element_bytes, std::size_t alignment);

  /// Makes elements for slots below `count`, at most `kSlotsMax`. `io_error` if the system has no
  /// memory; what was there stays.
  Result<void> grow(std::size_t count);
  /// Slots that there are elements for.
  std::size_t capacity() const noexcept {
    return chunk_count_.load(std::memory_order_acquire) << kChunkSlotsLog2;
  }

  std::byte* at(Slot slot) const noexcept {
    return chunks_[slot >> kChunkSlotsLog2].load(std::memory_order_relaxed) +
           (slot & (kChunkSlots - 1)) * stride_;
  }
  /// Between two neighbours, padding included.
  std::size_t stride() const noexcept { return stride_; }
  /// Address space of all chunks; memory is taken as it is touched.
  std::size_t bytes() const noexcept { return capacity() * stride_; }

  /// Elements of the same chunk lie one behind the other.
  static constexpr unsigned kChunkSlotsLog2 = 14;
  static constexpr std::size_t kChunkSlots = std::size_t{1} << kChunkSlotsLog2;

 private:
  static constexpr std::size_t kChunksMax = kSlotsMax >> kChunkSlotsLog2;

  const std::size_t stride_;
  const std::unique_ptr<std::atomic<std::byte*>[]> chunks_;
  std::atomic<std::size_t> chunk_count_{0};
  std::vector<io::Mapping> memory_;
};

}  // namespace quartz::vector
