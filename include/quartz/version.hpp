#pragma once

#include <string_view>

// The one place where the version is written: the build reads it from here. Macros, so that an
// application can choose between versions in the preprocessor.
#define QUARTZ_VERSION_MAJOR 0  ///< Source API; 0 while it may change.
#define QUARTZ_VERSION_MINOR 1  ///< Grows with additions.
#define QUARTZ_VERSION_PATCH 0  ///< Grows with corrections.

#define QUARTZ_VERSION_QUOTE(number) #number  ///< For `QUARTZ_VERSION_TEXT`: digits as text.
/// For `quartz::version`: "1.2.3" of its parts.
#define QUARTZ_VERSION_TEXT(major, minor, patch) \
  QUARTZ_VERSION_QUOTE(major) "." QUARTZ_VERSION_QUOTE(minor) "." QUARTZ_VERSION_QUOTE(patch)

namespace quartz {

inline constexpr int kVersionMajor = QUARTZ_VERSION_MAJOR;  ///< Source API; 0 while it may change.
inline constexpr int kVersionMinor = QUARTZ_VERSION_MINOR;  ///< Grows with additions.
inline constexpr int kVersionPatch = QUARTZ_VERSION_PATCH;  ///< Grows with corrections.

/// The version of these headers, such as "1.2.3".
constexpr std::string_view version() noexcept {
  return QUARTZ_VERSION_TEXT(QUARTZ_VERSION_MAJOR, QUARTZ_VERSION_MINOR, QUARTZ_VERSION_PATCH);
}

}  // namespace quartz
