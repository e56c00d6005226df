#include "vector/distance_tables.hpp"

#if defined(__x86_64__)

#include <immintrin.h>

#include "vector/distance_plain.hpp"

#define QUARTZ_AVX2 __attribute__((target("avx2,fma,f16c,popcnt")))

namespace quartz::vector {
namespace {

// What is left of a vector behind its last whole step is summed up by the plain loops.

QUARTZ_AVX2 __m256i load_32(const std::byte* from) noexcept {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
}
QUARTZ_AVX2 __m128i load_16(const std::byte* from) noexcept {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
}
QUARTZ_AVX2 __m128i load_8(const std::byte* from) noexcept {
  return _mm_loadl_epi64(reinterpret_cast<const __m128i*>(from));
}

// Eight components as floats.

struct Float32Lanes : Float32 {
  QUARTZ_AVX2 static __m256 load(const std::byte* from) noexcept {
    return _mm256_castsi256_ps(load_32(from));
  }
};

struct Float16Lanes : Float16 {
  QUARTZ_AVX2 static __m256 load(const std::byte* from) noexcept {
    return _mm256_cvtph_ps(load_16(from));
  }
};

struct BFloat16Lanes : BFloat16 {
  QUARTZ_AVX2 static __m256 load(const std::byte* from) noexcept {
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(load_16(from)), 16));
  }
};

struct Unsigned8Lanes : Unsigned8 {
  QUARTZ_AVX2 static __m256 load(const std::byte* from) noexcept {
    return _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(load_8(from)));
  }
};

struct AddSquaredDifference {
  using Term = SquaredDifference;
  QUARTZ_AVX2 static __m256 to(__m256 sum, __m256 a, __m256 b) noexcept {
    const __m256 difference = _mm256_sub_ps(a, b);
    return _mm256_fmadd_ps(difference, difference, sum);
  }
};

struct AddProduct {
  using Term = Product;
  QUARTZ_AVX2 static __m256 to(__m256 sum, __m256 a, __m256 b) noexcept {
    return _mm256_fmadd_ps(a, b, sum);
  }
};

QUARTZ_AVX2 float total(__m256 lanes) noexcept {
  __m128 sum = _mm_add_ps(_mm256_castps256_ps128(lanes), _mm256_extractf128_ps(lanes, 1));
  sum = _mm_add_ps(sum, _mm_movehl_ps(sum, sum));
  return _mm_cvtss_f32(_mm_add_ss(sum, _mm_movehdup_ps(sum)));
}

template <class Add, class A, class B>
QUARTZ_AVX2 float float_sum(const std::byte* a, const std::byte* b, std::size_t n) noexcept {
  __m256 sum0 = _mm256_setzero_ps();
  __m256 sum1 = sum0;
  __m256 sum2 = sum0;
  __m256 sum3 = sum0;
  constexpr std::size_t kStepA = 8 * A::kBytes;
  constexpr std::size_t kStepB = 8 * B::kBytes;
  for (; n >= 32; n -= 32, a += 4 * kStepA, b += 4 * kStepB) {
    sum0 = Add::to(sum0, A::load(a), B::load(b));
    sum1 = Add::to(sum1, A::load(a + kStepA), B::load(b + kStepB));
    sum2 = Add::to(sum2, A::load(a + 2 * kStepA), B::load(b + 2 * kStepB));
    sum3 = Add::to(sum3, A::load(a + 3 * kStepA), B::load(b + 3 * kStepB));
  }
  for (; n >= 8; n -= 8, a += kStepA, b += kStepB) {
    sum0 = Add::to(sum0, A::load(a), B::load(b));
  }
  const float sum = total(_mm256_add_ps(_mm256_add_ps(sum0, sum1), _mm256_add_ps(sum2, sum3)));
  return n == 0 ? sum : sum + plain_float_sum<typename Add::Term, A, B>(a, b, n);
}

QUARTZ_AVX2 std::uint32_t total(__m256i lanes) noexcept {
  __m128i sum = _mm_add_epi32(_mm256_castsi256_si128(lanes), _mm256_extracti128_si256(lanes, 1));
  sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0x4E));
  sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0xB1));
  return static_cast<std::uint32_t>(_mm_cvtsi128_si32(sum));
}

