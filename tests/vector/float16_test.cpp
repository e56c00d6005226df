#include "vector/float16.hpp"

#include <bit>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace quartz::vector {
namespace {

// What the 16 bits mean by the standard's formula.
double value_of_half(std::uint32_t half) {
  const double sign = (half & 0x8000) != 0 ? -1 : 1;
  const int exponent = static_cast<int>((half >> 10) & 31);
  const double fraction = half & 0x3FF;
  if (exponent == 0) return sign * std::ldexp(fraction, -24);
  return sign * std::ldexp(1024 + fraction, exponent - 25);
}

bool is_finite_half(std::uint32_t half) { return (half & 0x7C00) != 0x7C00; }

TEST(Float16, every_finite_half_has_its_value_and_comes_back) {
  for (std::uint32_t half = 0; half < 0x10000; ++half) {
    if (!is_finite_half(half)) continue;
    const float value = from_float16(static_cast<std::uint16_t>(half));
    ASSERT_EQ(value, value_of_half(half)) << half;
    ASSERT_EQ(std::signbit(value), half >= 0x8000) << half;
    ASSERT_EQ(to_float16(value), half);
  }
}

TEST(Float16, infinities_and_what_is_not_a_number_stay_what_they_are) {
  EXPECT_EQ(from_float16(0x7C00), std::numeric_limits<float>::infinity());
  EXPECT_EQ(from_float16(0xFC00), -std::numeric_limits<float>::infinity());
  EXPECT_EQ(to_float16(std::numeric_limits<float>::infinity()), 0x7C00);
  EXPECT_EQ(to_float16(-std::numeric_limits<float>::infinity()), 0xFC00);
  for (std::uint32_t half = 0x7C01; half < 0x8000; ++half) {
    const auto bits = static_cast<std::uint16_t>(half);
    ASSERT_TRUE(std::isnan(from_float16(bits))) << half;
    ASSERT_EQ(to_float16(from_float16(bits)), half | 0x0200) << half;
  }
}

TEST(Float16, between_two_halves_the_nearer_wins_and_the_even_one_in_the_middle) {
  for (std::uint32_t half = 0; half + 1 < 0x7C00; ++half) {
    const double low = value_of_half(half);
    const double high = value_of_half(half + 1);
    const auto middle = static_cast<float>((low + high) / 2);  // Exact: one bit more.
    const std::uint32_t even = half % 2 == 0 ? half : half + 1;
    ASSERT_EQ(to_float16(middle), even) << half;
    ASSERT_EQ(to_float16(-middle), even | 0x8000) << half;
    ASSERT_EQ(to_float16(std::nextafter(middle, 0.0F)), half);
    ASSERT_EQ(to_float16(std::nextafter(middle, std::numeric_limits<float>::infinity())), half + 1);
  }
}

TEST(Float16, what_is_too_large_becomes_infinite_and_what_is_too_small_zero) {
  EXPECT_EQ(to_float16(kFloat16Max), 0x7BFF);
  EXPECT_EQ(to_float16(std::nextafter(65520.0F, 0.0F)), 0x7BFF);
  EXPECT_EQ(to_float16(65520.0F), 0x7C00);
  EXPECT_EQ(to_float16(-std::numeric_limits<float>::max()), 0xFC00);
  EXPECT_EQ(to_float16(0x1p-25F), 0);
  EXPECT_EQ(to_float16(std::nextafter(0x1p-25F, 1.0F)), 1);
  EXPECT_EQ(to_float16(std::numeric_limits<float>::denorm_min()), 0);
  EXPECT_EQ(to_float16(-0.0F), 0x8000);
}

TEST(BFloat16, every_number_of_it_comes_back) {
  for (std::uint32_t upper = 0; upper < 0x10000; ++upper) {
    const auto bits = static_cast<std::uint16_t>(upper);
    const float value = from_bfloat16(bits);
    ASSERT_EQ(std::bit_cast<std::uint32_t>(value), upper << 16);
    ASSERT_EQ(to_bfloat16(value), std::isnan(value) ? (upper | 0x0040) : upper);
  }
}

TEST(BFloat16, between_two_numbers_the_nearer_wins_and_the_even_one_in_the_middle) {
  Random random(1);
  for (int i = 0; i < 100'000; ++i) {
    const auto upper = static_cast<std::uint32_t>(random.below(0x7F7F));
    const auto middle = std::bit_cast<float>((upper << 16) | 0x8000);
    ASSERT_EQ(to_bfloat16(middle), upper % 2 == 0 ? upper : upper + 1);
    ASSERT_EQ(to_bfloat16(-middle), (upper % 2 == 0 ? upper : upper + 1) | 0x8000);
    ASSERT_EQ(to_bfloat16(std::bit_cast<float>((upper << 16) | 0x7FFF)), upper);
    ASSERT_EQ(to_bfloat16(std::bit_cast<float>((upper << 16) | 0x8001)), upper + 1);
  }
}

TEST(BFloat16, the_largest_floats_become_infinite) {
  EXPECT_EQ(to_bfloat16(std::numeric_limits<float>::max()), 0x7F80);
  EXPECT_EQ(to_bfloat16(std::bit_cast<float>(0x7F7F'7FFFu)), 0x7F7F);
  EXPECT_EQ(to_bfloat16(-std::numeric_limits<float>::infinity()), 0xFF80);
}

// Conversions can be constants.
static_assert(to_float16(1.0F) == 0x3C00);
static_assert(from_float16(0x0001) == 0x1p-24F);
static_assert(to_bfloat16(1.0F) == 0x3F80);
static_assert(from_bfloat16(0xC000) == -2.0F);

}  // namespace
}  // namespace quartz::vector
