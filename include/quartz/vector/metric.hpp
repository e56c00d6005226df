#pragma once

#include <cstdint>
#include <string_view>

#include "quartz/export.hpp"

namespace quartz {

/// How near two vectors are. Collections keep the number of their metric, so that the numbers never
/// change.
enum class Metric : std::uint8_t {
  cosine = 0,  ///< The cosine of the angle between them, -1 to 1: a higher score is nearer.
  l2 = 1,      ///< The square of their Euclidean distance, 0 and up: a lower score is nearer.
  dot = 2,     ///< Their dot product, of any sign: a higher score is nearer.
};

/// The metric's name as written above, for example "cosine".
QUARTZ_EXPORT std::string_view to_string(Metric metric) noexcept;

}  // namespace quartz
