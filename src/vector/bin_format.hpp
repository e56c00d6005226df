#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "io/file_system.hpp"
#include "quartz/result.hpp"
#include "vector/row_layout.hpp"

namespace quartz::vector {

// fbin, ibin, u8bin and i8bin, as the benchmarks of big-ann-benchmarks define them: two unsigned
// numbers of 32 bits, the count of the rows and their dimension, and then the rows.

inline constexpr std::size_t kBinHeaderBytes = 8;
/// The count has 32 bits.
inline constexpr std::uint64_t kBinCountMax = 0xFFFF'FFFF;

/// What the header says, and the size of the file agrees with. `corruption` or `too_large` if not.
Result<RowLayout> read_bin_layout(const io::File& file, ElementType element);

/// `count` is at most kBinCountMax.
std::array<std::byte, kBinHeaderBytes> bin_header(std::uint64_t count,
                                                  std::size_t dimensions) noexcept;

}  // namespace quartz::vector
