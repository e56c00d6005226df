#include <bit>
#include <cmath>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vector/kernel_tables.hpp"
#include "vector/operand.hpp"

namespace quartz::vector {
namespace {

using testing::ElementsAre;

struct IntegerCase {
  const char* name;
  DistanceKernels::IntegerKernel DistanceKernels::* kernel;
  Form form;
  bool is_dot;

  std::uint8_t largest() const { return form == Form::u8 ? 255 : 15; }
};

constexpr IntegerCase kIntegerCases[] = {
    {"squared_l2_u8", &DistanceKernels::squared_l2_u8, Form::u8, false},
    {"squared_l2_u4", &DistanceKernels::squared_l2_u4, Form::u4, false},
    {"dot_u8", &DistanceKernels::dot_u8, Form::u8, true},
    {"dot_u4", &DistanceKernels::dot_u4, Form::u4, true},
};

std::uint32_t exact_result(const Operand& a, const Operand& b, bool is_dot) {
  double sum = 0;
  for (std::size_t i = 0; i < a.values().size(); ++i) {
    const double difference = a.values()[i] - b.values()[i];
    sum += is_dot ? a.values()[i] * b.values()[i] : difference * difference;
  }
  return static_cast<std::uint32_t>(sum);
}

void expect_exact(const DistanceKernels& kernels, const IntegerCase& each, const Operand& a,
                  const Operand& b) {
  EXPECT_EQ((kernels.*each.kernel)(a.data(), b.data(), a.values().size()),
            exact_result(a, b, each.is_dot))
      << each.name << ", n = " << a.values().size();
}

class IntegerKernels : public testing::TestWithParam<KernelTable> {
 protected:
  const DistanceKernels& kernels_ = *GetParam().kernels;
  Random random_{18};

