#include "vector/quantizer.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/result_matchers.hpp"
#include "vector/components.hpp"
#include "vector/sample.hpp"

namespace quartz::vector {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::vector<float> through(const Quantizer& quantizer, std::span<const float> vector) {
  std::vector<std::byte> code(quantizer.code_bytes());
  quantizer.encode(vector, code.data());
  std::vector<float> back(vector.size());
  quantizer.decode(code.data(), back);
  return back;
}

TEST(Quantizer, says_what_it_was_made_for) {
  const auto quantizer = Quantizer::train(Metric::dot, Quantization::sq4, 77, {}).value();
  EXPECT_EQ(quantizer.metric(), Metric::dot);
  EXPECT_EQ(quantizer.quantization(), Quantization::sq4);
  EXPECT_EQ(quantizer.dimensions(), 77u);
}

TEST(Quantizer, codes_take_the_bits_of_their_components_in_whole_bytes) {
  const auto bytes = [](Metric metric, Quantization quantization, std::size_t dimensions) {
    return Quantizer::train(metric, quantization, dimensions, {}).value().code_bytes();
  };
  for (const Metric metric : {Metric::cosine, Metric::l2}) {
    EXPECT_EQ(bytes(metric, Quantization::none, 7), 28u);
    EXPECT_EQ(bytes(metric, Quantization::f16, 7), 14u);
    EXPECT_EQ(bytes(metric, Quantization::bf16, 7), 14u);
    EXPECT_EQ(bytes(metric, Quantization::sq8, 7), 7u);
    EXPECT_EQ(bytes(metric, Quantization::sq4, 7), 4u);
    EXPECT_EQ(bytes(metric, Quantization::bit1, 7), 1u);
    EXPECT_EQ(bytes(metric, Quantization::bit1, 9), 2u);
  }
  EXPECT_EQ(bytes(Metric::dot, Quantization::f16, 7), 14u);
  EXPECT_EQ(bytes(Metric::dot, Quantization::sq8, 7), 11u);
  EXPECT_EQ(bytes(Metric::dot, Quantization::sq4, 7), 8u);
  EXPECT_EQ(bytes(Metric::dot, Quantization::bit1, 7), 1u);
}

TEST(Quantizer, writes_no_more_than_a_code_and_no_more_than_a_query) {
  for (const Metric metric : kMetrics) {
    for (const Quantization quantization : kQuantizations) {
      const Sample sample = normalised(normal_sample(1, 10, 13));
      const auto quantizer = trained(metric, quantization, sample);
      std::vector<std::byte> bytes(quantizer.code_bytes() + 1, std::byte{0x5A});
      quantizer.encode(sample[0], bytes.data());
      EXPECT_EQ(bytes.back(), std::byte{0x5A})
          << to_string(metric) << ", " << to_string(quantization);
      bytes.assign(quantizer.query_bytes() + 1, std::byte{0x5A});
      quantizer.encode_query(sample[0], bytes.data());
      EXPECT_EQ(bytes.back(), std::byte{0x5A})
          << to_string(metric) << ", " << to_string(quantization);
    }
  }
}

TEST(Quantizer, without_quantization_gives_vectors_back_as_they_were) {
  const Sample sample = normal_sample(2, 10, 33, 0, 1e10F);
  const auto quantizer = trained(Metric::l2, Quantization::none, sample);
  for (std::size_t i = 0; i < sample.count(); ++i) {
    EXPECT_THAT(through(quantizer, sample[i]), testing::ElementsAreArray(sample[i]));
  }
}

TEST(Quantizer, of_shorter_floats_is_off_by_half_of_their_last_bit) {
  const Sample sample = normal_sample(3, 100, 33, 0, 100);
  const auto f16 = trained(Metric::l2, Quantization::f16, sample);
  const auto bf16 = trained(Metric::l2, Quantization::bf16, sample);
  for (std::size_t i = 0; i < sample.count(); ++i) {
    const auto from_f16 = through(f16, sample[i]);
    const auto from_bf16 = through(bf16, sample[i]);
    for (std::size_t j = 0; j < 33; ++j) {
      const float size = std::abs(sample[i][j]);
      ASSERT_NEAR(from_f16[j], sample[i][j], std::max(size * 0x1p-11F, 0x1p-25F));
      ASSERT_NEAR(from_bf16[j], sample[i][j], size * 0x1p-8F);
    }
  }
}

TEST(Quantizer, of_few_bits_is_off_by_half_a_step_within_its_range) {
  const Sample sample = normal_sample(4, 1000, 33, 20, 5);
  for (const auto quantization : {Quantization::sq8, Quantization::sq4, Quantization::bit1}) {
    const auto quantizer = trained(Metric::l2, quantization, sample);
    const float low = quantizer.range().minimum;
    const float steps =
        quantization == Quantization::sq8 ? 255 : (quantization == Quantization::sq4 ? 15 : 1);
    const float high = low + steps * quantizer.range().step;
    for (std::size_t i = 0; i < sample.count(); ++i) {
      const auto back = through(quantizer, sample[i]);
      for (std::size_t j = 0; j < 33; ++j) {
        const float within = std::clamp(sample[i][j], low, high);
        ASSERT_NEAR(back[j], within, quantizer.range().step * 0.5001F);
      }
    }
  }
}

TEST(Quantizer, codes_of_codes_are_the_same_codes) {
  for (const Quantization quantization : kQuantizations) {
    const Sample sample = normal_sample(5, 100, 20, 1000, 3);
    const auto quantizer = trained(Metric::l2, quantization, sample);
    for (std::size_t i = 0; i < sample.count(); ++i) {
      const auto once = through(quantizer, sample[i]);
      EXPECT_EQ(through(quantizer, once), once) << to_string(quantization);
    }
  }
}

TEST(Quantizer, gives_components_out_of_reach_the_nearest_value) {
  const Sample sample = normal_sample(6, 100, 2);
  std::vector<float> far{-1e9F, 1e9F};
  EXPECT_EQ(through(trained(Metric::l2, Quantization::f16, sample), far),
            (std::vector<float>{-65504, 65504}));
  const auto sq8 = trained(Metric::l2, Quantization::sq8, sample);
  EXPECT_EQ(through(sq8, far)[0], sq8.range().minimum);
  EXPECT_FLOAT_EQ(through(sq8, far)[1], sq8.range().minimum + 255 * sq8.range().step);
}

TEST(Quantizer, holds_constant_data_exactly_enough) {
  const Sample sample{8, std::vector<float>(800, 42.5F)};
  for (const Quantization quantization : kQuantizations) {
    const auto quantizer = trained(Metric::l2, quantization, sample);
    const float error = quantization == Quantization::bit1 ? 42.5F : quantizer.range().step;
    for (const float component : through(quantizer, sample[0])) {
      EXPECT_NEAR(component, 42.5F, error) << to_string(quantization);
    }
  }
}

TEST(Quantizer, is_not_made_coarse_by_a_few_broken_vectors) {
  Sample sample = normal_sample(7, 1000, 16);
  for (std::size_t i = 0; i < 3; ++i) sample[300 * i][i] = 1e9F;
  EXPECT_LT(trained(Metric::l2, Quantization::sq8, sample).range().step, 0.2F);
}

TEST(Quantizer, takes_no_sample_for_components_from_minus_one_to_one) {
  const auto quantizer = Quantizer::train(Metric::l2, Quantization::sq8, 4, {}).value();
  const std::vector<float> vector{-1, -0.3F, 0.4F, 1};
  const auto back = through(quantizer, vector);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(back[i], vector[i], 0.004F);
}

TEST(Quantizer, refuses_dimensions_outside_of_the_limits) {
  EXPECT_THAT(Quantizer::train(Metric::l2, Quantization::sq8, 0, {}),
              FailsWith(Errc::invalid_argument, HasSubstr("0 dimensions")));
  EXPECT_THAT(Quantizer::train(Metric::l2, Quantization::sq8, 4097, {}),
              FailsWith(Errc::invalid_argument, HasSubstr("4097 dimensions")));
  EXPECT_THAT(Quantizer::train(Metric::l2, Quantization::sq8, 1, {}), Succeeds());
  EXPECT_THAT(Quantizer::train(Metric::l2, Quantization::sq8, 4096, {}), Succeeds());
}

TEST(Quantizer, refuses_metrics_and_quantizations_that_do_not_exist) {
  EXPECT_THAT(Quantizer::train(Metric{3}, Quantization::sq8, 4, {}),
              FailsWith(Errc::invalid_argument, HasSubstr("metric 3")));
  EXPECT_THAT(Quantizer::train(Metric::l2, Quantization{9}, 4, {}),
              FailsWith(Errc::invalid_argument, HasSubstr("quantization 9")));
}

TEST(Quantizer, refuses_a_sample_that_is_not_of_whole_vectors) {
  EXPECT_THAT(Quantizer::train(Metric::l2, Quantization::sq8, 3, std::vector<float>(10)),
              FailsWith(Errc::invalid_argument, AllOf(HasSubstr("10 comp"), HasSubstr("3 dim"))));
}

TEST(Quantizer, names_the_vector_and_component_of_a_sample_that_it_refuses) {
  for (const Quantization quantization : kQuantizations) {
    Sample sample = normal_sample(8, 10, 5);
    sample[7][3] = std::numeric_limits<float>::quiet_NaN();
    EXPECT_THAT(
        Quantizer::train(Metric::l2, quantization, 5, sample.components),
        FailsWith(Errc::invalid_argument, HasSubstr("vector 7 of the sample: component 3")));
    sample[7][3] = 2 * kLengthMax;
    EXPECT_THAT(
        Quantizer::train(Metric::l2, quantization, 5, sample.components),
        FailsWith(Errc::invalid_argument, HasSubstr("vector 7 of the sample: the vector's")));
  }
}

TEST(Quantizer, refuses_a_sample_that_f16_cannot_hold) {
  Sample sample = normal_sample(9, 10, 5);
  sample[2][1] = -65505;
  EXPECT_THAT(Quantizer::train(Metric::l2, Quantization::f16, 5, sample.components),
              FailsWith(Errc::invalid_argument, HasSubstr("vector 2 of the sample: component 1")));
  sample[2][1] = -65504;
  EXPECT_THAT(Quantizer::train(Metric::l2, Quantization::f16, 5, sample.components), Succeeds());
}

TEST(QuantizerDeathTest, stops_at_a_vector_of_other_dimensions) {
  const auto quantizer = Quantizer::train(Metric::l2, Quantization::sq8, 4, {}).value();
  std::vector<float> vector(3);
  std::byte code[4] = {};
  EXPECT_DEATH(quantizer.encode(vector, code), "dimensions");
  EXPECT_DEATH(quantizer.decode(code, vector), "dimensions");
  EXPECT_DEATH(quantizer.encode_query(vector, code), "dimensions");
}

}  // namespace
}  // namespace quartz::vector
