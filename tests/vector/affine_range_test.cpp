#include "vector/affine_range.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "vector/components.hpp"
#include "vector/sample.hpp"

namespace quartz::vector {
namespace {

float end_of(const AffineRange& range, unsigned steps) {
  return range.minimum + range.step * static_cast<float>(steps);
}

double squared_error(const AffineRange& range, unsigned steps, std::span<const float> values) {
  double sum = 0;
  for (const float value : values) {
    const double number = std::clamp(std::round((value - range.minimum) / double{range.step}), 0.0,
                                     static_cast<double>(steps));
    const double error = value - (range.minimum + range.step * number);
    sum += error * error;
  }
  return sum;
}

AffineRange from_end_to_end(std::span<const float> values, unsigned steps) {
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  return {*low, (*high - *low) / static_cast<float>(steps)};
}

TEST(AffineRange, of_no_sample_reaches_from_minus_one_to_one) {
  EXPECT_EQ(fit_range({}, 128, 255), (AffineRange{-1, 2.0F / 255}));
  EXPECT_EQ(fit_range({}, 128, 15), (AffineRange{-1, 2.0F / 15}));
}

TEST(AffineRange, of_evenly_spread_components_reaches_from_the_first_to_the_last) {
  Random random(1);
  Sample sample{16, std::vector<float>(16'000)};
  for (float& component : sample.components) component = static_cast<float>(random.below(256));
  for (const unsigned steps : {255u, 15u}) {
    const AffineRange range = fit_range(sample.components, 16, steps);
    EXPECT_NEAR(range.minimum, 0, 8) << steps;
    EXPECT_NEAR(end_of(range, steps), 255, 8) << steps;
  }
}

TEST(AffineRange, has_at_most_the_squared_error_of_the_whole_width) {
  for (const std::uint64_t seed : {1u, 2u, 3u}) {
    const Sample sample = normal_sample(seed, 1000, 32, 3, 7);
    for (const unsigned steps : {255u, 15u}) {
      const auto range = fit_range(sample.components, 32, steps);
      const auto whole = from_end_to_end(sample.components, steps);
      EXPECT_LE(squared_error(range, steps, sample.components),
                squared_error(whole, steps, sample.components));
    }
  }
}

TEST(AffineRange, of_few_steps_gives_up_rare_values_for_finer_steps) {
  const Sample sample = normal_sample(4, 1000, 32);
  const auto range = fit_range(sample.components, 32, 15);
  const auto whole = from_end_to_end(sample.components, 15);
  EXPECT_LT(squared_error(range, 15, sample.components),
            0.7 * squared_error(whole, 15, sample.components));
}

TEST(AffineRange, is_not_widened_by_a_few_broken_vectors) {
  Sample sample = normal_sample(5, 1000, 32);
  const auto range = fit_range(sample.components, 32, 255);
  for (std::size_t i = 0; i < 5; ++i) sample[100 * i][i] = 1e6F;
  for (std::size_t i = 0; i < 5; ++i) sample[100 * i + 50][i] = -1e15F;
  const auto with_outliers = fit_range(sample.components, 32, 255);
  EXPECT_LT(with_outliers.step, 4 * range.step);
  EXPECT_LT(with_outliers.minimum, -3);
  EXPECT_GT(end_of(with_outliers, 255), 3);
}

TEST(AffineRange, is_not_widened_by_one_broken_vector_of_twenty) {
  Sample sample = normal_sample(6, 20, 8);
  sample[3][3] = 1e6F;
  EXPECT_LT(end_of(fit_range(sample.components, 8, 255), 255), 20);
}

TEST(AffineRange, keeps_what_sticks_out_a_little) {
  Sample sample = normal_sample(7, 1000, 32);
  for (float& component : sample.components) component = std::clamp(component, -1.0F, 1.0F);
  sample[500][7] = 2.5F;
  const auto range = fit_range(sample.components, 32, 255);
  EXPECT_EQ(range.minimum, -1);
  EXPECT_FLOAT_EQ(end_of(range, 255), 2.5F);
}

TEST(AffineRange, keeps_the_single_large_component_that_each_vector_has) {
  Sample sample{512, std::vector<float>(512 * 512)};
  for (std::size_t i = 0; i < 512; ++i) sample[i][i] = 1;
  for (const unsigned steps : {255u, 15u}) {
    const auto range = fit_range(sample.components, 512, steps);
    EXPECT_NEAR(range.minimum, 0, 0.05) << steps;
    EXPECT_NEAR(end_of(range, steps), 1, 0.1) << steps;
  }
}

TEST(AffineRange, of_equal_components_holds_them_and_leaves_room) {
  for (const float value : {3.0F, -3.0F, 1e-3F, kLengthMax / 64}) {
    const std::vector<float> sample(1000, value);
    const auto range = fit_range(sample, 10, 255);
    EXPECT_EQ(range.minimum, std::min(0.0F, 2 * value));
    EXPECT_NEAR(end_of(range, 255), std::max(0.0F, 2 * value), std::abs(value) * 1e-6F);
  }
  EXPECT_EQ(fit_range(std::vector<float>(10, 0.0F), 10, 255), (AffineRange{-1, 2.0F / 255}));
}

TEST(AffineRange, has_a_step_that_can_be_squared_however_narrow_the_sample) {
  const auto tiny = std::numeric_limits<float>::denorm_min();
  EXPECT_GE(fit_range(std::vector<float>{tiny, 2 * tiny}, 1, 255).step, kStepMin);
  EXPECT_GE(fit_range(std::vector<float>{1, std::nextafter(1.0F, 2.0F)}, 1, 255).step, kStepMin);
  EXPECT_GE(fit_two_values(Metric::l2, std::vector<float>{tiny, 2 * tiny}, 1).step, kStepMin);
}

TEST(AffineRange, stays_finite_for_the_longest_vectors) {
  const std::vector<float> sample{-kLengthMax, kLengthMax};
  const auto range = fit_range(sample, 1, 255);
  EXPECT_TRUE(std::isfinite(4096 * (range.step * 255) * (range.step * 255)));
  EXPECT_NEAR(range.minimum / -kLengthMax, 1, 0.01);
}

TEST(AffineRange, is_the_same_for_the_same_sample) {
  const Sample sample = normal_sample(8, 5000, 32);
  EXPECT_EQ(fit_range(sample.components, 32, 255), fit_range(sample.components, 32, 255));
}

TEST(TwoValues, are_on_both_sides_of_the_mean_where_differences_matter) {
  const Sample sample = normal_sample(9, 1000, 16, 10, 2);
  for (const Metric metric : {Metric::l2, Metric::cosine}) {
    const auto range = fit_two_values(metric, sample.components, 16);
    EXPECT_NEAR(range.minimum, 8, 0.1);
    EXPECT_NEAR(end_of(range, 1), 12, 0.1);
  }
}

TEST(TwoValues, are_on_both_sides_of_zero_where_products_matter) {
  const Sample sample = normal_sample(10, 1000, 16, 3, 4);
  const auto range = fit_two_values(Metric::dot, sample.components, 16);
  EXPECT_NEAR(range.minimum, -5, 0.1);
  EXPECT_EQ(range.minimum, -end_of(range, 1));
}

TEST(TwoValues, of_no_sample_make_vectors_of_length_one_for_cosine) {
  for (const std::size_t dimensions : {1u, 100u, 4096u}) {
    const auto range = fit_two_values(Metric::cosine, {}, dimensions);
    EXPECT_FLOAT_EQ(range.minimum, -1 / std::sqrt(static_cast<float>(dimensions)));
    EXPECT_EQ(range.minimum, -range.step / 2);
  }
}

TEST(TwoValues, are_not_moved_by_a_few_broken_vectors) {
  Sample sample = normal_sample(11, 1000, 16, 10, 2);
  for (std::size_t i = 0; i < 5; ++i) sample[100 * i][i] = 1e15F;
  const auto range = fit_two_values(Metric::l2, sample.components, 16);
  EXPECT_NEAR(range.minimum, 8, 0.3);
  EXPECT_NEAR(end_of(range, 1), 12, 0.3);
}

TEST(TwoValues, of_no_sample_or_zeros_are_minus_one_and_one_otherwise) {
  for (const Metric metric : {Metric::l2, Metric::dot}) {
    EXPECT_EQ(fit_two_values(metric, {}, 4), (AffineRange{-1, 2}));
    EXPECT_EQ(fit_two_values(metric, std::vector<float>(4), 4), (AffineRange{-1, 2}));
  }
}

}  // namespace
}  // namespace quartz::vector
