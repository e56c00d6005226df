#include "vector/distance_tables.hpp"

#if defined(__x86_64__)

// GCC 12 takes what its own header leaves undefined on purpose for a mistake.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#include <immintrin.h>
#pragma GCC diagnostic pop

#include "vector/distance_plain.hpp"

#define QUARTZ_AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")))

namespace quartz::vector {
namespace {

// What is left of a vector behind its last whole step is read under a mask: it costs one more step,
// never touches what lies behind, and the lanes that are not read are zero, which adds nothing.

QUARTZ_AVX512 __mmask16 first_of_16(std::size_t count) noexcept {
  return static_cast<__mmask16>((1U << count) - 1);
}
QUARTZ_AVX512 __mmask32 first_of_32(std::size_t count) noexcept {
  return static_cast<__mmask32>((std::uint64_t{1} << count) - 1);
}
QUARTZ_AVX512 __mmask64 first_of_64(std::size_t count) noexcept {  // Fewer than 64.
  return (std::uint64_t{1} << count) - 1;
}

// Sixteen components as floats: all of them, or the first ones that `mask` has.

struct Float32Lanes : Float32 {
  QUARTZ_AVX512 static __m512 load(const std::byte* from) noexcept { return _mm512_loadu_ps(from); }
  QUARTZ_AVX512 static __m512 load(const std::byte* from, __mmask16 mask) noexcept {
    return _mm512_maskz_loadu_ps(mask, from);
  }
};

struct Float16Lanes : Float16 {
  QUARTZ_AVX512 static __m512 load(const std::byte* from) noexcept {
    return _mm512_cvtph_ps(_mm256_loadu_epi16(from));
  }
  QUARTZ_AVX512 static __m512 load(const std::byte* from, __mmask16 mask) noexcept {
    return _mm512_cvtph_ps(_mm256_maskz_loadu_epi16(mask, from));
  }
};

struct BFloat16Lanes : BFloat16 {
  QUARTZ_AVX512 static __m512 widen(__m256i components) noexcept {
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(components), 16));
  }
  QUARTZ_AVX512 static __m512 load(const std::byte* from) noexcept {
    return widen(_mm256_loadu_epi16(from));
  }
  QUARTZ_AVX512 static __m512 load(const std::byte* from, __mmask16 mask) noexcept {
    return widen(_mm256_maskz_loadu_epi16(mask, from));
  }
};

struct Unsigned8Lanes : Unsigned8 {
  QUARTZ_AVX512 static __m512 load(const std::byte* from) noexcept {
    return _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm_loadu_epi8(from)));
  }
  QUARTZ_AVX512 static __m512 load(const std::byte* from, __mmask16 mask) noexcept {
    return _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm_maskz_loadu_epi8(mask, from)));
  }
};

struct AddSquaredDifference {
  QUARTZ_AVX512 static __m512 to(__m512 sum, __m512 a, __m512 b) noexcept {
    const __m512 difference = _mm512_sub_ps(a, b);
    return _mm512_fmadd_ps(difference, difference, sum);
  }
};

struct AddProduct {
  QUARTZ_AVX512 static __m512 to(__m512 sum, __m512 a, __m512 b) noexcept {
    return _mm512_fmadd_ps(a, b, sum);
  }
};

