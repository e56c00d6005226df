#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "vector/affine_range.hpp"

namespace quartz::vector {

/// The largest number of eight bits, and of four.
inline constexpr unsigned kStepsU8 = 255;
inline constexpr unsigned kStepsU4 = 15;

// Components as whole numbers of few bits, each the one whose value in `range` is nearest: what
// lies outside gets the number at that end. Four bits go two to a byte and single bits eight to a
// byte, the first component lowest; what is left over of the last byte is zero. Packing returns the
// sum of the numbers. docs/formats/quantizer.md gives the layout.

std::uint32_t pack_u8(const AffineRange& range, std::span<const float> vector,
                      std::byte* to) noexcept;
std::uint32_t pack_u4(const AffineRange& range, std::span<const float> vector,
                      std::byte* to) noexcept;
std::uint32_t pack_bits(const AffineRange& range, std::span<const float> vector,
                        std::byte* to) noexcept;

// The values that the numbers stand for.

void unpack_u8(const AffineRange& range, const std::byte* from, std::span<float> vector) noexcept;
void unpack_u4(const AffineRange& range, const std::byte* from, std::span<float> vector) noexcept;
void unpack_bits(const AffineRange& range, const std::byte* from, std::span<float> vector) noexcept;

}  // namespace quartz::vector
