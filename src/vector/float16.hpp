#pragma once

#include <bit>
#include <cstdint>

namespace quartz::vector {

// IEEE 754 half precision ("f16": 5 bits of exponent, 10 of fraction) and the upper half of single
// precision ("bf16": 8 and 7), as bit patterns. Conversions to them round to the nearest value, of
// two equally near ones to the one whose last bit is 0; conversions from them are exact. What is
// not a number stays so, and becomes quiet.

/// The largest finite magnitude of half precision.
inline constexpr float kFloat16Max = 65504.0F;

namespace float16_bits {

inline constexpr std::uint32_t kSign = 0x8000'0000;
inline constexpr std::uint32_t kInfinity = 0x7F80'0000;
/// 65520, half a step above the largest half: all from here on round to infinity.
inline constexpr std::uint32_t kOverflow = 0x477F'F000;
/// 2^-14, the smallest half that is normal.
inline constexpr std::uint32_t kNormalMin = 0x3880'0000;
/// What the exponents' biases, 127 and 15, differ by, where single precision has its exponent.
inline constexpr std::uint32_t kRebias = (127 - 15) << 23;

/// `bits` without its lowest `count`, rounded to nearest even.
constexpr std::uint32_t rounded_off(std::uint32_t bits, unsigned count) noexcept {
  const std::uint32_t half_less_one = (1U << (count - 1)) - 1;
  return (bits + half_less_one + ((bits >> count) & 1)) >> count;
}

}  // namespace float16_bits

/// Half precision of `value`; magnitudes from 65520 on become infinite.
constexpr std::uint16_t to_float16(float value) noexcept {
  namespace fb = float16_bits;
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = (bits & fb::kSign) >> 16;
  const std::uint32_t magnitude = bits & ~fb::kSign;
  std::uint32_t half = 0;
  if (magnitude > fb::kInfinity) {
    half = 0x7E00 | ((magnitude >> 13) & 0x03FF);
  } else if (magnitude >= fb::kOverflow) {
    half = 0x7C00;
  } else if (magnitude >= fb::kNormalMin) {
    half = fb::rounded_off(magnitude - fb::kRebias, 13);
  } else if (const std::uint32_t exponent = magnitude >> 23; exponent >= 102) {
    // Subnormal: whole steps of 2^-24. Anything below 2^-25, half a step, stays zero.
    const std::uint32_t fraction = (magnitude & 0x007F'FFFF) | 0x0080'0000;
    half = fb::rounded_off(fraction, 126 - exponent);
  }
  return static_cast<std::uint16_t>(sign | half);
}

/// The value that the half precision number `half` stands for.
constexpr float from_float16(std::uint16_t half) noexcept {
  namespace fb = float16_bits;
  const std::uint32_t sign = (half & 0x8000U) << 16;
  const std::uint32_t magnitude = half & 0x7FFFU;
  if (magnitude < 0x0400) {
    const float steps = static_cast<float>(magnitude) * 0x1p-24F;
    return std::bit_cast<float>(sign | std::bit_cast<std::uint32_t>(steps));
  }
  if (magnitude < 0x7C00) return std::bit_cast<float>(sign | ((magnitude << 13) + fb::kRebias));
  const std::uint32_t quiet = magnitude > 0x7C00 ? 0x0040'0000U : 0;
  return std::bit_cast<float>(sign | fb::kInfinity | (magnitude << 13) | quiet);
}

/// The upper half of `value` in single precision; the largest magnitudes round to infinity.
constexpr std::uint16_t to_bfloat16(float value) noexcept {
  namespace fb = float16_bits;
  const auto bits = std::bit_cast<std::uint32_t>(value);
  if ((bits & ~fb::kSign) > fb::kInfinity) return static_cast<std::uint16_t>((bits >> 16) | 0x0040);
  return static_cast<std::uint16_t>(fb::rounded_off(bits, 16));
}

/// The value whose upper half is `upper` and whose lower half is zero.
constexpr float from_bfloat16(std::uint16_t upper) noexcept {
  return std::bit_cast<float>(std::uint32_t{upper} << 16);
}

}  // namespace quartz::vector
