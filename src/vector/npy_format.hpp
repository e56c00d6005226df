#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "io/file_system.hpp"
#include "quartz/result.hpp"
#include "vector/row_layout.hpp"

namespace quartz::vector {

// NumPy's .npy (its documentation: numpy.lib.format): a magic number, a version, the length of a
// header of text, that header, and then the elements.

/// Longest header text that is read. NumPy itself stops at 10,000 bytes unless told otherwise, and
/// the arrays that are read here need a tenth of that.
inline constexpr std::size_t kNpyHeaderBytesMax = 64 * 1024;

/// What a written file has in front of its rows. NumPy aligns them to 64 bytes, and has 128 for any
/// array of two axes.
inline constexpr std::size_t kNpyPreambleBytes = 128;

/// What the header says, and the size of the file agrees with. Versions 1.0, 2.0 and 3.0, which
/// differ in nothing that matters here but the width of the header's length. Errors: those of
/// `parse_npy_header`, `unsupported` for other versions, and `corruption` or `too_large`.
Result<RowLayout> read_npy_layout(const io::File& file);

/// Version 1.0: kNpyPreambleBytes bytes whatever the count, so that they can be written last.
std::string npy_preamble(ElementType element, std::uint64_t count, std::size_t dimensions);

}  // namespace quartz::vector
