#pragma once

// What this was compiled with, for tests of what a sanitizer changes, such as memory, or slows
// down.

#if defined(__has_feature)
#define QUARTZ_HAS_FEATURE(name) __has_feature(name)
#else
#define QUARTZ_HAS_FEATURE(name) 0
#endif

#if defined(__SANITIZE_THREAD__) || QUARTZ_HAS_FEATURE(thread_sanitizer)
#define QUARTZ_UNDER_THREAD_SANITIZER 1
#else
#define QUARTZ_UNDER_THREAD_SANITIZER 0
#endif

#if defined(__SANITIZE_ADDRESS__) || QUARTZ_HAS_FEATURE(address_sanitizer)
#define QUARTZ_UNDER_ADDRESS_SANITIZER 1
#else
#define QUARTZ_UNDER_ADDRESS_SANITIZER 0
#endif

namespace quartz {

inline constexpr bool kUnderThreadSanitizer = QUARTZ_UNDER_THREAD_SANITIZER != 0;

/// One that has allocation functions of its own and keeps freed memory, and a shadow of it; several
/// times slower than without.
inline constexpr bool kUnderSanitizer =
    kUnderThreadSanitizer || QUARTZ_UNDER_ADDRESS_SANITIZER != 0;

}  // namespace quartz
