#pragma once

#include <cstdint>
#include <string_view>

#include "quartz/export.hpp"

namespace quartz {

/// The formats of files of vectors, each named by the extension of its files.
enum class VectorFormat : std::uint8_t {
  fvecs,  ///< Floats, each row behind its dimension.
  ivecs,  ///< The same with integers of 32 bits.
  bvecs,  ///< The same with bytes.
  fbin,   ///< Floats, behind a header of count and dimension.
  ibin,   ///< The same with integers of 32 bits.
  u8bin,  ///< The same with bytes.
  i8bin,  ///< The same with bytes that have a sign.
  npy,    ///< An array of NumPy, of two dimensions.
};

/// The format's name as written above, which is the extension without its dot.
QUARTZ_EXPORT std::string_view to_string(VectorFormat format) noexcept;

}  // namespace quartz