  std::vector<std::uint8_t> numbers(const IntegerCase& each, std::size_t count) {
    return random_numbers(random_, count, each.largest() + 1u);
  }
};
INSTANTIATE_TEST_SUITE_P(Each, IntegerKernels, testing::ValuesIn(kernel_tables()), table_name);

TEST_P(IntegerKernels, give_exactly_what_a_plain_loop_gives_for_every_length) {
  for (const IntegerCase& each : kIntegerCases) {
    for (const std::size_t n : lengths()) {
      expect_exact(kernels_, each, Operand(each.form, numbers(each, n)),
                   Operand(each.form, numbers(each, n)));
    }
  }
}

TEST_P(IntegerKernels, read_vectors_at_any_address) {
  for (const IntegerCase& each : kIntegerCases) {
    for (const std::size_t n : {1u, 15u, 32u, 63u, 100u, 129u}) {
      for (std::size_t offset = 0; offset < 65; ++offset) {
        expect_exact(kernels_, each, Operand(each.form, numbers(each, n), offset),
                     Operand(each.form, numbers(each, n), 64 - offset));
      }
    }
  }
}

TEST_P(IntegerKernels, know_every_pair_of_components) {
  for (const IntegerCase& each : kIntegerCases) {
    const auto count = each.largest() + std::size_t{1};
    std::vector<std::uint8_t> all(count);
    for (std::size_t i = 0; i < count; ++i) all[i] = static_cast<std::uint8_t>(i);
    const Operand b(each.form, all);
    for (std::size_t value = 0; value < count; ++value) {
      const std::vector<std::uint8_t> same(count, static_cast<std::uint8_t>(value));
      expect_exact(kernels_, each, Operand(each.form, same), b);
    }
  }
}

TEST_P(IntegerKernels, hold_the_largest_sum_of_the_most_components) {
  constexpr std::size_t kMost = DistanceKernels::kComponentsMax;
  for (const IntegerCase& each : kIntegerCases) {
    for (const std::size_t n : {std::size_t{4096}, kMost}) {
      const Operand largest(each.form, std::vector<std::uint8_t>(n, each.largest()));
      const Operand zero(each.form, std::vector<std::uint8_t>(n, 0));
      expect_exact(kernels_, each, largest, largest);
      expect_exact(kernels_, each, largest, zero);
      expect_exact(kernels_, each, zero, largest);
    }
  }
}

TEST_P(IntegerKernels, give_the_same_for_four_vectors_at_once) {
  for (const bool is_dot : {false, true}) {
    const IntegerCase& each = kIntegerCases[is_dot ? 2 : 0];
    const auto of_4 = is_dot ? kernels_.dot_u8_of_4 : kernels_.squared_l2_u8_of_4;
    for (const std::size_t n : lengths()) {
      const Operand a(Form::u8, numbers(each, n), n % 7);
      std::vector<Operand> others;
      std::vector<const std::byte*> places;
      for (std::size_t i = 0; i < 4; ++i) others.emplace_back(Form::u8, numbers(each, n), i);
      for (const Operand& other : others) places.push_back(other.data());
      std::vector<std::uint32_t> results(4);
      of_4(a.data(), places.data(), n, results.data());
      for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_EQ(results[i], exact_result(a, others[i], is_dot)) << each.name << ", n = " << n;
      }
    }
  }
}

TEST_P(IntegerKernels, hold_four_of_the_largest_sums) {
  constexpr std::size_t kMost = DistanceKernels::kComponentsMax;
  const Operand largest(Form::u8, std::vector<std::uint8_t>(kMost, 255));
  const Operand zero(Form::u8, std::vector<std::uint8_t>(kMost, 0));
  const std::byte* const others[] = {largest.data(), zero.data(), largest.data(), zero.data()};
  const std::uint32_t sum = kMost * 255 * 255;
  std::uint32_t results[4] = {};
  kernels_.dot_u8_of_4(largest.data(), others, kMost, results);
  EXPECT_THAT(results, ElementsAre(sum, 0u, sum, 0u));
  kernels_.squared_l2_u8_of_4(largest.data(), others, kMost, results);
  EXPECT_THAT(results, ElementsAre(0u, sum, 0u, sum));
}

TEST_P(IntegerKernels, multiply_floats_with_small_numbers) {
  for (const Form form : {Form::u8, Form::u4}) {
    const auto kernel = form == Form::u8 ? kernels_.dot_f32_u8 : kernels_.dot_f32_u4;
    for (const std::size_t n : lengths()) {
      for (const std::size_t offset : {0u, 3u}) {
        const Operand a(Form::f32, random_floats(random_, n), offset);
        const Operand b(form, random_numbers(random_, n, form == Form::u8 ? 256 : 16), offset);
        double sum = 0;
        double magnitude = 0;
        for (std::size_t i = 0; i < n; ++i) {
          sum += a.values()[i] * b.values()[i];
          magnitude += std::abs(a.values()[i] * b.values()[i]);
        }
        EXPECT_NEAR(kernel(a.data(), b.data(), n), sum,
                    (static_cast<double>(n) / 2 + 8) * 0x1p-24 * magnitude)
            << "n = " << n << (form == Form::u8 ? " of u8" : " of u4");
      }
    }
  }
}

TEST_P(IntegerKernels, count_the_bits_that_differ) {
  for (const std::size_t bytes : lengths()) {
    const Operand a(Form::u8, random_numbers(random_, bytes, 256), bytes % 5);
    const Operand b(Form::u8, random_numbers(random_, bytes, 256), bytes % 3);
    int differing = 0;
    for (std::size_t i = 0; i < bytes; ++i) {
      differing += std::popcount(static_cast<unsigned>(a.values()[i]) ^
                                 static_cast<unsigned>(b.values()[i]));
    }
    EXPECT_EQ(kernels_.hamming(a.data(), b.data(), bytes), static_cast<unsigned>(differing))
        << bytes << " bytes";
  }
}

TEST_P(IntegerKernels, count_all_bits_of_long_strings) {
  const Operand ones(Form::u8, std::vector<std::uint8_t>(100'000, 255));
  const Operand zeros(Form::u8, std::vector<std::uint8_t>(100'000, 0));
  EXPECT_EQ(kernels_.hamming(ones.data(), zeros.data(), 100'000), 800'000u);
  EXPECT_EQ(kernels_.hamming(ones.data(), ones.data(), 100'000), 0u);
}

}  // namespace
}  // namespace quartz::vector
