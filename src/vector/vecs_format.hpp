#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "io/file_system.hpp"
#include "quartz/result.hpp"
#include "vector/row_layout.hpp"

namespace quartz::vector {

// fvecs, ivecs and bvecs, as the TEXMEX corpus defines them: every row is its dimension, a number
// of 32 bits, and then the elements. Nothing says how many rows there are.

inline constexpr std::size_t kVecsPrefixBytes = 4;

/// The dimension of the first row, and as many rows of it as the file has. `corruption` if the last
/// one is not whole, or if there is none: such a file has no dimension. `too_large` beyond
/// kDimensionsMax. The other rows are not looked at; `judge_vecs_rows` does that.
Result<RowLayout> read_vecs_layout(const io::File& file, ElementType element);

/// Whether each of the whole rows in `bytes`, the first of which is row `first_row`, has the
/// dimension that the first row of the file has; `corruption` naming the row if not.
Result<void> judge_vecs_rows(const io::Path& path, const RowLayout& layout, std::uint64_t first_row,
                             std::span<const std::byte> bytes);

}  // namespace quartz::vector