template <class Add, class A, class B>
QUARTZ_AVX512 float float_sum(const std::byte* a, const std::byte* b, std::size_t n) noexcept {
  __m512 sum0 = _mm512_setzero_ps();
  __m512 sum1 = sum0;
  __m512 sum2 = sum0;
  __m512 sum3 = sum0;
  constexpr std::size_t kStepA = 16 * A::kBytes;
  constexpr std::size_t kStepB = 16 * B::kBytes;
  for (; n >= 64; n -= 64, a += 4 * kStepA, b += 4 * kStepB) {
    sum0 = Add::to(sum0, A::load(a), B::load(b));
    sum1 = Add::to(sum1, A::load(a + kStepA), B::load(b + kStepB));
    sum2 = Add::to(sum2, A::load(a + 2 * kStepA), B::load(b + 2 * kStepB));
    sum3 = Add::to(sum3, A::load(a + 3 * kStepA), B::load(b + 3 * kStepB));
  }
  for (; n >= 16; n -= 16, a += kStepA, b += kStepB) {
    sum0 = Add::to(sum0, A::load(a), B::load(b));
  }
  if (n > 0) {
    const __mmask16 mask = first_of_16(n);
    sum1 = Add::to(sum1, A::load(a, mask), B::load(b, mask));
  }
  return _mm512_reduce_add_ps(_mm512_add_ps(_mm512_add_ps(sum0, sum1), _mm512_add_ps(sum2, sum3)));
}

#define QUARTZ_AVX512_BF16 \
  __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx512bf16")))

// For processors that multiply bf16 themselves. Their numbers below 2^-126 count as zero.
QUARTZ_AVX512_BF16 __m512 add_products(__m512 sum, __m512i a, __m512i b) noexcept {
  return _mm512_dpbf16_ps(sum, __builtin_bit_cast(__m512bh, a), __builtin_bit_cast(__m512bh, b));
}

QUARTZ_AVX512_BF16 float dot_bf16_by_instruction(const std::byte* a, const std::byte* b,
                                                 std::size_t n) noexcept {
  __m512 sum0 = _mm512_setzero_ps();
  __m512 sum1 = sum0;
  for (; n >= 64; n -= 64, a += 128, b += 128) {
    sum0 = add_products(sum0, _mm512_loadu_epi16(a), _mm512_loadu_epi16(b));
    sum1 = add_products(sum1, _mm512_loadu_epi16(a + 64), _mm512_loadu_epi16(b + 64));
  }
  if (n >= 32) {
    sum0 = add_products(sum0, _mm512_loadu_epi16(a), _mm512_loadu_epi16(b));
    n -= 32;
    a += 64;
    b += 64;
  }
  if (n > 0) {
    const __mmask32 mask = first_of_32(n);
    sum1 = add_products(sum1, _mm512_maskz_loadu_epi16(mask, a), _mm512_maskz_loadu_epi16(mask, b));
  }
  return _mm512_reduce_add_ps(_mm512_add_ps(sum0, sum1));
}

QUARTZ_AVX512 std::uint32_t total(__m512i lanes) noexcept {
  return static_cast<std::uint32_t>(_mm512_reduce_add_epi32(lanes));
}

// The instruction that sums four products of bytes at once takes one factor as signed. So `y` goes
// in as y - 128 (its highest bit turned over), and what that takes away, 128 x, is summed up beside
// it, negative. It stays exact where a sum wraps. For differences that is two instructions less
// than to widen them to 16 bits.
struct ByteProducts {
  __m512i shifted = {};
  __m512i missing = {};

  QUARTZ_AVX512 void add(__m512i x, __m512i y) noexcept {
    const __m512i minus_128 = _mm512_set1_epi8(-128);
    shifted = _mm512_dpbusd_epi32(shifted, x, _mm512_xor_si512(y, minus_128));
    missing = _mm512_dpbusd_epi32(missing, x, minus_128);
  }
  QUARTZ_AVX512 __m512i sum() const noexcept { return _mm512_sub_epi32(shifted, missing); }
};

struct AddBytesSquaredDifference {
  QUARTZ_AVX512 static void to(ByteProducts& sum, __m512i a, __m512i b) noexcept {
    const __m512i difference = _mm512_sub_epi8(_mm512_max_epu8(a, b), _mm512_min_epu8(a, b));
    sum.add(difference, difference);
  }
};

struct AddBytesProduct {
  QUARTZ_AVX512 static void to(ByteProducts& sum, __m512i a, __m512i b) noexcept { sum.add(a, b); }
};

