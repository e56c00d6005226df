#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "io/file_system.hpp"
#include "quartz/result.hpp"
#include "vector/element_type.hpp"

namespace quartz::vector {

/// What the text in front of the rows of an .npy file says, not yet compared with the file.
struct NpyHeader {
  ElementType element = ElementType::float32;
  std::uint64_t count = 0;
  std::uint64_t dimensions = 0;
  std::uint64_t shape_offset = 0;  // Where the file says the two, for messages.
};

/// Reads `text`, which stands at `text_offset` of the file `path`: a literal of a Python dictionary
/// with the keys descr, fortran_order and shape, in any order and with any spaces. An array of one
/// axis is one row. `unsupported` for other types of elements, big-endian ones, Fortran's order and
/// another number of axes; `corruption` with the offset for text that is something else.
Result<NpyHeader> parse_npy_header(const io::Path& path, std::uint64_t text_offset,
                                   std::string_view text);

/// The text for an array of two axes, without padding, as NumPy writes it.
std::string format_npy_header(ElementType element, std::uint64_t count, std::size_t dimensions);

}  // namespace quartz::vector
