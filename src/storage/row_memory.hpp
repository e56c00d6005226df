#pragma once

#include <cstddef>

namespace quartz::storage {

/// Memory for cached rows, in huge pages: rows are read in random order, and in small pages nearly
/// every read would be a TLB miss as well as a cache miss. Blocks of like size share a span of
/// 64 KiB; a span that empties serves any size again, and 2 MiB that empty go back to the system.
///
/// One for the process, since a pinned row may outlive its cache. Threads: any. Cost: a lock that
/// is rarely contended, and a few instructions.
class RowMemory {
 public:
  /// Throws std::bad_alloc. Aligned to 16.
  static void* allocate(std::size_t bytes);
  /// `bytes` as given to `allocate`.
  static void free(void* block, std::size_t bytes) noexcept;

  /// What a block of that size takes, its rounding included.
  static std::size_t block_bytes(std::size_t bytes) noexcept;
  /// Larger blocks are the system allocator's.
  static constexpr std::size_t kBlockBytesMax = std::size_t{8} << 10;

  /// Held from the system by all arenas; for tests.
  static std::size_t mapped_bytes() noexcept;
};

}  // namespace quartz::storage
