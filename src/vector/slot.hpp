#pragma once

#include <cstddef>
#include <cstdint>

namespace quartz::vector {

/// The place of a point in a collection's arrays and in its graph. A slot is used again when its
/// point was removed and nobody can reach it any more.
using Slot = std::uint32_t;

/// What one collection can hold: the tables of chunks stay small, and a link fits in 32 bits with
/// one value to spare.
inline constexpr std::size_t kSlotsMax = std::size_t{1} << 28;
inline constexpr Slot kNoSlot = ~Slot{0};

}  // namespace quartz::vector
