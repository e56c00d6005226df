#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/coding.hpp"
#include "io/mapping.hpp"

namespace quartz::storage {

/// Memory handed out piece by piece and given back all at once, with the arena. Chunks grow from
/// 64 KiB, so that a memtable of a few rows stays small, to 2 MiB, so that a large one lies in huge
/// pages: a look-up in it is a chain of cache misses, and each would be a TLB miss as well.
///
/// Every address is below 2^48, which leaves the upper 16 bits of a pointer to its holder.
/// Threads: one allocates; `mapped_bytes` may be read by any.
class Arena {
 public:
  Arena() noexcept = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  /// At most `kAllocationBytesMax` zeroed bytes; `alignment` is a power of two up to 64.
  /// Throws std::bad_alloc if the system has no memory.
  void* allocate(std::size_t bytes, std::size_t alignment) {
    const std::uintptr_t at = round_up(next_, alignment);
    if (at + bytes > end_) [[unlikely]] {
      return allocate_from_new_chunk(bytes);
    }
    next_ = at + bytes;
    return reinterpret_cast<void*>(at);
  }

  /// An object that is never destroyed.
  template <class T, class... Arguments>
  T* make(Arguments&&... arguments) {
    static_assert(std::is_trivially_destructible_v<T> && sizeof(T) <= kAllocationBytesMax);
    return new (allocate(sizeof(T), alignof(T))) T{std::forward<Arguments>(arguments)...};
  }

  /// Of all chunks, used or not.
  std::size_t mapped_bytes() const noexcept {
    return mapped_bytes_.load(std::memory_order_relaxed);
  }

  static constexpr std::size_t kAllocationBytesMax = std::size_t{16} << 10;
  static constexpr std::size_t kFirstChunkBytes = std::size_t{64} << 10;
  static constexpr std::size_t kChunkBytesMax = std::size_t{2} << 20;

 private:
  void* allocate_from_new_chunk(std::size_t bytes);

  std::uintptr_t next_ = 0;  // Free part of the newest chunk.
  std::uintptr_t end_ = 0;
  std::size_t chunk_bytes_ = kFirstChunkBytes;  // Of the next chunk.
  std::vector<io::Mapping> chunks_;
  std::atomic<std::size_t> mapped_bytes_{0};
};

}  // namespace quartz::storage