// Pairs of products of bytes that have been widened to 16 bits.
QUARTZ_AVX2 __m256i add_products(__m256i sum, __m256i a, __m256i b) noexcept {
  return _mm256_add_epi32(sum, _mm256_madd_epi16(a, b));
}

struct AddBytesSquaredDifference {
  using Term = SquaredDifference;
  QUARTZ_AVX2 static __m256i to(__m256i sum, __m256i a, __m256i b) noexcept {
    const __m256i zero = _mm256_setzero_si256();
    const __m256i difference = _mm256_sub_epi8(_mm256_max_epu8(a, b), _mm256_min_epu8(a, b));
    const __m256i low = _mm256_unpacklo_epi8(difference, zero);
    const __m256i high = _mm256_unpackhi_epi8(difference, zero);
    return add_products(add_products(sum, low, low), high, high);
  }
};

struct AddBytesProduct {
  using Term = Product;
  QUARTZ_AVX2 static __m256i to(__m256i sum, __m256i a, __m256i b) noexcept {
    const __m256i zero = _mm256_setzero_si256();
    sum = add_products(sum, _mm256_unpacklo_epi8(a, zero), _mm256_unpacklo_epi8(b, zero));
    return add_products(sum, _mm256_unpackhi_epi8(a, zero), _mm256_unpackhi_epi8(b, zero));
  }
};

template <class Add>
QUARTZ_AVX2 std::uint32_t u8_sum(const std::byte* a, const std::byte* b, std::size_t n) noexcept {
  __m256i even = _mm256_setzero_si256();
  __m256i odd = even;
  for (; n >= 64; n -= 64, a += 64, b += 64) {
    even = Add::to(even, load_32(a), load_32(b));
    odd = Add::to(odd, load_32(a + 32), load_32(b + 32));
  }
  for (; n >= 16; n -= 16, a += 16, b += 16) {
    even = Add::to(even, _mm256_zextsi128_si256(load_16(a)), _mm256_zextsi128_si256(load_16(b)));
  }
  const std::uint32_t sum = total(_mm256_add_epi32(even, odd));
  return n == 0 ? sum : sum + plain_u8_sum<typename Add::Term>(a, b, n);
}

QUARTZ_AVX2 __m256i low_nibbles(__m256i bytes) noexcept {
  return _mm256_and_si256(bytes, _mm256_set1_epi8(15));
}
QUARTZ_AVX2 __m256i high_nibbles(__m256i bytes) noexcept {
  return low_nibbles(_mm256_srli_epi16(bytes, 4));
}

// Numbers of four bits, one in each byte: products of bytes fit into 16 bits in pairs, and in pairs
// of pairs.

struct NibblesSquaredDifference {
  using Term = SquaredDifference;
  QUARTZ_AVX2 static __m256i of(__m256i a, __m256i b) noexcept {
    const __m256i difference = _mm256_abs_epi8(_mm256_sub_epi8(a, b));
    return _mm256_maddubs_epi16(difference, difference);
  }
};

struct NibblesProduct {
  using Term = Product;
  QUARTZ_AVX2 static __m256i of(__m256i a, __m256i b) noexcept {
    return _mm256_maddubs_epi16(a, b);
  }
};

