#include "vector/distance_tables.hpp"

#if defined(__x86_64__)

#include <immintrin.h>

#include "vector/distance_plain.hpp"

#define QUARTZ_SSE4 __attribute__((target("ssse3,sse4.1,sse4.2,popcnt")))

namespace quartz::vector {
namespace {

// What is left of a vector behind its last whole step is summed up by the plain loops.

QUARTZ_SSE4 __m128i load_16(const std::byte* from) noexcept {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
}
QUARTZ_SSE4 __m128i load_8(const std::byte* from) noexcept {
  return _mm_loadl_epi64(reinterpret_cast<const __m128i*>(from));
}
QUARTZ_SSE4 __m128i load_4(const std::byte* from) noexcept {
  return _mm_cvtsi32_si128(static_cast<int>(load<std::uint32_t>(from)));
}

// Four components as floats.

struct Float32Lanes : Float32 {
  QUARTZ_SSE4 static __m128 load(const std::byte* from) noexcept {
    return _mm_castsi128_ps(load_16(from));
  }
};

struct Float16Lanes : Float16 {
  // Exponent and fraction are moved to where single precision has them; a product with 2^112 makes
  // up for the difference of the biases, for numbers below 2^-14 as well. What had the highest
  // exponent, infinities and what is no number, gets the highest one again.
  QUARTZ_SSE4 static __m128 load(const std::byte* from) noexcept {
    const __m128i halves = _mm_cvtepu16_epi32(load_8(from));
    const __m128i magnitude = _mm_and_si128(halves, _mm_set1_epi32(0x7FFF));
    const __m128i sign = _mm_slli_epi32(_mm_xor_si128(halves, magnitude), 16);
    const __m128i highest = _mm_and_si128(_mm_cmpgt_epi32(magnitude, _mm_set1_epi32(0x7BFF)),
                                          _mm_set1_epi32(0x7F80'0000));
    const __m128 value =
        _mm_mul_ps(_mm_castsi128_ps(_mm_slli_epi32(magnitude, 13)), _mm_set1_ps(0x1p112F));
    return _mm_or_ps(value, _mm_castsi128_ps(_mm_or_si128(sign, highest)));
  }
};

struct BFloat16Lanes : BFloat16 {
  QUARTZ_SSE4 static __m128 load(const std::byte* from) noexcept {
    return _mm_castsi128_ps(_mm_slli_epi32(_mm_cvtepu16_epi32(load_8(from)), 16));
  }
};

struct Unsigned8Lanes : Unsigned8 {
  QUARTZ_SSE4 static __m128 load(const std::byte* from) noexcept {
    return _mm_cvtepi32_ps(_mm_cvtepu8_epi32(load_4(from)));
  }
};

struct AddSquaredDifference {
  using Term = SquaredDifference;
  QUARTZ_SSE4 static __m128 to(__m128 sum, __m128 a, __m128 b) noexcept {
    const __m128 difference = _mm_sub_ps(a, b);
    return _mm_add_ps(sum, _mm_mul_ps(difference, difference));
  }
};

struct AddProduct {
  using Term = Product;
  QUARTZ_SSE4 static __m128 to(__m128 sum, __m128 a, __m128 b) noexcept {
    return _mm_add_ps(sum, _mm_mul_ps(a, b));
  }
};

QUARTZ_SSE4 float total(__m128 lanes) noexcept {
  const __m128 sum = _mm_add_ps(lanes, _mm_movehl_ps(lanes, lanes));
  return _mm_cvtss_f32(_mm_add_ss(sum, _mm_movehdup_ps(sum)));
}

template <class Add, class A, class B>
QUARTZ_SSE4 float float_sum(const std::byte* a, const std::byte* b, std::size_t n) noexcept {
  __m128 sum0 = _mm_setzero_ps();
  __m128 sum1 = sum0;
  __m128 sum2 = sum0;
  __m128 sum3 = sum0;
  constexpr std::size_t kStepA = 4 * A::kBytes;
  constexpr std::size_t kStepB = 4 * B::kBytes;
  for (; n >= 16; n -= 16, a += 4 * kStepA, b += 4 * kStepB) {
    sum0 = Add::to(sum0, A::load(a), B::load(b));
    sum1 = Add::to(sum1, A::load(a + kStepA), B::load(b + kStepB));
    sum2 = Add::to(sum2, A::load(a + 2 * kStepA), B::load(b + 2 * kStepB));
    sum3 = Add::to(sum3, A::load(a + 3 * kStepA), B::load(b + 3 * kStepB));
  }
  for (; n >= 4; n -= 4, a += kStepA, b += kStepB) {
    sum0 = Add::to(sum0, A::load(a), B::load(b));
  }
  const float sum = total(_mm_add_ps(_mm_add_ps(sum0, sum1), _mm_add_ps(sum2, sum3)));
  return n == 0 ? sum : sum + plain_float_sum<typename Add::Term, A, B>(a, b, n);
}

QUARTZ_SSE4 std::uint32_t total(__m128i lanes) noexcept {
  lanes = _mm_add_epi32(lanes, _mm_shuffle_epi32(lanes, 0x4E));
  lanes = _mm_add_epi32(lanes, _mm_shuffle_epi32(lanes, 0xB1));
  return static_cast<std::uint32_t>(_mm_cvtsi128_si32(lanes));
}

// Pairs of products of bytes that have been widened to 16 bits.
QUARTZ_SSE4 __m128i add_products(__m128i sum, __m128i a, __m128i b) noexcept {
  return _mm_add_epi32(sum, _mm_madd_epi16(a, b));
}

struct AddBytesSquaredDifference {
  using Term = SquaredDifference;
  QUARTZ_SSE4 static __m128i to(__m128i sum, __m128i a, __m128i b) noexcept {
    const __m128i zero = _mm_setzero_si128();
    const __m128i difference = _mm_sub_epi8(_mm_max_epu8(a, b), _mm_min_epu8(a, b));
    const __m128i low = _mm_unpacklo_epi8(difference, zero);
    const __m128i high = _mm_unpackhi_epi8(difference, zero);
    return add_products(add_products(sum, low, low), high, high);
  }
};

struct AddBytesProduct {
  using Term = Product;
  QUARTZ_SSE4 static __m128i to(__m128i sum, __m128i a, __m128i b) noexcept {
    const __m128i zero = _mm_setzero_si128();
    sum = add_products(sum, _mm_unpacklo_epi8(a, zero), _mm_unpacklo_epi8(b, zero));
    return add_products(sum, _mm_unpackhi_epi8(a, zero), _mm_unpackhi_epi8(b, zero));
  }
};

template <class Add>
QUARTZ_SSE4 std::uint32_t u8_sum(const std::byte* a, const std::byte* b, std::size_t n) noexcept {
  __m128i even = _mm_setzero_si128();
  __m128i odd = even;
  for (; n >= 32; n -= 32, a += 32, b += 32) {
    even = Add::to(even, load_16(a), load_16(b));
    odd = Add::to(odd, load_16(a + 16), load_16(b + 16));
  }
  if (n >= 16) {
    even = Add::to(even, load_16(a), load_16(b));
    n -= 16;
    a += 16;
    b += 16;
  }
  const std::uint32_t sum = total(_mm_add_epi32(even, odd));
  return n == 0 ? sum : sum + plain_u8_sum<typename Add::Term>(a, b, n);
}

QUARTZ_SSE4 __m128i low_nibbles(__m128i bytes) noexcept {
  return _mm_and_si128(bytes, _mm_set1_epi8(15));
}
QUARTZ_SSE4 __m128i high_nibbles(__m128i bytes) noexcept {
  return low_nibbles(_mm_srli_epi16(bytes, 4));
}

// Numbers of four bits, one in each byte: products of bytes fit into 16 bits in pairs, and in pairs
// of pairs.

struct NibblesSquaredDifference {
  using Term = SquaredDifference;
  QUARTZ_SSE4 static __m128i of(__m128i a, __m128i b) noexcept {
    const __m128i difference = _mm_abs_epi8(_mm_sub_epi8(a, b));
    return _mm_maddubs_epi16(difference, difference);
  }
};

struct NibblesProduct {
  using Term = Product;
  QUARTZ_SSE4 static __m128i of(__m128i a, __m128i b) noexcept { return _mm_maddubs_epi16(a, b); }
};

template <class Pairs>
QUARTZ_SSE4 __m128i add_nibbles(__m128i sum, __m128i a, __m128i b) noexcept {
  const __m128i pairs = _mm_add_epi16(Pairs::of(low_nibbles(a), low_nibbles(b)),
                                      Pairs::of(high_nibbles(a), high_nibbles(b)));
  return _mm_add_epi32(sum, _mm_madd_epi16(pairs, _mm_set1_epi16(1)));
}

template <class Pairs>
QUARTZ_SSE4 std::uint32_t u4_sum(const std::byte* a, const std::byte* b, std::size_t n) noexcept {
  __m128i sum = _mm_setzero_si128();
  for (; n >= 32; n -= 32, a += 16, b += 16) {
    sum = add_nibbles<Pairs>(sum, load_16(a), load_16(b));
  }
  if (n >= 16) {
    sum = add_nibbles<Pairs>(sum, load_8(a), load_8(b));
    n -= 16;
    a += 8;
    b += 8;
  }
  return total(sum) + (n == 0 ? 0 : plain_u4_sum<typename Pairs::Term>(a, b, n));
}

QUARTZ_SSE4 float dot_f32_u4(const std::byte* a, const std::byte* b, std::size_t n) noexcept {
  __m128 sum0 = _mm_setzero_ps();
  __m128 sum1 = sum0;
  for (; n >= 8; n -= 8, a += 32, b += 4) {
    const __m128i bytes = load_4(b);
    const __m128i components = _mm_unpacklo_epi8(low_nibbles(bytes), high_nibbles(bytes));
    const __m128i first = _mm_cvtepu8_epi32(components);
    const __m128i second = _mm_cvtepu8_epi32(_mm_srli_epi64(components, 32));
    sum0 = AddProduct::to(sum0, Float32Lanes::load(a), _mm_cvtepi32_ps(first));
    sum1 = AddProduct::to(sum1, Float32Lanes::load(a + 16), _mm_cvtepi32_ps(second));
  }
  const float sum = total(_mm_add_ps(sum0, sum1));
  return n == 0 ? sum : sum + plain_dot_f32_u4(a, b, n);
}

QUARTZ_SSE4 std::uint32_t hamming(const std::byte* a, const std::byte* b, std::size_t n) noexcept {
  std::uint64_t sum0 = 0;
  std::uint64_t sum1 = 0;
  const auto differing = [&](std::size_t offset) {
    return load<std::uint64_t>(a + offset) ^ load<std::uint64_t>(b + offset);
  };
  for (; n >= 16; n -= 16, a += 16, b += 16) {
    sum0 += static_cast<std::uint64_t>(_mm_popcnt_u64(differing(0)));
    sum1 += static_cast<std::uint64_t>(_mm_popcnt_u64(differing(8)));
  }
  return static_cast<std::uint32_t>(sum0 + sum1) + plain_hamming(a, b, n);
}

constexpr DistanceKernels kKernels = {
    .instruction_set = InstructionSet::sse4,
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

const DistanceKernels& sse4_kernels() noexcept { return kKernels; }

}  // namespace quartz::vector

#endif
