#include "vector/code_packing_avx2.hpp"

#if defined(__x86_64__)

#include <immintrin.h>

#define QUARTZ_AVX2 __attribute__((target("avx2")))

namespace quartz::vector {
namespace {

// Eight components and what turns them into numbers, step by step as in code_packing.cpp: where an
// operand is not a number, the comparisons give the other, as those do there.
struct Rounding {
  __m256 minimum;
  __m256 inverse_step;
  __m256 last;

  QUARTZ_AVX2 __m256i numbers(const float* components) const noexcept {
    const __m256 scaled =
        _mm256_mul_ps(_mm256_sub_ps(_mm256_loadu_ps(components), minimum), inverse_step);
    const __m256 positive = _mm256_max_ps(scaled, _mm256_setzero_ps());
    const __m256 within = _mm256_min_ps(positive, last);
    return _mm256_cvttps_epi32(_mm256_add_ps(within, _mm256_set1_ps(0.5F)));
  }
};

}  // namespace

QUARTZ_AVX2 std::uint32_t pack_u8_avx2(const AffineRange& range, const float* vector, std::size_t n,
                                       std::byte* to) noexcept {
  const Rounding rounding{_mm256_set1_ps(range.minimum), _mm256_set1_ps(1 / range.step),
                          _mm256_set1_ps(255)};
  // Packing goes on in both halves of the lanes by itself: this puts groups of four in order.
  const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
  __m256i sums = _mm256_setzero_si256();
  for (std::size_t i = 0; i < n; i += 32) {
    const __m256i low =
        _mm256_packus_epi32(rounding.numbers(vector + i), rounding.numbers(vector + i + 8));
    const __m256i high =
        _mm256_packus_epi32(rounding.numbers(vector + i + 16), rounding.numbers(vector + i + 24));
    const __m256i bytes = _mm256_permutevar8x32_epi32(_mm256_packus_epi16(low, high), order);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + i), bytes);
    sums = _mm256_add_epi64(sums, _mm256_sad_epu8(bytes, _mm256_setzero_si256()));
  }
  const __m128i halves =
      _mm_add_epi64(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));
  return static_cast<std::uint32_t>(_mm_cvtsi128_si64(halves) + _mm_extract_epi64(halves, 1));
}

}  // namespace quartz::vector

#endif
