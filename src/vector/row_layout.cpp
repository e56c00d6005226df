#include "vector/row_layout.hpp"

#include <fmt/format.h>

#include "base/try.hpp"
#include "quartz/vector/limits.hpp"

namespace quartz::vector {

Result<std::size_t> judge_dimensions(const io::Path& path, std::uint64_t offset,
                                     std::uint64_t dimensions) {
  if (dimensions == 0) {
    return Error(Errc::corruption,
                 fmt::format("{}: the dimension at offset {} is 0", path.string(), offset));
  }
  if (dimensions > kDimensionsMax) {
    return Error(Errc::too_large,
                 fmt::format("{}: the dimension at offset {} is {}, more than the {} that a vector "
                             "may have",
                             path.string(), offset, dimensions, kDimensionsMax));
  }
  return static_cast<std::size_t>(dimensions);
}

Result<void> judge_extent(const io::Path& path, const RowLayout& layout, std::uint64_t file_bytes) {
  std::uint64_t rows_bytes = 0;
  std::uint64_t end = 0;
  // A product that does not fit into 64 bits is more than any file has.
  const bool absurd =
      __builtin_mul_overflow(layout.count, std::uint64_t{layout.row_bytes()}, &rows_bytes) ||
      __builtin_add_overflow(layout.rows_offset, rows_bytes, &end);
  if (!absurd && end == file_bytes) return {};
  const std::string promise =
      fmt::format("{}: the header promises {} rows of {} bytes from offset {} on", path.string(),
                  layout.count, layout.row_bytes(), layout.rows_offset);
  if (absurd || end > file_bytes) {
    return Error(Errc::corruption,
                 fmt::format("{}, but the file ends at offset {}", promise, file_bytes));
  }
  return Error(Errc::corruption, fmt::format("{}, but the file goes on behind them, from offset {} "
                                             "to {}",
                                             promise, end, file_bytes));
}

Result<void> read_whole(const io::File& file, std::uint64_t offset, std::span<std::byte> into,
                        std::string_view part) {
  QUARTZ_ASSIGN(const std::size_t got, file.read_at(offset, into));
  if (got == into.size()) return {};
  return Error(Errc::corruption, fmt::format("{}: ends at offset {}, in the middle of {}",
                                             file.path().string(), offset + got, part));
}

}  // namespace quartz::vector
