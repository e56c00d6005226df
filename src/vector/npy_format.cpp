#include "vector/npy_format.hpp"

#include <array>
#include <string_view>

#include <fmt/format.h>

#include "base/check.hpp"
#include "base/coding.hpp"
#include "base/try.hpp"
#include "vector/npy_header.hpp"

namespace quartz::vector {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kVersionOffset = 6;  // Major, then minor, a byte each.
constexpr std::size_t kLengthOffset = 8;   // Two bytes in version 1, four in the others.

struct TextPlace {
  std::size_t offset = 0;
  std::size_t bytes = 0;
};

Result<TextPlace> locate_text(const io::File& file) {
  std::array<std::byte, kLengthOffset> start;
  QUARTZ_TRY(read_whole(file, 0, start, "the magic number"));
  const std::string path = file.path().string();
  if (!as_text(start).starts_with(kMagic)) {
    return Error(Errc::corruption,
                 path + ": does not begin with the magic number of NumPy's files");
  }
  const auto major = static_cast<unsigned>(start[kVersionOffset]);
  const auto minor = static_cast<unsigned>(start[kVersionOffset + 1]);
  if (major < 1 || major > 3 || minor != 0) {
    return Error(Errc::unsupported,
                 fmt::format("{}: has version {}.{} of NumPy's format; those that are read are "
                             "1.0, 2.0 and 3.0",
                             path, major, minor));
  }
  std::array<std::byte, 4> length{};
  const std::size_t width = major == 1 ? 2 : 4;
  QUARTZ_TRY(
      read_whole(file, kLengthOffset, std::span(length).first(width), "the length of the header"));
  const TextPlace text{.offset = kLengthOffset + width,
                       .bytes = load<std::uint32_t>(length.data())};
  if (text.bytes > kNpyHeaderBytesMax) {
    return Error(Errc::too_large, fmt::format("{}: the header's length at offset {} is {}, more "
                                              "than the {} that are read",
                                              path, kLengthOffset, text.bytes, kNpyHeaderBytesMax));
  }
  return text;
}

}  // namespace

Result<RowLayout> read_npy_layout(const io::File& file) {
  QUARTZ_ASSIGN(const std::uint64_t file_bytes, file.size());
  QUARTZ_ASSIGN(const TextPlace place, locate_text(file));
  std::string text(place.bytes, '\0');
  QUARTZ_TRY(read_whole(file, place.offset, std::as_writable_bytes(std::span(text)), "the header"));
  QUARTZ_ASSIGN(const NpyHeader header, parse_npy_header(file.path(), place.offset, text));
  QUARTZ_ASSIGN(const std::size_t dimensions,
                judge_dimensions(file.path(), header.shape_offset, header.dimensions));
  const RowLayout layout{.element = header.element,
                         .count = header.count,
                         .dimensions = dimensions,
                         .rows_offset = place.offset + place.bytes};
  QUARTZ_TRY(judge_extent(file.path(), layout, file_bytes));
  return layout;
}

std::string npy_preamble(ElementType element, std::uint64_t count, std::size_t dimensions) {
  constexpr std::size_t kTextOffset = kLengthOffset + 2;
  constexpr std::size_t kTextBytes = kNpyPreambleBytes - kTextOffset;
  std::string text = format_npy_header(element, count, dimensions);
  QUARTZ_CHECK(text.size() < kTextBytes);
  text.resize(kTextBytes - 1, ' ');
  std::string preamble(kMagic);
  preamble += '\x01';
  preamble += '\x00';
  preamble += static_cast<char>(kTextBytes & 0xFF);
  preamble += static_cast<char>(kTextBytes >> 8);
  preamble += text;
  preamble += '\n';
  return preamble;
}

}  // namespace quartz::vector