template <class Add>
QUARTZ_AVX512 std::uint32_t u8_sum(const std::byte* a, const std::byte* b, std::size_t n) noexcept {
  ByteProducts even;
  ByteProducts odd;
  for (; n >= 128; n -= 128, a += 128, b += 128) {
    Add::to(even, _mm512_loadu_si512(a), _mm512_loadu_si512(b));
    Add::to(odd, _mm512_loadu_si512(a + 64), _mm512_loadu_si512(b + 64));
  }
  if (n >= 64) {
    Add::to(even, _mm512_loadu_si512(a), _mm512_loadu_si512(b));
    n -= 64;
    a += 64;
    b += 64;
  }
  if (n > 0) {
    const __mmask64 mask = first_of_64(n);
    Add::to(odd, _mm512_maskz_loadu_epi8(mask, a), _mm512_maskz_loadu_epi8(mask, b));
  }
  return total(_mm512_add_epi32(even.sum(), odd.sum()));
}

// The totals of four vectors, side by side.
QUARTZ_AVX512 __m128i totals(__m512i a, __m512i b, __m512i c, __m512i d) noexcept {
  const __m512i ab = _mm512_add_epi32(_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b));
  const __m512i cd = _mm512_add_epi32(_mm512_unpacklo_epi32(c, d), _mm512_unpackhi_epi32(c, d));
  const __m512i quarters =
      _mm512_add_epi32(_mm512_unpacklo_epi64(ab, cd), _mm512_unpackhi_epi64(ab, cd));
  const __m256i halves =
      _mm256_add_epi32(_mm512_castsi512_si256(quarters), _mm512_extracti64x4_epi64(quarters, 1));
  return _mm_add_epi32(_mm256_castsi256_si128(halves), _mm256_extracti128_si256(halves, 1));
}

// Four vectors at once load `a` a quarter as often, wait less for sums, and add up their lanes
// together, which for short vectors is most of the work.
template <class Add>
QUARTZ_AVX512 void u8_sums_of_4(const std::byte* a, const std::byte* const* b, std::size_t n,
                                std::uint32_t* results) noexcept {
  ByteProducts sums[4];
  std::size_t i = 0;
  for (; i + 64 <= n; i += 64) {
    const __m512i from_a = _mm512_loadu_si512(a + i);
    for (int j = 0; j < 4; ++j) Add::to(sums[j], from_a, _mm512_loadu_si512(b[j] + i));
  }
  if (i < n) {
    const __mmask64 mask = first_of_64(n - i);
    const __m512i from_a = _mm512_maskz_loadu_epi8(mask, a + i);
    for (int j = 0; j < 4; ++j) Add::to(sums[j], from_a, _mm512_maskz_loadu_epi8(mask, b[j] + i));
  }
  _mm_storeu_si128(reinterpret_cast<__m128i*>(results),
                   totals(sums[0].sum(), sums[1].sum(), sums[2].sum(), sums[3].sum()));
}

// Numbers of four bits, one in each byte, are small enough to be a factor of either kind.

struct AddNibblesSquaredDifference {
  using Term = SquaredDifference;
  QUARTZ_AVX512 static __m512i to(__m512i sum, __m512i a, __m512i b) noexcept {
    const __m512i difference = _mm512_abs_epi8(_mm512_sub_epi8(a, b));
    return _mm512_dpbusd_epi32(sum, difference, difference);
  }
};

struct AddNibblesProduct {
  using Term = Product;
  QUARTZ_AVX512 static __m512i to(__m512i sum, __m512i a, __m512i b) noexcept {
    return _mm512_dpbusd_epi32(sum, a, b);
  }
};

QUARTZ_AVX512 __m512i low_nibbles(__m512i bytes) noexcept {
  return _mm512_and_si512(bytes, _mm512_set1_epi8(15));
}
QUARTZ_AVX512 __m512i high_nibbles(__m512i bytes) noexcept {
  return low_nibbles(_mm512_srli_epi16(bytes, 4));
}

