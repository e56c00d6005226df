#pragma once

#include <cstdint>
#include <string_view>

#include "quartz/export.hpp"

namespace quartz {

/// How the components of vectors are kept for searching: fewer bits take less memory and less time,
/// and need more candidates to be compared exactly afterwards. Collections keep the number of their
/// quantization, so that the numbers never change.
enum class Quantization : std::uint8_t {
  none = 0,  ///< 32 bits: IEEE 754 single precision, as given.
  f16 = 1,   ///< 16 bits: IEEE 754 half precision; 11 significant bits, magnitudes up to 65504.
  bf16 = 2,  ///< 16 bits: the upper half of single precision; 8 significant bits, all magnitudes.
  sq8 = 3,   ///< 8 bits: one of 256 evenly spaced values, the same for all components.
  sq4 = 4,   ///< 4 bits: one of 16 evenly spaced values, the same for all components.
  bit1 = 5,  ///< 1 bit: on which side of the middle the component is. For a first selection only.
};

/// The quantization's name as written above, for example "sq8".
QUARTZ_EXPORT std::string_view to_string(Quantization quantization) noexcept;

}  // namespace quartz
