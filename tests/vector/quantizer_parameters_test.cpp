#include "vector/quantizer_parameters.hpp"

#include <bit>
#include <limits>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/coding.hpp"
#include "support/result_matchers.hpp"
#include "vector/quantizer.hpp"
#include "vector/sample.hpp"

namespace quartz::vector {
namespace {

using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

constexpr QuantizerParameters kSound = {.metric = Metric::l2,
                                        .quantization = Quantization::sq8,
                                        .dimensions = 128,
                                        .range = {-1.5F, 0.25F}};

// Parameters are stored: what was written years ago must still be understood.
TEST(QuantizerParameters, bytes_stay_what_they_are) {
  constexpr unsigned kBytes[] = {1, 0, 1, 3, 128, 0, 0, 0, 0, 0, 0xC0, 0xBF, 0, 0, 0x80, 0x3E};
  std::vector<std::byte> expected;
  for (const unsigned byte : kBytes) expected.push_back(static_cast<std::byte>(byte));
  EXPECT_THAT(encode_parameters(kSound), ElementsAreArray(expected));
  EXPECT_EQ(decode_parameters(expected).value(), kSound);
}

TEST(QuantizerParameters, of_every_trained_quantizer_make_the_same_quantizer) {
  const Sample sample = normalised(normal_sample(1, 100, 12));
  const Sample constant{12, std::vector<float>(120, 7.0F)};
  const Sample empty{12, {}};
  for (const Metric metric : kMetrics) {
    for (const Quantization quantization : kQuantizations) {
      for (const Sample* each : {&sample, &constant, &empty}) {
        const auto quantizer = Quantizer::train(metric, quantization, 12, each->components).value();
        const auto again = Quantizer::from_parameters(quantizer.parameters());
        ASSERT_THAT(again, Succeeds()) << to_string(metric) << ", " << to_string(quantization);
        EXPECT_EQ(again->parameters(), quantizer.parameters());
        std::vector<std::byte> code(quantizer.code_bytes());
        std::vector<std::byte> code_again(again->code_bytes());
        quantizer.encode(sample[0], code.data());
        again->encode(sample[0], code_again.data());
        EXPECT_EQ(code_again, code);
      }
    }
  }
}

TEST(QuantizerParameters, of_the_longest_and_the_shortest_vectors_are_accepted) {
  for (const float size : {0x1p56F, 0x1p-140F}) {
    for (const Quantization quantization :
         {Quantization::sq8, Quantization::sq4, Quantization::bit1}) {
      for (const std::vector<float>& sample :
           {std::vector<float>{size}, std::vector<float>{-size}, std::vector<float>{-size, size}}) {
        const auto quantizer = Quantizer::train(Metric::l2, quantization, 1, sample).value();
        EXPECT_THAT(Quantizer::from_parameters(quantizer.parameters()), Succeeds())
            << to_string(quantization) << " of " << size;
      }
    }
  }
}

TEST(QuantizerParameters, of_another_length_are_damaged) {
  const auto bytes = encode_parameters(kSound);
  EXPECT_THAT(decode_parameters(std::span(bytes).first(15)),
              FailsWith(Errc::corruption, HasSubstr("15 bytes instead of 16")));
  EXPECT_THAT(decode_parameters({}), FailsWith(Errc::corruption, HasSubstr("0 bytes")));
  std::vector<std::byte> longer(bytes.begin(), bytes.end());
  longer.push_back({});
  EXPECT_THAT(decode_parameters(longer), FailsWith(Errc::corruption, HasSubstr("17 bytes")));
}

TEST(QuantizerParameters, of_another_version_are_unsupported) {
  auto bytes = encode_parameters(kSound);
  store(bytes.data(), std::uint16_t{2});
  EXPECT_THAT(decode_parameters(bytes), FailsWith(Errc::unsupported, HasSubstr("version 2")));
}

struct Damage {
  std::size_t offset;
  std::uint32_t value;
  std::string message;
};

Damage with_float(std::size_t offset, float value, std::string message) {
  return {offset, std::bit_cast<std::uint32_t>(value), std::move(message)};
}

void expect_each_found(const QuantizerParameters& sound, const std::vector<Damage>& damages) {
  for (const Damage& damage : damages) {
    auto bytes = encode_parameters(sound);
    ASSERT_THAT(decode_parameters(bytes), Succeeds());
    if (damage.offset < 4) {
      bytes[damage.offset] = static_cast<std::byte>(damage.value);
    } else {
      store(bytes.data() + damage.offset, damage.value);
    }
    EXPECT_THAT(decode_parameters(bytes), FailsWith(Errc::corruption, HasSubstr(damage.message)));
  }
}

TEST(QuantizerParameters, that_no_quantizer_has_are_named) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  expect_each_found(kSound, {
                                {2, 3, "metric = 3"},
                                {3, 6, "quantization = 6"},
                                {4, 0, "dimensions = 0"},
                                {4, 4097, "dimensions = 4097"},
                                with_float(8, kNan, "minimum = nan"),
                                with_float(8, -kInfinity, "minimum = -inf"),
                                with_float(8, 1e30F, "minimum = 1e+30"),
                                with_float(12, kNan, "step = nan"),
                                with_float(12, kInfinity, "step = inf"),
                                with_float(12, 0, "step = 0"),
                                with_float(12, -0.25F, "step = -0.25"),
                                with_float(12, 1e-30F, "step = 1e-30"),
                                with_float(12, 1e16F, "step = 1e+16"),
                            });
}

TEST(QuantizerParameters, of_floating_point_have_no_range) {
  for (const auto quantization : {Quantization::none, Quantization::f16, Quantization::bf16}) {
    expect_each_found({Metric::dot, quantization, 3, {}},
                      {with_float(8, 1, "minimum = 1"), with_float(12, 2, "step = 2")});
  }
}

TEST(QuantizerParameters, of_bits_have_their_middle_at_zero_for_products) {
  expect_each_found({Metric::dot, Quantization::bit1, 3, {-1, 2}},
                    {with_float(8, -1.5F, "minimum = -1.5"), with_float(12, 1, "minimum = -1")});
  for (const Metric metric : {Metric::cosine, Metric::l2}) {
    EXPECT_THAT(decode_parameters(encode_parameters({metric, Quantization::bit1, 3, {5, 2}})),
                Succeeds());
  }
}

}  // namespace
}  // namespace quartz::vector
