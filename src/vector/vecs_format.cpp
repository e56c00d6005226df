#include "vector/vecs_format.hpp"

#include <array>

#include <fmt/format.h>

#include "base/coding.hpp"
#include "base/try.hpp"

namespace quartz::vector {
namespace {

// The number is a signed one; as an unsigned one, what is negative is too large.
std::uint32_t dimensions_at(const std::byte* row) noexcept { return load<std::uint32_t>(row); }

}  // namespace

Result<RowLayout> read_vecs_layout(const io::File& file, ElementType element) {
  QUARTZ_ASSIGN(const std::uint64_t file_bytes, file.size());
  if (file_bytes == 0) {
    return Error(Errc::corruption,
                 file.path().string() + ": is empty, so that it has no dimension");
  }
  std::array<std::byte, kVecsPrefixBytes> prefix;
  QUARTZ_TRY(read_whole(file, 0, prefix, "the dimension of row 0"));
  QUARTZ_ASSIGN(const std::size_t dimensions,
                judge_dimensions(file.path(), 0, dimensions_at(prefix.data())));
  RowLayout layout{.element = element, .dimensions = dimensions, .prefix_bytes = kVecsPrefixBytes};
  layout.count = file_bytes / layout.row_bytes();
  if (file_bytes % layout.row_bytes() != 0) {
    return Error(Errc::corruption,
                 fmt::format("{}: ends at offset {}, in the middle of row {}, which begins at "
                             "offset {} and should have {} bytes",
                             file.path().string(), file_bytes, layout.count,
                             layout.offset_of(layout.count), layout.row_bytes()));
  }
  return layout;
}

Result<void> judge_vecs_rows(const io::Path& path, const RowLayout& layout, std::uint64_t first_row,
                             std::span<const std::byte> bytes) {
  const std::size_t row_bytes = layout.row_bytes();
  for (std::size_t i = 0; i < bytes.size() / row_bytes; ++i) {
    const std::uint32_t dimensions = dimensions_at(bytes.data() + i * row_bytes);
    if (dimensions == layout.dimensions) continue;
    const std::uint64_t row = first_row + i;
    return Error(
        Errc::corruption,
        fmt::format("{}: row {} (offset {}) has the dimension {}, but row 0 has {}", path.string(),
                    row, layout.offset_of(row), dimensions, layout.dimensions));
  }
  return {};
}

}  // namespace quartz::vector
