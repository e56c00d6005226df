#pragma once

#include <cstddef>

// Memory that an allocator of ours holds back, made known to AddressSanitizer, so that it reports
// who uses it. Nothing in other builds.

#if defined(__SANITIZE_ADDRESS__)
#define QUARTZ_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define QUARTZ_ADDRESS_SANITIZER 1
#endif
#endif

#if defined(QUARTZ_ADDRESS_SANITIZER)
#include <sanitizer/asan_interface.h>
#endif

namespace quartz {

/// Nobody may touch [block, block + bytes) until it is released again. Whole multiples of 8.
inline void poison_memory([[maybe_unused]] const void* block,
                          [[maybe_unused]] std::size_t bytes) noexcept {
#if defined(QUARTZ_ADDRESS_SANITIZER)
  __asan_poison_memory_region(block, bytes);
#endif
}
inline void release_memory([[maybe_unused]] const void* block,
                           [[maybe_unused]] std::size_t bytes) noexcept {
#if defined(QUARTZ_ADDRESS_SANITIZER)
  __asan_unpoison_memory_region(block, bytes);
#endif
}

}  // namespace quartz