template <class Pairs>
QUARTZ_AVX2 __m256i add_nibbles(__m256i sum, __m256i a, __m256i b) noexcept {
  const __m256i pairs = _mm256_add_epi16(Pairs::of(low_nibbles(a), low_nibbles(b)),
                                         Pairs::of(high_nibbles(a), high_nibbles(b)));
  return _mm256_add_epi32(sum, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
}

template <class Pairs>
QUARTZ_AVX2 std::uint32_t u4_sum(const std::byte* a, const std::byte* b, std::size_t n) noexcept {
  __m256i sum = _mm256_setzero_si256();
  for (; n >= 64; n -= 64, a += 32, b += 32) {
    sum = add_nibbles<Pairs>(sum, load_32(a), load_32(b));
  }
  for (; n >= 16; n -= 16, a += 8, b += 8) {
    sum = add_nibbles<Pairs>(sum, _mm256_zextsi128_si256(load_8(a)),
                             _mm256_zextsi128_si256(load_8(b)));
  }
  return total(sum) + (n == 0 ? 0 : plain_u4_sum<typename Pairs::Term>(a, b, n));
}

QUARTZ_AVX2 float dot_f32_u4(const std::byte* a, const std::byte* b, std::size_t n) noexcept {
  const __m128i fifteen = _mm_set1_epi8(15);
  __m256 sum0 = _mm256_setzero_ps();
  __m256 sum1 = sum0;
  for (; n >= 16; n -= 16, a += 64, b += 8) {
    const __m128i bytes = load_8(b);
    const __m128i components = _mm_unpacklo_epi8(_mm_and_si128(bytes, fifteen),
                                                 _mm_and_si128(_mm_srli_epi16(bytes, 4), fifteen));
    const __m256i first = _mm256_cvtepu8_epi32(components);
    const __m256i second = _mm256_cvtepu8_epi32(_mm_unpackhi_epi64(components, components));
    sum0 = _mm256_fmadd_ps(Float32Lanes::load(a), _mm256_cvtepi32_ps(first), sum0);
    sum1 = _mm256_fmadd_ps(Float32Lanes::load(a + 32), _mm256_cvtepi32_ps(second), sum1);
  }
  const float sum = total(_mm256_add_ps(sum0, sum1));
  return n == 0 ? sum : sum + plain_dot_f32_u4(a, b, n);
}

// Looks up the count of either half of each byte, and sums up bytes to words of 64 bits.
QUARTZ_AVX2 __m256i bit_counts(__m256i bytes) noexcept {
  const __m256i counts =
      _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4));
  const __m256i both = _mm256_add_epi8(_mm256_shuffle_epi8(counts, low_nibbles(bytes)),
                                       _mm256_shuffle_epi8(counts, high_nibbles(bytes)));
  return _mm256_sad_epu8(both, _mm256_setzero_si256());
}

QUARTZ_AVX2 std::uint32_t hamming(const std::byte* a, const std::byte* b, std::size_t n) noexcept {
  __m256i sum = _mm256_setzero_si256();
  for (; n >= 32; n -= 32, a += 32, b += 32) {
    sum = _mm256_add_epi32(sum, bit_counts(_mm256_xor_si256(load_32(a), load_32(b))));
  }
  return total(sum) + plain_hamming(a, b, n);
}

constexpr DistanceKernels kKernels = {
    .instruction_set = InstructionSet::avx2,
    .squared_l2_f32 = &float_sum<AddSquaredDifference, Float32Lanes, Float32Lanes>,
    .squared_l2_f32_f16 = &float_sum<AddSquaredDifference, Float32Lanes, Float16Lanes>,
    .squared_l2_f16 = &float_sum<AddSquaredDifference, Float16Lanes, Float16Lanes>,
    .squared_l2_f32_bf16 = &float_sum<AddSquaredDifference, Float32Lanes, BFloat16Lanes>,
    .squared_l2_bf16 = &float_sum<AddSquaredDifference, BFloat16Lanes, BFloat16Lanes>,
    .squared_l2_u8 = &u8_sum<AddBytesSquaredDifference>,
    .squared_l2_u4 = &u4_sum<NibblesSquaredDifference>,
    .squared_l2_u8_of_4 = &one_by_one<&u8_sum<AddBytesSquaredDifference>>,
    .dot_f32 = &float_sum<AddProduct, Float32Lanes, Float32Lanes>,
    .dot_f32_f16 = &float_sum<AddProduct, Float32Lanes, Float16Lanes>,
    .dot_f16 = &float_sum<AddProduct, Float16Lanes, Float16Lanes>,
    .dot_f32_bf16 = &float_sum<AddProduct, Float32Lanes, BFloat16Lanes>,
    .dot_bf16 = &float_sum<AddProduct, BFloat16Lanes, BFloat16Lanes>,
    .dot_f32_u8 = &float_sum<AddProduct, Float32Lanes, Unsigned8Lanes>,
    .dot_f32_u4 = &dot_f32_u4,
    .dot_u8 = &u8_sum<AddBytesProduct>,
    .dot_u4 = &u4_sum<NibblesProduct>,
    .dot_u8_of_4 = &one_by_one<&u8_sum<AddBytesProduct>>,
    .hamming = &hamming,
};

}  // namespace

const DistanceKernels& avx2_kernels() noexcept { return kKernels; }

}  // namespace quartz::vector

#endif
