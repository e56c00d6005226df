#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/result_matchers.hpp"
#include "vector/quantizer.hpp"
#include "vector/sample.hpp"

namespace quartz::vector {
namespace {

/// A metric and a quantization.
using Kind = std::pair<Metric, Quantization>;

std::vector<Kind> kinds() {
  std::vector<Kind> all;
  for (const Metric metric : kMetrics) {
    for (const Quantization quantization : kQuantizations) all.emplace_back(metric, quantization);
  }
  return all;
}

std::string kind_name(const testing::TestParamInfo<Kind>& info) {
  return std::string(to_string(info.param.first)) + "_" + std::string(to_string(info.param.second));
}

/// Vectors as the metric wants them, their quantizer and their codes.
class Quantized : public testing::TestWithParam<Kind> {
 protected:
  const Metric metric_ = GetParam().first;
  const Quantization quantization_ = GetParam().second;

  Sample prepared(Sample sample) const {
    return metric_ == Metric::cosine ? normalised(std::move(sample)) : sample;
  }
  Quantizer trained(const Sample& sample) const {
    return Quantizer::train(metric_, quantization_, sample.dimensions, sample.components).value();
  }
  static std::vector<std::byte> code(const Quantizer& quantizer, std::span<const float> vector) {
    std::vector<std::byte> bytes(quantizer.code_bytes());
    quantizer.encode(vector, bytes.data());
    return bytes;
  }
  static std::vector<std::byte> query(const Quantizer& quantizer, std::span<const float> vector) {
    std::vector<std::byte> bytes(quantizer.query_bytes());
    quantizer.encode_query(vector, bytes.data());
    return bytes;
  }
  static std::vector<float> decoded(const Quantizer& quantizer,
                                    const std::vector<std::byte>& code) {
    std::vector<float> vector(quantizer.dimensions());
    quantizer.decode(code.data(), vector);
    return vector;
  }
  // The distance that codes stand for: `cosine` is half the squared one, as decoded vectors are not
  // exactly of length 1.
  double distance_of(std::span<const float> a, std::span<const float> b) const {
    return metric_ == Metric::cosine ? exact_distance(Metric::l2, a, b) / 2
                                     : exact_distance(metric_, a, b);
  }
  bool is_floating() const { return quantization_ <= Quantization::bf16; }
};
INSTANTIATE_TEST_SUITE_P(Each, Quantized, testing::ValuesIn(kinds()), kind_name);

TEST_P(Quantized, distances_between_codes_are_those_of_what_they_stand_for) {
  for (const std::size_t dimensions : {1u, 3u, 64u, 101u, 784u, 4096u}) {
    for (const float mean : {0.0F, 10.0F}) {
      const Sample sample = prepared(normal_sample(dimensions, 12, dimensions, mean));
      const auto quantizer = trained(sample);
      for (std::size_t i = 1; i < sample.count(); ++i) {
        const auto a = code(quantizer, sample[i - 1]);
        const auto b = code(quantizer, sample[i]);
        const auto from_a = decoded(quantizer, a);
        const auto from_b = decoded(quantizer, b);
        const double expected = distance_of(from_a, from_b);
        // Of the sum of the terms' sizes, which for products may be much larger than the sum.
        const double size = std::abs(distance_of(from_a, from_a)) + std::abs(expected) + 1e-6;
        EXPECT_NEAR(quantizer.distance(a.data(), b.data()), expected, 1e-4 * size) << dimensions;
        EXPECT_EQ(quantizer.code_distance()(a.data(), b.data()),
                  quantizer.distance(a.data(), b.data()));
      }
    }
  }
}

TEST_P(Quantized, distances_between_codes_are_symmetric) {
  const Sample sample = prepared(normal_sample(20, 20, 65));
  const auto distance = trained(sample).code_distance();
  for (std::size_t i = 1; i < sample.count(); ++i) {
    const auto a = code(trained(sample), sample[i - 1]);
    const auto b = code(trained(sample), sample[i]);
    EXPECT_EQ(distance(a.data(), b.data()), distance(b.data(), a.data()));
  }
}

TEST_P(Quantized, four_distances_at_once_are_those_of_each) {
  for (const std::size_t dimensions : {1u, 64u, 100u}) {
    const Sample sample = prepared(normal_sample(3, 5, dimensions));
    const Quantizer quantizer = trained(sample);
    std::vector<std::vector<std::byte>> codes;
    for (std::size_t i = 0; i < 4; ++i) codes.push_back(code(quantizer, sample[i]));
    const std::byte* const places[] = {codes[0].data(), codes[1].data(), codes[2].data(),
                                       codes[3].data()};
    const auto from_query = query(quantizer, sample[4]);
    const auto from_code = code(quantizer, sample[4]);
    float to_query[4] = {};
    float to_code[4] = {};
    quantizer.query_distance().of_4(from_query.data(), places, to_query);
    quantizer.code_distance().of_4(from_code.data(), places, to_code);
    for (std::size_t i = 0; i < 4; ++i) {
      EXPECT_EQ(to_query[i], quantizer.query_distance()(from_query.data(), places[i]));
      EXPECT_EQ(to_code[i], quantizer.distance(from_code.data(), places[i]));
    }
  }
}

TEST_P(Quantized, a_code_is_nearest_to_itself) {
  const Sample sample = prepared(normal_sample(21, 20, 65, 3));
  const auto quantizer = trained(sample);
  for (std::size_t i = 0; i < sample.count(); ++i) {
    const auto a = code(quantizer, sample[i]);
    const float distance = quantizer.distance(a.data(), a.data());
    if (metric_ == Metric::dot) {
      const auto vector = decoded(quantizer, a);
      const double length_squared = -exact_distance(Metric::dot, vector, vector);
      EXPECT_NEAR(distance, -length_squared, 1e-5 * length_squared);
    } else {
      EXPECT_EQ(distance, 0);
    }
  }
}

TEST_P(Quantized, distances_are_close_to_the_exact_ones_so_that_both_can_be_merged) {
  const Sample sample = prepared(normal_sample(22, 400, 96, 0, 3));
  const auto quantizer = trained(sample);
  const double accuracy = is_floating()                        ? 0.005
                          : quantization_ == Quantization::sq8 ? 0.01
                          : quantization_ == Quantization::sq4 ? 0.12
                                                               : 0.5;
  // How large a distance can be: twice the square of the mean length.
  double size = 0;
  for (std::size_t i = 0; i < sample.count(); ++i) {
    const std::vector<float> zero(sample.dimensions);
    size += 2 * exact_distance(Metric::l2, sample[i], zero) / static_cast<double>(sample.count());
  }
  const auto distance = quantizer.query_distance();
  for (std::size_t i = 1; i < sample.count(); ++i) {
    const auto asked = query(quantizer, sample[i - 1]);
    const auto found = code(quantizer, sample[i]);
    const double exact = exact_distance(metric_, sample[i - 1], sample[i]);
    EXPECT_NEAR(distance(asked.data(), found.data()), exact, accuracy * size);
  }
}

// How many of the ten nearest are among as many as a search would look at again.
TEST_P(Quantized, the_nearest_vectors_are_among_the_first_codes) {
  const Sample sample = prepared(normal_sample(23, 2000, 64));
  const Sample queries = prepared(normal_sample(24, 50, 64));
  const auto quantizer = trained(sample);
  std::vector<std::vector<std::byte>> codes;
  for (std::size_t i = 0; i < sample.count(); ++i) codes.push_back(code(quantizer, sample[i]));
  const std::size_t looked_at = is_floating()                        ? 11
                                : quantization_ == Quantization::sq8 ? 12
                                : quantization_ == Quantization::sq4 ? 30
                                                                     : 400;
  std::size_t found = 0;
  for (std::size_t q = 0; q < queries.count(); ++q) {
    const auto asked = query(quantizer, queries[q]);
    std::vector<std::pair<double, std::size_t>> exact;
    std::vector<std::pair<double, std::size_t>> coded;
    for (std::size_t i = 0; i < sample.count(); ++i) {
      exact.emplace_back(exact_distance(metric_, queries[q], sample[i]), i);
      coded.emplace_back(quantizer.query_distance()(asked.data(), codes[i].data()), i);
    }
    std::sort(exact.begin(), exact.end());
    std::sort(coded.begin(), coded.end());
    for (std::size_t i = 0; i < 10; ++i) {
      found += std::any_of(coded.begin(), coded.begin() + static_cast<std::ptrdiff_t>(looked_at),
                           [&](const auto& each) { return each.second == exact[i].second; })
                   ? 1u
                   : 0u;
    }
  }
  EXPECT_GE(static_cast<double>(found) / 500, quantization_ == Quantization::bit1 ? 0.8 : 0.98);
}

TEST_P(Quantized, codes_and_queries_may_lie_anywhere) {
  const Sample sample = prepared(normal_sample(28, 2, 75));
  const auto quantizer = trained(sample);
  const auto asked = query(quantizer, sample[0]);
  const auto found = code(quantizer, sample[1]);
  const float expected = quantizer.query_distance()(asked.data(), found.data());
  for (std::size_t offset = 1; offset < 9; ++offset) {
    std::vector<std::byte> moved_query(offset + asked.size());
    std::vector<std::byte> moved_code(offset + found.size());
    quantizer.encode_query(sample[0], moved_query.data() + offset);
    quantizer.encode(sample[1], moved_code.data() + offset);
    const auto distance = quantizer.query_distance();
    distance.prefetch(moved_code.data() + offset);
    EXPECT_EQ(distance(moved_query.data() + offset, moved_code.data() + offset), expected);
  }
}

TEST(QuantizedDot, queries_may_be_much_longer_than_what_is_stored) {
  const Sample sample = normal_sample(26, 100, 48);
  Sample longer = normal_sample(27, 1, 48, 0, 1000);
  for (const auto quantization : {Quantization::none, Quantization::f16, Quantization::bf16,
                                  Quantization::sq8, Quantization::sq4}) {
    const auto quantizer =
        Quantizer::train(Metric::dot, quantization, 48, sample.components).value();
    std::vector<std::byte> asked(quantizer.query_bytes());
    std::vector<std::byte> found(quantizer.code_bytes());
    quantizer.encode_query(longer[0], asked.data());
    for (std::size_t i = 0; i < sample.count(); ++i) {
      quantizer.encode(sample[i], found.data());
      // Products are about 1000 times the root of 48.
      EXPECT_NEAR(quantizer.query_distance()(asked.data(), found.data()),
                  exact_distance(Metric::dot, longer[0], sample[i]),
                  quantization == Quantization::sq4 ? 5000 : 250)
          << to_string(quantization);
    }
  }
}

TEST(QuantizedDot, a_query_of_zeros_is_equally_far_from_everything) {
  const Sample sample = normal_sample(28, 10, 48, 5);
  for (const auto quantization : {Quantization::none, Quantization::sq8, Quantization::sq4}) {
    const auto quantizer =
        Quantizer::train(Metric::dot, quantization, 48, sample.components).value();
    std::vector<std::byte> asked(quantizer.query_bytes());
    std::vector<std::byte> found(quantizer.code_bytes());
    quantizer.encode_query(std::vector<float>(48), asked.data());
    for (std::size_t i = 0; i < sample.count(); ++i) {
      quantizer.encode(sample[i], found.data());
      EXPECT_EQ(quantizer.query_distance()(asked.data(), found.data()), 0);
    }
  }
}

TEST(QuantizedVectors, of_the_greatest_length_have_finite_distances) {
  constexpr float kComponent = 0x1p50F;  // 4096 of them are a vector of the greatest length.
  Sample sample{4096, std::vector<float>(2 * 4096, kComponent)};
  for (float& component : sample[1]) component = -kComponent;
  for (const Metric metric : {Metric::l2, Metric::dot}) {
    for (const Quantization quantization : kQuantizations) {
      if (quantization == Quantization::f16) continue;  // It does not reach that far.
      const auto quantizer =
          Quantizer::train(metric, quantization, 4096, sample.components).value();
      std::vector<std::byte> a(quantizer.code_bytes());
      std::vector<std::byte> b(quantizer.code_bytes());
      std::vector<std::byte> asked(quantizer.query_bytes());
      quantizer.encode(sample[0], a.data());
      quantizer.encode(sample[1], b.data());
      quantizer.encode_query(sample[0], asked.data());
      const double exact = exact_distance(metric, sample[0], sample[1]);
      EXPECT_NEAR(quantizer.distance(a.data(), b.data()) / exact, 1, 0.01);
      EXPECT_NEAR(quantizer.query_distance()(asked.data(), b.data()) / exact, 1, 0.01);
    }
  }
}

}  // namespace
}  // namespace quartz::vector
