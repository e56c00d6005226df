#pragma once

#include <cstddef>

namespace quartz {

/// Most dimensions of a vector; the least is 1. Embedding models in use give up to 4096. A vector
/// of that many floats takes 16 KiB, so that a search that looks at thousands of them still moves
/// tens of megabytes only, and a damaged file cannot ask for absurd amounts of memory.
inline constexpr std::size_t kDimensionsMax = 4096;

}  // namespace quartz
