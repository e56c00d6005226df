#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "io/file_system.hpp"
#include "quartz/result.hpp"
#include "vector/element_type.hpp"

namespace quartz::vector {

/// What is read or written of a file at a time; at least one row.
inline constexpr std::size_t kPieceBytes = std::size_t{1} << 20;

/// Where the rows of a file lie. One that a format's reader returns has been compared with the size
/// of the file, so that all its offsets are inside.
struct RowLayout {
  ElementType element = ElementType::float32;
  std::uint64_t count = 0;
  std::size_t dimensions = 0;     // 1 to kDimensionsMax.
  std::uint64_t rows_offset = 0;  // Of row 0.
  std::size_t prefix_bytes = 0;   // In front of the elements of each row.

  std::size_t row_bytes() const noexcept { return prefix_bytes + dimensions * bytes_of(element); }
  std::uint64_t offset_of(std::uint64_t row) const noexcept {
    return rows_offset + row * row_bytes();
  }

  bool operator==(const RowLayout&) const = default;
};

/// `dimensions` as what a vector can have. `too_large` beyond kDimensionsMax, `corruption` for what
/// no vector has; `offset` is where the file says it.
Result<std::size_t> judge_dimensions(const io::Path& path, std::uint64_t offset,
                                     std::uint64_t dimensions);

/// Whether the rows that a header promises are what is behind it, to the byte: `corruption` for a
/// file of `file_bytes` that ends before or after them. Bytes behind the rows are no small matter,
/// because a header that says too little looks just like that.
Result<void> judge_extent(const io::Path& path, const RowLayout& layout, std::uint64_t file_bytes);

/// Fills `into` from `offset`. `corruption`, naming `part`, if the file ends before that.
Result<void> read_whole(const io::File& file, std::uint64_t offset, std::span<std::byte> into,
                        std::string_view part);

}  // namespace quartz::vector