template <class Add>
QUARTZ_AVX512 std::uint32_t u4_sum(const std::byte* a, const std::byte* b, std::size_t n) noexcept {
  __m512i low = _mm512_setzero_si512();
  __m512i high = low;
  std::size_t bytes = n / 2;
  for (; bytes >= 64; bytes -= 64, a += 64, b += 64) {
    const __m512i from_a = _mm512_loadu_si512(a);
    const __m512i from_b = _mm512_loadu_si512(b);
    low = Add::to(low, low_nibbles(from_a), low_nibbles(from_b));
    high = Add::to(high, high_nibbles(from_a), high_nibbles(from_b));
  }
  if (bytes > 0) {
    const __mmask64 mask = first_of_64(bytes);
    const __m512i from_a = _mm512_maskz_loadu_epi8(mask, a);
    const __m512i from_b = _mm512_maskz_loadu_epi8(mask, b);
    low = Add::to(low, low_nibbles(from_a), low_nibbles(from_b));
    high = Add::to(high, high_nibbles(from_a), high_nibbles(from_b));
  }
  const std::uint32_t last =
      n % 2 == 0 ? 0 : plain_u4_sum<typename Add::Term>(a + bytes, b + bytes, 1);
  return total(_mm512_add_epi32(low, high)) + last;
}

// Sixteen numbers of 8 bits as floats.
QUARTZ_AVX512 __m512 to_floats(__m128i bytes) noexcept {
  return _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(bytes));
}

QUARTZ_AVX512 float dot_f32_u4(const std::byte* a, const std::byte* b, std::size_t n) noexcept {
  const __m128i fifteen = _mm_set1_epi8(15);
  __m512 sum0 = _mm512_setzero_ps();
  __m512 sum1 = sum0;
  for (std::size_t done = 0; done < n; done += 32, a += 128, b += 16) {
    const std::size_t count = n - done < 32 ? n - done : 32;
    const __mmask32 mask = first_of_32(count);
    const __m128i bytes = _mm_maskz_loadu_epi8(first_of_16((count + 1) / 2), b);
    const __m128i low = _mm_and_si128(bytes, fifteen);
    const __m128i high = _mm_and_si128(_mm_srli_epi16(bytes, 4), fifteen);
    sum0 = _mm512_fmadd_ps(_mm512_maskz_loadu_ps(static_cast<__mmask16>(mask), a),
                           to_floats(_mm_unpacklo_epi8(low, high)), sum0);
    sum1 = _mm512_fmadd_ps(_mm512_maskz_loadu_ps(static_cast<__mmask16>(mask >> 16), a + 64),
                           to_floats(_mm_unpackhi_epi8(low, high)), sum1);
  }
  return _mm512_reduce_add_ps(_mm512_add_ps(sum0, sum1));
}

#define QUARTZ_AVX512_POPCOUNT \
  __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx512vpopcntdq")))

// For processors that count the bits of words themselves.
QUARTZ_AVX512_POPCOUNT std::uint32_t hamming_by_instruction(const std::byte* a, const std::byte* b,
                                                            std::size_t n) noexcept {
  __m512i sum = _mm512_setzero_si512();
  for (; n >= 64; n -= 64, a += 64, b += 64) {
    const __m512i differing = _mm512_xor_si512(_mm512_loadu_si512(a), _mm512_loadu_si512(b));
    sum = _mm512_add_epi64(sum, _mm512_popcnt_epi64(differing));
  }
  if (n > 0) {
    const __mmask64 mask = first_of_64(n);
    const __m512i differing =
        _mm512_xor_si512(_mm512_maskz_loadu_epi8(mask, a), _mm512_maskz_loadu_epi8(mask, b));
    sum = _mm512_add_epi64(sum, _mm512_popcnt_epi64(differing));
  }
  return static_cast<std::uint32_t>(_mm512_reduce_add_epi64(sum));
}

