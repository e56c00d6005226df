#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "vector/kernel_tables.hpp"
#include "vector/operand.hpp"

namespace quartz::vector {
namespace {

using Kernel = DistanceKernels::FloatKernel DistanceKernels::*;

struct Case {
  const char* name;
  Kernel kernel;
  Form a;
  Form b;
  bool is_dot;
};

constexpr Case kCases[] = {
    {"squared_l2_f32", &DistanceKernels::squared_l2_f32, Form::f32, Form::f32, false},
    {"squared_l2_f32_f16", &DistanceKernels::squared_l2_f32_f16, Form::f32, Form::f16, false},
    {"squared_l2_f16", &DistanceKernels::squared_l2_f16, Form::f16, Form::f16, false},
    {"squared_l2_f32_bf16", &DistanceKernels::squared_l2_f32_bf16, Form::f32, Form::bf16, false},
    {"squared_l2_bf16", &DistanceKernels::squared_l2_bf16, Form::bf16, Form::bf16, false},
    {"dot_f32", &DistanceKernels::dot_f32, Form::f32, Form::f32, true},
    {"dot_f32_f16", &DistanceKernels::dot_f32_f16, Form::f32, Form::f16, true},
    {"dot_f16", &DistanceKernels::dot_f16, Form::f16, Form::f16, true},
    {"dot_f32_bf16", &DistanceKernels::dot_f32_bf16, Form::f32, Form::bf16, true},
    {"dot_bf16", &DistanceKernels::dot_bf16, Form::bf16, Form::bf16, true},
};

// The loop that all kernels stand for, in double precision, and how far a sum of its terms in
// single precision may be from it, whatever the order: a rounding step for each addition that one
// of four sums takes, and a few for the terms themselves.
struct Expected {
  double value = 0;
  double magnitude = 0;
  double error_max = 0;
};

Expected expected(const Operand& a, const Operand& b, bool is_dot) {
  Expected result;
  for (std::size_t i = 0; i < a.values().size(); ++i) {
    const double difference = a.values()[i] - b.values()[i];
    const double term = is_dot ? a.values()[i] * b.values()[i] : difference * difference;
    result.value += term;
    result.magnitude += std::abs(term);
  }
  const auto steps = static_cast<double>(a.values().size()) / 4 + 8;
  // Products below the smallest normal number lose their last bits, or all of them.
  result.error_max = steps * 0x1p-24 * result.magnitude + 4 * steps * 0x1p-126;
  return result;
}

void expect_right(const DistanceKernels& kernels, const Case& each, const Operand& a,
                  const Operand& b) {
  const auto right = expected(a, b, each.is_dot);
  const float got = (kernels.*each.kernel)(a.data(), b.data(), a.values().size());
  EXPECT_NEAR(got, right.value, right.error_max) << each.name << ", n = " << a.values().size();
}

class FloatKernels : public testing::TestWithParam<KernelTable> {
 protected:
  const DistanceKernels& kernels_ = *GetParam().kernels;
  Random random_{17};
};
INSTANTIATE_TEST_SUITE_P(Each, FloatKernels, testing::ValuesIn(kernel_tables()), table_name);

TEST_P(FloatKernels, give_what_a_plain_loop_gives_for_every_length) {
  for (const Case& each : kCases) {
    for (const std::size_t n : lengths()) {
      const Operand a(each.a, random_floats(random_, n));
      const Operand b(each.b, random_floats(random_, n));
      expect_right(kernels_, each, a, b);
    }
  }
}

TEST_P(FloatKernels, read_vectors_at_any_address) {
  for (const Case& each : kCases) {
    for (const std::size_t n : {1u, 7u, 16u, 63u, 100u, 129u}) {
      for (std::size_t offset = 0; offset < 17; ++offset) {
        const Operand a(each.a, random_floats(random_, n), offset);
        const Operand b(each.b, random_floats(random_, n), 16 - offset);
        expect_right(kernels_, each, a, b);
      }
    }
  }
}

TEST_P(FloatKernels, do_not_overflow_while_the_sum_fits) {
  for (const Case& each : kCases) {
    for (const std::size_t n : {1u, 5u, 31u, 128u, 4096u}) {
      // Terms are at most (2 x)^2, so that n of them stay just below the largest float.
      const bool has_half = each.a == Form::f16 || each.b == Form::f16;
      const auto magnitude =
          has_half ? 65504.0F
                   : static_cast<float>(std::sqrt(3.4e38 / static_cast<double>(n)) / 2.01);
      std::vector<float> components(n, magnitude);
      for (std::size_t i = 0; i < n; i += 3) components[i] = -magnitude;
      const Operand a(each.a, components);
      for (float& component : components) component = -component;
      const Operand b(each.b, components);
      expect_right(kernels_, each, a, b);
    }
  }
}

TEST_P(FloatKernels, take_the_smallest_numbers_for_what_they_are) {
  for (const Case& each : kCases) {
    for (const std::size_t n : {1u, 8u, 33u, 200u}) {
      const Operand a(each.a, random_floats(random_, n, 0x1p-127F));
      const Operand b(each.b, random_floats(random_, n, 0x1p-16F));
      expect_right(kernels_, each, a, b);
      if (each.kernel == &DistanceKernels::dot_bf16) continue;  // They may count as zero there.
      const auto scale = each.b == Form::f16 ? 0x1p15F : 0x1p126F;
      const Operand large(each.b, random_floats(random_, n, scale));
      if (each.is_dot) expect_right(kernels_, each, a, large);
    }
  }
}

TEST_P(FloatKernels, find_that_a_vector_is_nowhere_but_at_itself) {
  for (const Case& each : kCases) {
    if (each.is_dot) continue;
    // Every form can hold them: few significant bits, and no exponent that is too small.
    std::vector<float> coarse = random_floats(random_, 777);
    for (float& component : coarse) component = std::round(component * 128) / 128;
    const Operand a(each.a, coarse);
    const Operand b(each.b, coarse);
    EXPECT_EQ((kernels_.*each.kernel)(a.data(), b.data(), 777), 0) << each.name;
  }
}

TEST_P(FloatKernels, pass_on_infinities_and_what_is_not_a_number) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  for (const Case& each : kCases) {
    for (const std::size_t place : {0u, 15u, 64u, 98u, 99u}) {
      std::vector<float> components(100, 1.0F);
      const Operand b(each.b, components);
      components[place] = kInfinity;
      const Operand infinite(each.a, components);
      EXPECT_EQ((kernels_.*each.kernel)(infinite.data(), b.data(), 100), kInfinity) << each.name;
      components[place] = std::numeric_limits<float>::quiet_NaN();
      const Operand unknown(each.a, components);
      EXPECT_TRUE(std::isnan((kernels_.*each.kernel)(unknown.data(), b.data(), 100)))
          << each.name << ", component " << place;
    }
  }
}

// Every half, in every lane: the conversion is part of the kernel.
TEST_P(FloatKernels, know_every_number_of_half_precision) {
  const std::vector<float> ones(64, 1.0F);
  const Operand one(Form::f32, ones);
  for (std::uint32_t bits = 0; bits < 0x7C00; ++bits) {
    std::vector<float> halves(64, 0.0F);
    const float value = std::ldexp(
        bits < 0x400 ? static_cast<float>(bits) : static_cast<float>(0x400 + bits % 0x400),
        bits < 0x400 ? -24 : static_cast<int>(bits / 0x400) - 25);
    halves[bits % 64] = bits % 2 == 0 ? value : -value;
    const Operand half(Form::f16, halves);
    ASSERT_EQ(kernels_.dot_f32_f16(one.data(), half.data(), 64), halves[bits % 64]) << bits;
  }
}

}  // namespace
}  // namespace quartz::vector
