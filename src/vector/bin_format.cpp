#include "vector/bin_format.hpp"

#include "base/check.hpp"
#include "base/coding.hpp"
#include "base/try.hpp"

namespace quartz::vector {
namespace {

constexpr std::size_t kCountOffset = 0;
constexpr std::size_t kDimensionsOffset = 4;

}  // namespace

Result<RowLayout> read_bin_layout(const io::File& file, ElementType element) {
  QUARTZ_ASSIGN(const std::uint64_t file_bytes, file.size());
  std::array<std::byte, kBinHeaderBytes> header;
  QUARTZ_TRY(read_whole(file, 0, header, "the header"));
  QUARTZ_ASSIGN(const std::size_t dimensions,
                judge_dimensions(file.path(), kDimensionsOffset,
                                 load<std::uint32_t>(header.data() + kDimensionsOffset)));
  const RowLayout layout{.element = element,
                         .count = load<std::uint32_t>(header.data() + kCountOffset),
                         .dimensions = dimensions,
                         .rows_offset = kBinHeaderBytes};
  QUARTZ_TRY(judge_extent(file.path(), layout, file_bytes));
  return layout;
}

std::array<std::byte, kBinHeaderBytes> bin_header(std::uint64_t count,
                                                  std::size_t dimensions) noexcept {
  QUARTZ_CHECK(count <= kBinCountMax);
  std::array<std::byte, kBinHeaderBytes> header;
  store(header.data() + kCountOffset, static_cast<std::uint32_t>(count));
  store(header.data() + kDimensionsOffset, static_cast<std::uint32_t>(dimensions));
  return header;
}

}  // namespace quartz::vector
