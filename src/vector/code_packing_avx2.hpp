#pragma once

#include <cstddef>
#include <cstdint>

#include "vector/affine_range.hpp"

namespace quartz::vector {

#if defined(__x86_64__)
/// `pack_u8` of whole groups of 32 components, with the same numbers; for processors that have
/// AVX2.
std::uint32_t pack_u8_avx2(const AffineRange& range, const float* vector, std::size_t n,
                           std::byte* to) noexcept;
#endif

}  // namespace quartz::vector
