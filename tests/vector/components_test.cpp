#include "vector/components.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/result_matchers.hpp"
#include "vector/sample.hpp"

namespace quartz::vector {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatEq;
using ::testing::HasSubstr;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

double length_of(std::span<const float> vector) {
  double squares = 0;
  for (const float component : vector) squares += double{component} * double{component};
  return std::sqrt(squares);
}

TEST(Components, finite_ones_of_any_size_up_to_the_longest_vector_are_accepted) {
  EXPECT_THAT(check_components({}), Succeeds());
  EXPECT_THAT(check_components(std::vector<float>{0, -1, 1e-45F}), Succeeds());
  EXPECT_THAT(check_components(std::vector<float>{0, -kLengthMax}), Succeeds());
  EXPECT_THAT(check_components(std::vector<float>(4, kLengthMax / 2)), Succeeds());
}

TEST(Components, that_are_not_finite_are_named) {
  EXPECT_THAT(check_components(std::vector<float>{0, 1, kNan, kInfinity}),
              FailsWith(Errc::invalid_argument, HasSubstr("component 2 is nan")));
  EXPECT_THAT(check_components(std::vector<float>{kInfinity}),
              FailsWith(Errc::invalid_argument, HasSubstr("component 0 is inf")));
  EXPECT_THAT(check_components(std::vector<float>{1, -kInfinity}),
              FailsWith(Errc::invalid_argument, HasSubstr("component 1 is -inf")));
}

TEST(Components, of_a_vector_that_is_too_long_are_refused) {
  constexpr float kLargest = std::numeric_limits<float>::max();
  EXPECT_THAT(check_components(std::vector<float>{0, kLargest}),
              FailsWith(Errc::invalid_argument, HasSubstr("length of 3.4e+38 exceeds 7.21e+16")));
  EXPECT_THAT(check_components(std::vector<float>(4096, kLargest)),
              FailsWith(Errc::invalid_argument, HasSubstr("length")));
  EXPECT_THAT(check_components(std::vector<float>(5, kLengthMax / 2)),
              FailsWith(Errc::invalid_argument, HasSubstr("length")));
}

TEST(Normalise, keeps_the_direction_and_makes_the_length_one) {
  std::vector<float> vector{3, 0, -4};
  ASSERT_THAT(normalise(vector), Succeeds());
  EXPECT_THAT(vector, ElementsAre(FloatEq(0.6F), 0, FloatEq(-0.8F)));
  for (const std::size_t dimensions : {1u, 2u, 100u, 4096u}) {
    Sample sample = normal_sample(1, 1, dimensions, 5);
    ASSERT_THAT(normalise(sample[0]), Succeeds());
    EXPECT_NEAR(length_of(sample[0]), 1, 1e-6) << dimensions;
  }
}

TEST(Normalise, takes_the_longest_and_the_shortest_vectors) {
  for (const float size : {std::numeric_limits<float>::max(), 1e20F, 1e-20F,
                           std::numeric_limits<float>::denorm_min()}) {
    std::vector<float> vector(100, size);
    vector[7] = -size;
    ASSERT_THAT(normalise(vector), Succeeds());
    for (std::size_t i = 0; i < 100; ++i) EXPECT_FLOAT_EQ(vector[i], i == 7 ? -0.1F : 0.1F) << size;
  }
}

TEST(Normalise, refuses_a_vector_without_direction) {
  std::vector<float> zeros(3, -0.0F);
  EXPECT_THAT(normalise(zeros),
              FailsWith(Errc::invalid_argument, HasSubstr("all 3 components are zero")));
  EXPECT_THAT(normalise({}), FailsWith(Errc::invalid_argument));
}

TEST(Normalise, leaves_a_vector_with_an_infinite_component_as_it_is) {
  std::vector<float> vector{1, 2, kInfinity};
  EXPECT_THAT(normalise(vector), FailsWith(Errc::invalid_argument, HasSubstr("component 2")));
  EXPECT_THAT(vector, ElementsAre(1, 2, kInfinity));
}

}  // namespace
}  // namespace quartz::vector
