#include "protocol/number.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace quartz::protocol {
namespace {

using SignedLimits = std::numeric_limits<std::int64_t>;
using UnsignedLimits = std::numeric_limits<std::uint64_t>;

Number number(const char* text) { return Number::of(parse_number(text).value()); }

TEST(Number, integers_and_doubles_compare_by_their_exact_values) {
  EXPECT_EQ(number("1"), number("1.0"));
  EXPECT_EQ(number("0"), number("-0.0"));
  EXPECT_EQ(number("100"), number("1e2"));
  EXPECT_LT(number("9007199254740992.0"), number("9007199254740993"));
  EXPECT_GT(number("9007199254740994.0"), number("9007199254740993"));
  EXPECT_LT(number("9223372036854775807"), number("9223372036854775808.0"));
  EXPECT_EQ(number("9223372036854775808"), number("9223372036854775808.0"));
  EXPECT_LT(number("18446744073709551615"), number("18446744073709551616.0"));
  EXPECT_EQ(number("-9223372036854775808"), number("-9223372036854775808.0"));
  EXPECT_LT(number("-1"), number("18446744073709551615"));
}

// The values around every power of two, in order, each as the kinds that can hold it.
TEST(Number, order_agrees_with_that_of_arithmetic_at_every_power_of_two) {
  std::vector<std::pair<long double, Number>> sorted;
  for (int power = 0; power < 64; ++power) {
    for (const int step : {-2, -1, 0, 1, 2}) {
      const std::uint64_t value = (std::uint64_t{1} << power) + static_cast<std::uint64_t>(step);
      sorted.emplace_back(static_cast<long double>(value), Number::of(value));
      const auto negative = static_cast<std::int64_t>(value);
      sorted.emplace_back(static_cast<long double>(negative), Number::of(negative));
    }
    const double two = std::ldexp(1.0, power);
    for (const double near : {two, std::nextafter(two, 0.0), std::nextafter(two, 1e300)}) {
      sorted.emplace_back(near, Number::of(near));
      sorted.emplace_back(-near, Number::of(-near));
    }
  }
  // A long double has all 64 bits of an integer.
  static_assert(std::numeric_limits<long double>::digits >= 64);
  for (const auto& [a_value, a] : sorted) {
    for (const auto& [b_value, b] : sorted) {
      ASSERT_EQ(a < b, a_value < b_value) << a_value << " " << b_value;
      ASSERT_EQ(a == b, a_value == b_value) << a_value << " " << b_value;
    }
  }
}

TEST(Number, random_integers_and_doubles_near_them_compare_exactly) {
  Random random(1);
  for (int i = 0; i < 100'000; ++i) {
    const std::uint64_t value = random.next() >> random.below(64);
    const double near = std::nextafter(static_cast<double>(value), random.one_in(2) ? 0.0 : 1e300);
    const auto exact = static_cast<long double>(value);
    ASSERT_EQ(Number::of(value) < Number::of(near), exact < near) << value;
    ASSERT_EQ(Number::of(value) > Number::of(near), exact > near) << value;
  }
}

TEST(Number, is_an_integer_if_it_is_one_exactly) {
  for (const std::int64_t value :
       {SignedLimits::min(), SignedLimits::min() + 1, SignedLimits::max(), SignedLimits::max() - 1,
        std::int64_t{0}, std::int64_t{-1}, (std::int64_t{1} << 53) + 1,
        -(std::int64_t{1} << 53) - 1}) {
    EXPECT_EQ(to_int64(Number::of(value)), value);
  }
  EXPECT_EQ(to_int64(number("2.0")), 2);
  EXPECT_EQ(to_int64(number("-9223372036854775808.0")), SignedLimits::min());
  for (const char* text : {"0.5", "-1.5", "9223372036854775808", "9223372036854775809",
                           "18446744073709551615", "1e300", "-9223372036854777856.0"}) {
    EXPECT_EQ(to_int64(number(text)), std::nullopt) << text;
  }
  Random random(2);
  for (int i = 0; i < 10'000; ++i) {
    const auto value = static_cast<std::int64_t>(random.next()) >> random.below(63);
    ASSERT_EQ(to_int64(Number::of(value)), value);
  }
}

TEST(NumberText, ends_where_the_grammar_does) {
  const std::vector<std::pair<std::string, std::size_t>> lengths = {
      {"", 0},    {"-", 0},   {"x", 0},    {".5", 0},   {"+1", 0},        {"0", 1},
      {"01", 1},  {"-0", 2},  {"12", 2},   {"1.", 1},   {"1.5", 3},       {"1.5.5", 3},
      {"1e", 1},  {"1e+", 1}, {"1e5", 3},  {"1E-5", 4}, {"1.25e+10,", 8}, {"-1.e5", 2},
      {"1 2", 1}, {"--1", 0}, {"0x10", 1}, {"0.0", 3}};
  for (const auto& [text, length] : lengths) EXPECT_EQ(number_bytes(text), length) << text;
}

TEST(NumberText, is_an_integer_of_64_bits_or_a_double) {
  EXPECT_EQ(parse_number("9223372036854775807"), NumberValue(SignedLimits::max()));
  EXPECT_EQ(parse_number("-9223372036854775808"), NumberValue(SignedLimits::min()));
  EXPECT_EQ(parse_number("9223372036854775808"), NumberValue(std::uint64_t{1} << 63));
  EXPECT_EQ(parse_number("18446744073709551615"), NumberValue(UnsignedLimits::max()));
  EXPECT_EQ(parse_number("18446744073709551616"), NumberValue(18446744073709551616.0));
  EXPECT_EQ(parse_number("-9223372036854775809"), NumberValue(-9223372036854775808.0));
  EXPECT_EQ(parse_number("-0"), NumberValue(std::int64_t{0}));
  EXPECT_EQ(parse_number("0.1"), NumberValue(0.1));
  EXPECT_EQ(parse_number("1e2"), NumberValue(100.0));
}

TEST(NumberText, too_small_is_zero_and_too_large_is_refused) {
  for (const std::string text : {"1e-400", "-1e-400", "0.00001e-400", "1e-99999999999999999999",
                                 "0e999999999999999999999", "0.0e400"}) {
    const auto value = parse_number(text);
    ASSERT_TRUE(value) << text;
    EXPECT_EQ(std::get<double>(*value), 0.0) << text;
  }
  EXPECT_EQ(parse_number("0." + std::string(400, '0') + "1"), NumberValue(0.0));
  EXPECT_EQ(parse_number("0." + std::string(400, '0') + "1e401"), NumberValue(1.0));
  EXPECT_EQ(parse_number("5e-324"), NumberValue(5e-324));
  EXPECT_EQ(parse_number("1.7976931348623157e308"), NumberValue(1.7976931348623157e308));
  for (const std::string text :
       {"1e309", "-1e309", "1.8e308", "1e99999999999999999999", "10000000000e300", "0.001e400"}) {
    EXPECT_EQ(parse_number(text), std::nullopt) << text;
  }
  EXPECT_EQ(parse_number("1" + std::string(400, '0')), std::nullopt);
  EXPECT_EQ(parse_number("1" + std::string(400, '0') + "e-400"), NumberValue(1.0));
}

}  // namespace
}  // namespace quartz::protocol
