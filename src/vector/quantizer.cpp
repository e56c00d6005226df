#include "vector/quantizer.hpp"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "base/check.hpp"
#include "base/coding.hpp"
#include "base/try.hpp"
#include "quartz/vector/limits.hpp"
#include "vector/code_packing.hpp"
#include "vector/components.hpp"
#include "vector/float16.hpp"

namespace quartz::vector {
namespace {

Result<void> check_vector(Quantization quantization, std::span<const float> vector) {
  QUARTZ_TRY(check_components(vector));
  if (quantization != Quantization::f16) return {};
  for (std::size_t i = 0; i < vector.size(); ++i) {
    if (vector[i] >= -kFloat16Max && vector[i] <= kFloat16Max) continue;
    return Error(
        Errc::invalid_argument,
        fmt::format("component {} is {}, and f16 reaches from -65504 to 65504 only", i, vector[i]));
  }
  return {};
}

Result<void> check_sample(Quantization quantization, std::size_t dimensions,
                          std::span<const float> sample) {
  if (sample.size() % dimensions != 0) {
    return Error(Errc::invalid_argument,
                 fmt::format("the sample's {} components are not whole vectors of {} dimensions",
                             sample.size(), dimensions));
  }
  for (std::size_t i = 0; i < sample.size() / dimensions; ++i) {
    const auto vector = sample.subspan(i * dimensions, dimensions);
    if (const auto checked = check_vector(quantization, vector); !checked) {
      return Error(checked.error().code(),
                   fmt::format("vector {} of the sample: {}", i, checked.error().message()));
    }
  }
  return {};
}

AffineRange range_for(Metric metric, Quantization quantization, std::size_t dimensions,
                      std::span<const float> sample) {
  switch (quantization) {
    case Quantization::sq8:
    case Quantization::sq4:
      return fit_range(sample, dimensions, quantization == Quantization::sq8 ? kStepsU8 : kStepsU4);
    case Quantization::bit1:
      return fit_two_values(metric, sample, dimensions);
    default:
      return {};
  }
}

}  // namespace

Result<Quantizer> Quantizer::train(Metric metric, Quantization quantization, std::size_t dimensions,
                                   std::span<const float> sample) {
  if (dimensions == 0 || dimensions > kDimensionsMax) {
    return Error(Errc::invalid_argument,
                 fmt::format("{} dimensions are outside of 1 to {}", dimensions, kDimensionsMax));
  }
  if (!is_known(metric) || !is_known(quantization)) {
    return Error(Errc::invalid_argument,
                 fmt::format("metric {} or quantization {} does not exist",
                             static_cast<unsigned>(metric), static_cast<unsigned>(quantization)));
  }
  QUARTZ_TRY(check_sample(quantization, dimensions, sample));
  return Quantizer({.metric = metric,
                    .quantization = quantization,
                    .dimensions = dimensions,
                    .range = range_for(metric, quantization, dimensions, sample)});
}

Result<Quantizer> Quantizer::from_parameters(std::span<const std::byte> parameters) {
  QUARTZ_ASSIGN(const QuantizerParameters decoded, decode_parameters(parameters));
  return Quantizer(decoded);
}

std::array<std::byte, kQuantizerParametersBytes> Quantizer::parameters() const noexcept {
  return encode_parameters(parameters_);
}

bool Quantizer::has_sums() const noexcept {
  return metric() == Metric::dot &&
         (quantization() == Quantization::sq8 || quantization() == Quantization::sq4);
}

std::size_t Quantizer::packed_bytes() const noexcept {
  switch (quantization()) {
    case Quantization::none:
      return 4 * dimensions();
    case Quantization::f16:
    case Quantization::bf16:
      return 2 * dimensions();
    case Quantization::sq8:
      return dimensions();
    case Quantization::sq4:
      return (dimensions() + 1) / 2;
    case Quantization::bit1:
      break;
  }
  return (dimensions() + 7) / 8;
}

std::size_t Quantizer::code_bytes() const noexcept {
  return packed_bytes() + (has_sums() ? sizeof(std::uint32_t) : 0);
}

std::size_t Quantizer::query_bytes() const noexcept {
  if (is_floating()) return 4 * dimensions();
  return packed_bytes() + (has_sums() ? sizeof(QueryTerms) : 0);
}

std::uint32_t Quantizer::pack(const AffineRange& range, std::span<const float> vector,
                              std::byte* to) const noexcept {
  switch (quantization()) {
    case Quantization::sq8:
      return pack_u8(range, vector, to);
    case Quantization::sq4:
      return pack_u4(range, vector, to);
    default:
      return pack_bits(range, vector, to);
  }
}

void Quantizer::encode(std::span<const float> vector, std::byte* code) const noexcept {
  QUARTZ_CHECK(vector.size() == dimensions());
  switch (quantization()) {
    case Quantization::none:
      std::memcpy(code, vector.data(), vector.size_bytes());
      break;
    case Quantization::f16:
      for (const float component : vector) {
        store(code, to_float16(std::clamp(component, -kFloat16Max, kFloat16Max)));
        code += sizeof(std::uint16_t);
      }
      break;
    case Quantization::bf16:
      for (const float component : vector) {
        store(code, to_bfloat16(component));
        code += sizeof(std::uint16_t);
      }
      break;
    default:
      const std::uint32_t sum = pack(range(), vector, code);
      if (has_sums()) store(code + packed_bytes(), sum);
  }
}

void Quantizer::decode(const std::byte* code, std::span<float> vector) const noexcept {
  QUARTZ_CHECK(vector.size() == dimensions());
  switch (quantization()) {
    case Quantization::none:
      std::memcpy(vector.data(), code, vector.size_bytes());
      break;
    case Quantization::f16:
      for (std::size_t i = 0; i < vector.size(); ++i) {
        vector[i] = from_float16(load<std::uint16_t>(code + 2 * i));
      }
      break;
    case Quantization::bf16:
      for (std::size_t i = 0; i < vector.size(); ++i) {
        vector[i] = from_bfloat16(load<std::uint16_t>(code + 2 * i));
      }
      break;
    case Quantization::sq8:
      unpack_u8(range(), code, vector);
      break;
    case Quantization::sq4:
      unpack_u4(range(), code, vector);
      break;
    case Quantization::bit1:
      unpack_bits(range(), code, vector);
      break;
  }
}

}  // namespace quartz::vector
