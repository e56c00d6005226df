#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "io/file_system.hpp"
#include "quartz/result.hpp"
#include "vector/element_type.hpp"

namespace quartz::vector {

/// The formats of files of vectors, each named by the extension of its files.
/// docs/formats/vector_files.md gives their layouts.
enum class VectorFormat : std::uint8_t { fvecs, ivecs, bvecs, fbin, ibin, u8bin, i8bin, npy };

inline constexpr std::array kVectorFormats = {
    VectorFormat::fvecs, VectorFormat::ivecs, VectorFormat::bvecs, VectorFormat::fbin,
    VectorFormat::ibin,  VectorFormat::u8bin, VectorFormat::i8bin, VectorFormat::npy};

/// How a format lays out its rows.
enum class FormatFamily : std::uint8_t {
  vecs,  ///< No header; every row begins with its dimension.
  bin,   ///< A header of count and dimension, then the rows.
  npy,   ///< A header of text that also names the type of the elements, then the rows.
};

/// The name as written above, which is the extension without its dot.
std::string_view to_string(VectorFormat format) noexcept;

/// By the extension, in capitals or not. `invalid_argument` if it is none of these.
Result<VectorFormat> format_of(const io::Path& path);

FormatFamily family_of(VectorFormat format) noexcept;

/// What its rows consist of; nothing for npy, where each file says it for itself.
std::optional<ElementType> element_of(VectorFormat format) noexcept;

}  // namespace quartz::vector
