#include "vector/float_query.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "vector/sample.hpp"

namespace quartz::vector {
namespace {

constexpr Quantization kSmallNumbers[] = {Quantization::sq8, Quantization::sq4};

Sample prepared(Metric metric, Sample sample) {
  return metric == Metric::cosine ? normalised(std::move(sample)) : sample;
}

std::vector<std::byte> code_of(const Quantizer& quantizer, std::span<const float> vector) {
  std::vector<std::byte> code(quantizer.code_bytes());
  quantizer.encode(vector, code.data());
  return code;
}

// From a vector to what the code stands for, which is not exactly of length 1.
double distance_to_decoded(const Quantizer& quantizer, std::span<const float> query,
                           const std::vector<std::byte>& code) {
  std::vector<float> vector(quantizer.dimensions());
  quantizer.decode(code.data(), vector);
  if (quantizer.metric() == Metric::cosine) return exact_distance(Metric::l2, query, vector) / 2;
  return exact_distance(quantizer.metric(), query, vector);
}

TEST(FloatQuery, is_off_by_the_error_of_the_code_alone) {
  for (const Metric metric : kMetrics) {
    for (const Quantization quantization : kQuantizations) {
      if (quantization == Quantization::bit1) continue;
      for (const std::size_t dimensions : {1u, 7u, 64u, 333u, 4096u}) {
        const Sample sample = prepared(metric, normal_sample(1, 20, dimensions, 2));
        const auto quantizer = trained(metric, quantization, sample);
        for (std::size_t i = 1; i < sample.count(); ++i) {
          const auto code = code_of(quantizer, sample[i]);
          const double expected = distance_to_decoded(quantizer, sample[i - 1], code);
          const double size = -exact_distance(Metric::dot, sample[i], sample[i]);
          EXPECT_NEAR(FloatQuery(quantizer, sample[i - 1]).distance(code.data()), expected,
                      1e-5 * (size + std::abs(expected)) + 1e-8)
              << to_string(metric) << ", " << to_string(quantization) << ", " << dimensions;
        }
      }
    }
  }
}

TEST(FloatQuery, is_nearer_to_the_exact_distance_than_an_encoded_query) {
  for (const Metric metric : kMetrics) {
    for (const Quantization quantization : kSmallNumbers) {
      const Sample sample = prepared(metric, normal_sample(2, 300, 64));
      const auto quantizer = trained(metric, quantization, sample);
      std::vector<std::byte> encoded(quantizer.query_bytes());
      double error = 0;
      double encoded_error = 0;
      for (std::size_t i = 1; i < sample.count(); ++i) {
        const auto code = code_of(quantizer, sample[i]);
        const double exact = exact_distance(metric, sample[i - 1], sample[i]);
        quantizer.encode_query(sample[i - 1], encoded.data());
        error += std::abs(FloatQuery(quantizer, sample[i - 1]).distance(code.data()) - exact);
        encoded_error += std::abs(quantizer.query_distance()(encoded.data(), code.data()) - exact);
      }
      EXPECT_LT(error, 0.9 * encoded_error) << to_string(metric) << ", " << to_string(quantization);
    }
  }
}

TEST(FloatQuery, of_bits_and_floats_is_the_same_as_an_encoded_query) {
  for (const Metric metric : kMetrics) {
    for (const auto quantization :
         {Quantization::none, Quantization::f16, Quantization::bf16, Quantization::bit1}) {
      const Sample sample = prepared(metric, normal_sample(3, 10, 77));
      const auto quantizer = trained(metric, quantization, sample);
      std::vector<std::byte> encoded(quantizer.query_bytes());
      quantizer.encode_query(sample[0], encoded.data());
      for (std::size_t i = 0; i < sample.count(); ++i) {
        const auto code = code_of(quantizer, sample[i]);
        EXPECT_EQ(FloatQuery(quantizer, sample[0]).distance(code.data()),
                  quantizer.query_distance()(encoded.data(), code.data()));
      }
    }
  }
}

TEST(FloatQuery, is_never_at_a_distance_below_zero) {
  for (const Metric metric : {Metric::cosine, Metric::l2}) {
    for (const Quantization quantization : kSmallNumbers) {
      const Sample sample = prepared(metric, normal_sample(4, 100, 99, 50));
      const auto quantizer = trained(metric, quantization, sample);
      std::vector<float> vector(99);
      for (std::size_t i = 0; i < sample.count(); ++i) {
        const auto code = code_of(quantizer, sample[i]);
        quantizer.decode(code.data(), vector);
        const float distance = FloatQuery(quantizer, vector).distance(code.data());
        EXPECT_GE(distance, 0);
        EXPECT_NEAR(distance, 0, 1e-5 * -exact_distance(Metric::dot, vector, vector));
      }
    }
  }
}

TEST(FloatQuery, outlives_its_quantizer_and_its_vector) {
  const auto make = [] {
    const Sample sample = normal_sample(5, 10, 8);
    return FloatQuery(trained(Metric::l2, Quantization::sq8, sample), sample[0]);
  };
  const FloatQuery query = make();
  const Sample sample = normal_sample(5, 10, 8);
  const auto code = code_of(trained(Metric::l2, Quantization::sq8, sample), sample[1]);
  EXPECT_NEAR(query.distance(code.data()), exact_distance(Metric::l2, sample[0], sample[1]), 0.5);
}

TEST(FloatQuery, of_zeros_is_equally_far_from_everything_by_products) {
  const Sample sample = normal_sample(6, 10, 48, 5);
  for (const Quantization quantization : kSmallNumbers) {
    const auto quantizer = trained(Metric::dot, quantization, sample);
    for (std::size_t i = 0; i < sample.count(); ++i) {
      const auto code = code_of(quantizer, sample[i]);
      EXPECT_EQ(FloatQuery(quantizer, std::vector<float>(48)).distance(code.data()), 0);
    }
  }
}

TEST(FloatQuery, far_away_from_a_narrow_range_is_far_away) {
  const Sample sample{4, {0, 0, 0, 1e-30F}};
  for (const Quantization quantization : kSmallNumbers) {
    const auto quantizer = trained(Metric::l2, quantization, sample);
    const auto code = code_of(quantizer, std::vector<float>(4));
    const FloatQuery query(quantizer, std::vector<float>(4, 0x1p54F));
    EXPECT_NEAR(query.distance(code.data()) / 0x1p110, 1, 1e-5);
  }
}

TEST(FloatQuery, of_the_greatest_length_has_finite_distances) {
  constexpr float kComponent = 0x1p50F;  // 4096 of them are a vector of the greatest length.
  Sample sample{4096, std::vector<float>(2 * 4096, kComponent)};
  for (float& component : sample[1]) component = -kComponent;
  for (const Metric metric : {Metric::l2, Metric::dot}) {
    for (const Quantization quantization : kSmallNumbers) {
      const auto quantizer = trained(metric, quantization, sample);
      const auto code = code_of(quantizer, sample[1]);
      const double exact = exact_distance(metric, sample[0], sample[1]);
      EXPECT_NEAR(FloatQuery(quantizer, sample[0]).distance(code.data()) / exact, 1, 0.01);
    }
  }
}

}  // namespace
}  // namespace quartz::vector