// Looks up the count of either half of each byte, and sums up bytes to words of 64 bits.
QUARTZ_AVX512 __m512i bit_counts(__m512i bytes) noexcept {
  const __m512i counts =
      _mm512_broadcast_i32x4(_mm_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4));
  const __m512i both = _mm512_add_epi8(_mm512_shuffle_epi8(counts, low_nibbles(bytes)),
                                       _mm512_shuffle_epi8(counts, high_nibbles(bytes)));
  return _mm512_sad_epu8(both, _mm512_setzero_si512());
}

QUARTZ_AVX512 std::uint32_t hamming(const std::byte* a, const std::byte* b,
                                    std::size_t n) noexcept {
  __m512i sum = _mm512_setzero_si512();
  for (; n >= 64; n -= 64, a += 64, b += 64) {
    sum = _mm512_add_epi64(
        sum, bit_counts(_mm512_xor_si512(_mm512_loadu_si512(a), _mm512_loadu_si512(b))));
  }
  if (n > 0) {
    const __mmask64 mask = first_of_64(n);
    sum = _mm512_add_epi64(sum, bit_counts(_mm512_xor_si512(_mm512_maskz_loadu_epi8(mask, a),
                                                            _mm512_maskz_loadu_epi8(mask, b))));
  }
  return static_cast<std::uint32_t>(_mm512_reduce_add_epi64(sum));
}

constexpr DistanceKernels kBasicKernels = {
    .instruction_set = InstructionSet::avx512,
    .squared_l2_f32 = &float_sum<AddSquaredDifference, Float32Lanes, Float32Lanes>,
    .squared_l2_f32_f16 = &float_sum<AddSquaredDifference, Float32Lanes, Float16Lanes>,
    .squared_l2_f16 = &float_sum<AddSquaredDifference, Float16Lanes, Float16Lanes>,
    .squared_l2_f32_bf16 = &float_sum<AddSquaredDifference, Float32Lanes, BFloat16Lanes>,
    .squared_l2_bf16 = &float_sum<AddSquaredDifference, BFloat16Lanes, BFloat16Lanes>,
    .squared_l2_u8 = &u8_sum<AddBytesSquaredDifference>,
    .squared_l2_u4 = &u4_sum<AddNibblesSquaredDifference>,
    .squared_l2_u8_of_4 = &u8_sums_of_4<AddBytesSquaredDifference>,
    .dot_f32 = &float_sum<AddProduct, Float32Lanes, Float32Lanes>,
    .dot_f32_f16 = &float_sum<AddProduct, Float32Lanes, Float16Lanes>,
    .dot_f16 = &float_sum<AddProduct, Float16Lanes, Float16Lanes>,
    .dot_f32_bf16 = &float_sum<AddProduct, Float32Lanes, BFloat16Lanes>,
    .dot_bf16 = &float_sum<AddProduct, BFloat16Lanes, BFloat16Lanes>,
    .dot_f32_u8 = &float_sum<AddProduct, Float32Lanes, Unsigned8Lanes>,
    .dot_f32_u4 = &dot_f32_u4,
    .dot_u8 = &u8_sum<AddBytesProduct>,
    .dot_u4 = &u4_sum<AddNibblesProduct>,
    .dot_u8_of_4 = &u8_sums_of_4<AddBytesProduct>,
    .hamming = &hamming,
};

DistanceKernels with_further_instructions() noexcept {
  DistanceKernels kernels = kBasicKernels;
  if (__builtin_cpu_supports("avx512bf16")) kernels.dot_bf16 = &dot_bf16_by_instruction;
  if (__builtin_cpu_supports("avx512vpopcntdq")) kernels.hamming = &hamming_by_instruction;
  return kernels;
}

}  // namespace

const DistanceKernels& avx512_kernels() noexcept {
  static const DistanceKernels kernels = with_further_instructions();
  return kernels;
}

const DistanceKernels& avx512_basic_kernels() noexcept { return kBasicKernels; }

}  // namespace quartz::vector

#endif
