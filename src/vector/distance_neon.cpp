#include "vector/distance_tables.hpp"

#if defined(__aarch64__)

#include <arm_neon.h>
#include <sys/auxv.h>

#include "vector/distance_plain.hpp"

namespace quartz::vector {
namespace {

// What is left of a vector behind its last whole step is summed up by the plain loops. Vectors are
// loaded as bytes, which may lie anywhere.

uint8x16_t load_16(const std::byte* from) noexcept {
  return vld1q_u8(reinterpret_cast<const std::uint8_t*>(from));
}
uint8x8_t load_8(const std::byte* from) noexcept {
  return vld1_u8(reinterpret_cast<const std::uint8_t*>(from));
}
uint8x8_t load_4(const std::byte* from) noexcept { return vcreate_u8(load<std::uint32_t>(from)); }

// Four components as floats.

struct Float32Lanes : Float32 {
  static float32x4_t load(const std::byte* from) noexcept {
    return vreinterpretq_f32_u8(load_16(from));
  }
};

struct Float16Lanes : Float16 {
  static float32x4_t load(const std::byte* from) noexcept {
    return vcvt_f32_f16(vreinterpret_f16_u8(load_8(from)));
  }
};

struct BFloat16Lanes : BFloat16 {
  static float32x4_t load(const std::byte* from) noexcept {
    return vreinterpretq_f32_u32(vshll_n_u16(vreinterpret_u16_u8(load_8(from)), 16));
  }
};

struct Unsigned8Lanes : Unsigned8 {
  static float32x4_t load(const std::byte* from) noexcept {
    return vcvtq_f32_u32(vmovl_u16(vget_low_u16(vmovl_u8(load_4(from)))));
  }
};

struct AddSquaredDifference {
  using Term = SquaredDifference;
  static float32x4_t to(float32x4_t sum, float32x4_t a, float32x4_t b) noexcept {
    const float32x4_t difference = vsubq_f32(a, b);
    return vfmaq_f32(sum, difference, difference);
  }
};

struct AddProduct {
  using Term = Product;
  static float32x4_t to(float32x4_t sum, float32x4_t a, float32x4_t b) noexcept {
    return vfmaq_f32(sum, a, b);
  }
};

template <class Add, class A, class B>
float float_sum(const std::byte* a, const std::byte* b, std::size_t n) noexcept {
  float32x4_t sum0 = vdupq_n_f32(0);
  float32x4_t sum1 = sum0;
  float32x4_t sum2 = sum0;
  float32x4_t sum3 = sum0;
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
  const float sum = vaddvq_f32(vaddq_f32(vaddq_f32(sum0, sum1), vaddq_f32(sum2, sum3)));
  return n == 0 ? sum : sum + plain_float_sum<typename Add::Term, A, B>(a, b, n);
}

// Bytes whose products are the terms of a sum.
struct Factors {
  uint8x16_t x;
  uint8x16_t y;
};

struct SquaredDifferenceFactors {
  using Term = SquaredDifference;
  static Factors of(uint8x16_t a, uint8x16_t b) noexcept {
    const uint8x16_t difference = vabdq_u8(a, b);
    return {difference, difference};
  }
};

struct ProductFactors {
  using Term = Product;
  static Factors of(uint8x16_t a, uint8x16_t b) noexcept { return {a, b}; }
};

// Products of bytes have 16 bits, and go to sums of 32 in pairs.
uint32x4_t add_products(uint32x4_t sum, Factors factors) noexcept {
  sum = vpadalq_u16(sum, vmull_u8(vget_low_u8(factors.x), vget_low_u8(factors.y)));
  return vpadalq_u16(sum, vmull_high_u8(factors.x, factors.y));
}

template <class Form>
std::uint32_t u8_sum(const std::byte* a, const std::byte* b, std::size_t n) noexcept {
  uint32x4_t even = vdupq_n_u32(0);
  uint32x4_t odd = even;
  for (; n >= 32; n -= 32, a += 32, b += 32) {
    even = add_products(even, Form::of(load_16(a), load_16(b)));
    odd = add_products(odd, Form::of(load_16(a + 16), load_16(b + 16)));
  }
  for (; n >= 16; n -= 16, a += 16, b += 16) {
    even = add_products(even, Form::of(load_16(a), load_16(b)));
  }
  const std::uint32_t sum = vaddvq_u32(vaddq_u32(even, odd));
  return n == 0 ? sum : sum + plain_u8_sum<typename Form::Term>(a, b, n);
}

#define QUARTZ_NEON_DOT __attribute__((target("arch=armv8.2-a+dotprod")))

// For processors that sum four products of bytes at once.
QUARTZ_NEON_DOT uint32x4_t add_dots(uint32x4_t sum, Factors factors) noexcept {
  return vdotq_u32(sum, factors.x, factors.y);
}

template <class Form>
QUARTZ_NEON_DOT std::uint32_t u8_sum_by_instruction(const std::byte* a, const std::byte* b,
                                                    std::size_t n) noexcept {
  uint32x4_t sum0 = vdupq_n_u32(0);
  uint32x4_t sum1 = sum0;
  uint32x4_t sum2 = sum0;
  uint32x4_t sum3 = sum0;
  for (; n >= 64; n -= 64, a += 64, b += 64) {
    sum0 = add_dots(sum0, Form::of(load_16(a), load_16(b)));
    sum1 = add_dots(sum1, Form::of(load_16(a + 16), load_16(b + 16)));
    sum2 = add_dots(sum2, Form::of(load_16(a + 32), load_16(b + 32)));
    sum3 = add_dots(sum3, Form::of(load_16(a + 48), load_16(b + 48)));
  }
  for (; n >= 16; n -= 16, a += 16, b += 16) {
    sum0 = add_dots(sum0, Form::of(load_16(a), load_16(b)));
  }
  const std::uint32_t sum = vaddvq_u32(vaddq_u32(vaddq_u32(sum0, sum1), vaddq_u32(sum2, sum3)));
  return n == 0 ? sum : sum + plain_u8_sum<typename Form::Term>(a, b, n);
}

// Products of numbers of four bits, one in each byte, fit into a byte.
uint32x4_t add_small_products(uint32x4_t sum, Factors factors) noexcept {
  return vpadalq_u16(sum, vpaddlq_u8(vmulq_u8(factors.x, factors.y)));
}

template <class Form>
std::uint32_t u4_sum(const std::byte* a, const std::byte* b, std::size_t n) noexcept {
  const uint8x16_t fifteen = vdupq_n_u8(15);
  uint32x4_t low = vdupq_n_u32(0);
  uint32x4_t high = low;
  for (; n >= 32; n -= 32, a += 16, b += 16) {
    const uint8x16_t from_a = load_16(a);
    const uint8x16_t from_b = load_16(b);
    low = add_small_products(low, Form::of(vandq_u8(from_a, fifteen), vandq_u8(from_b, fifteen)));
    high = add_small_products(high, Form::of(vshrq_n_u8(from_a, 4), vshrq_n_u8(from_b, 4)));
  }
  const std::uint32_t sum = vaddvq_u32(vaddq_u32(low, high));
  return n == 0 ? sum : sum + plain_u4_sum<typename Form::Term>(a, b, n);
}

float dot_f32_u4(const std::byte* a, const std::byte* b, std::size_t n) noexcept {
  float32x4_t sum0 = vdupq_n_f32(0);
  float32x4_t sum1 = sum0;
  for (; n >= 8; n -= 8, a += 32, b += 4) {
    const uint8x8_t bytes = load_4(b);
    const uint8x8_t components = vzip1_u8(vand_u8(bytes, vdup_n_u8(15)), vshr_n_u8(bytes, 4));
    const uint16x8_t wide = vmovl_u8(components);
    const float32x4_t first = vcvtq_f32_u32(vmovl_u16(vget_low_u16(wide)));
    const float32x4_t second = vcvtq_f32_u32(vmovl_high_u16(wide));
    sum0 = vfmaq_f32(sum0, Float32Lanes::load(a), first);
    sum1 = vfmaq_f32(sum1, Float32Lanes::load(a + 16), second);
  }
  const float sum = vaddvq_f32(vaddq_f32(sum0, sum1));
  return n == 0 ? sum : sum + plain_dot_f32_u4(a, b, n);
}

std::uint32_t hamming(const std::byte* a, const std::byte* b, std::size_t n) noexcept {
  uint32x4_t sum = vdupq_n_u32(0);
  for (; n >= 16; n -= 16, a += 16, b += 16) {
    sum = vpadalq_u16(sum, vpaddlq_u8(vcntq_u8(veorq_u8(load_16(a), load_16(b)))));
  }
  return vaddvq_u32(sum) + plain_hamming(a, b, n);
}

constexpr DistanceKernels kBasicKernels = {
    .instruction_set = InstructionSet::neon,
    .squared_l2_f32 = &float_sum<AddSquaredDifference, Float32Lanes, Float32Lanes>,
    .squared_l2_f32_f16 = &float_sum<AddSquaredDifference, Float32Lanes, Float16Lanes>,
    .squared_l2_f16 = &float_sum<AddSquaredDifference, Float16Lanes, Float16Lanes>,
    .squared_l2_f32_bf16 = &float_sum<AddSquaredDifference, Float32Lanes, BFloat16Lanes>,
    .squared_l2_bf16 = &float_sum<AddSquaredDifference, BFloat16Lanes, BFloat16Lanes>,
    .squared_l2_u8 = &u8_sum<SquaredDifferenceFactors>,
    .squared_l2_u4 = &u4_sum<SquaredDifferenceFactors>,
    .squared_l2_u8_of_4 = &one_by_one<&u8_sum<SquaredDifferenceFactors>>,
    .dot_f32 = &float_sum<AddProduct, Float32Lanes, Float32Lanes>,
    .dot_f32_f16 = &float_sum<AddProduct, Float32Lanes, Float16Lanes>,
    .dot_f16 = &float_sum<AddProduct, Float16Lanes, Float16Lanes>,
    .dot_f32_bf16 = &float_sum<AddProduct, Float32Lanes, BFloat16Lanes>,
    .dot_bf16 = &float_sum<AddProduct, BFloat16Lanes, BFloat16Lanes>,
    .dot_f32_u8 = &float_sum<AddProduct, Float32Lanes, Unsigned8Lanes>,
    .dot_f32_u4 = &dot_f32_u4,
    .dot_u8 = &u8_sum<ProductFactors>,
    .dot_u4 = &u4_sum<ProductFactors>,
    .dot_u8_of_4 = &one_by_one<&u8_sum<ProductFactors>>,
    .hamming = &hamming,
};

DistanceKernels with_further_instructions() noexcept {
  DistanceKernels kernels = kBasicKernels;
  constexpr unsigned long kHasDot = 1ul << 20;  // HWCAP_ASIMDDP
  if ((getauxval(AT_HWCAP) & kHasDot) != 0) {
    kernels.squared_l2_u8 = &u8_sum_by_instruction<SquaredDifferenceFactors>;
    kernels.dot_u8 = &u8_sum_by_instruction<ProductFactors>;
    kernels.squared_l2_u8_of_4 = &one_by_one<&u8_sum_by_instruction<SquaredDifferenceFactors>>;
    kernels.dot_u8_of_4 = &one_by_one<&u8_sum_by_instruction<ProductFactors>>;
  }
  return kernels;
}

}  // namespace

const DistanceKernels& neon_kernels() noexcept {
  static const DistanceKernels kernels = with_further_instructions();
  return kernels;
}

const DistanceKernels& neon_basic_kernels() noexcept { return kBasicKernels; }

}  // namespace quartz::vector

#endif
