#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "io/file_system.hpp"
#include "quartz/result.hpp"
#include "quartz/vector/vector_format.hpp"
#include "vector/element_type.hpp"

namespace quartz::vector {

inline constexpr std::array kVectorFormats = {
    VectorFormat::fvecs, VectorFormat::ivecs, VectorFormat::bvecs, VectorFormat::fbin,
    VectorFormat::ibin,  VectorFormat::u8bin, VectorFormat::i8bin, VectorFormat::npy};

/// How a format lays out its rows.
enum class FormatFamily : std::uint8_t {
  vecs,  ///< No header; every row begins with its dimension.
  bin,   ///< A header of count and dimension, then the rows.
  npy,   ///< A header of text that also names the type of the elements, then the rows.
};

/// By the extension, in capitals or not. `invalid_argument` if it is none of these.
Result<VectorFormat> format_of(const io::Path& path);

FormatFamily family_of(VectorFormat format) noexcept;

/// What its rows consist of; nothing for npy, where each file says it for itself.
std::optional<ElementType> element_of(VectorFormat format) noexcept;

}  // namespace quartz::vector
