#include "vector/quantizer_parameters.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/coding.hpp"
#include "base/try.hpp"
#include "quartz/vector/limits.hpp"
#include "vector/code_packing.hpp"
#include "vector/components.hpp"

namespace quartz::vector {
namespace {

constexpr std::uint16_t kVersion = 1;

struct StoredParameters {
  std::uint16_t version;
  std::uint8_t metric;
  std::uint8_t quantization;
  std::uint32_t dimensions;
  float minimum;
  float step;
};
static_assert(sizeof(StoredParameters) == kQuantizerParametersBytes,
              "docs/formats/quantizer.md gives the layout; change both or neither");

// Where ranges end at most: components are at most `kLengthMax`, and the range of equal ones
// reaches to twice their value.
constexpr float kRangeEndMax = 2 * kLengthMax;

Error damaged(std::string what) {
  return {Errc::corruption, fmt::format("quantizer parameters: {}", std::move(what))};
}

Result<void> check_range(const QuantizerParameters& parameters) {
  const auto [minimum, step] = parameters.range;
  const auto reaches = [](float end) { return std::abs(end) <= kRangeEndMax; };
  if (!reaches(minimum)) return damaged(fmt::format("minimum = {} is out of range", minimum));
  if (!(step >= kStepMin)) return damaged(fmt::format("step = {} is too small", step));
  const auto last = [&](unsigned steps) { return minimum + step * static_cast<float>(steps); };
  switch (parameters.quantization) {
    case Quantization::sq8:
    case Quantization::sq4: {
      const bool is_u8 = parameters.quantization == Quantization::sq8;
      // Rounding may lead past the end, by far less than this.
      constexpr float kSlack = 1.001F;
      if (reaches(last(is_u8 ? kStepsU8 : kStepsU4) / kSlack)) return {};
      return damaged(fmt::format("step = {} leads out of range", step));
    }
    case Quantization::bit1:
      if (!reaches(last(1))) return damaged(fmt::format("step = {} leads out of range", step));
      if (parameters.metric != Metric::dot || minimum == -step / 2) return {};
      return damaged(fmt::format("minimum = {} is not half of -step = {}", minimum, -step));
    default:
      if (parameters.range == AffineRange{}) return {};
      return damaged(
          fmt::format("minimum = {} and step = {} of components in floating point", minimum, step));
  }
}

}  // namespace

bool is_known(Metric metric) noexcept { return metric <= Metric::dot; }

bool is_known(Quantization quantization) noexcept { return quantization <= Quantization::bit1; }

std::array<std::byte, kQuantizerParametersBytes> encode_parameters(
    const QuantizerParameters& parameters) noexcept {
  return std::bit_cast<std::array<std::byte, kQuantizerParametersBytes>>(StoredParameters{
      .version = kVersion,
      .metric = static_cast<std::uint8_t>(parameters.metric),
      .quantization = static_cast<std::uint8_t>(parameters.quantization),
      .dimensions = static_cast<std::uint32_t>(parameters.dimensions),
      .minimum = parameters.range.minimum,
      .step = parameters.range.step,
  });
}

Result<QuantizerParameters> decode_parameters(std::span<const std::byte> bytes) {
  if (bytes.size() != kQuantizerParametersBytes) {
    return damaged(fmt::format("{} bytes instead of {}", bytes.size(), kQuantizerParametersBytes));
  }
  StoredParameters stored;
  std::memcpy(&stored, bytes.data(), sizeof(stored));
  if (stored.version != kVersion) {
    return Error(Errc::unsupported,
                 fmt::format("quantizer parameters: version {} is not known", stored.version));
  }
  const QuantizerParameters parameters = {
      .metric = static_cast<Metric>(stored.metric),
      .quantization = static_cast<Quantization>(stored.quantization),
      .dimensions = stored.dimensions,
      .range = {stored.minimum, stored.step},
  };
  if (!is_known(parameters.metric)) return damaged(fmt::format("metric = {}", stored.metric));
  if (!is_known(parameters.quantization)) {
    return damaged(fmt::format("quantization = {}", stored.quantization));
  }
  if (parameters.dimensions == 0 || parameters.dimensions > kDimensionsMax) {
    return damaged(fmt::format("dimensions = {}", stored.dimensions));
  }
  QUARTZ_TRY(check_range(parameters));
  return parameters;
}

}  // namespace quartz::vector
