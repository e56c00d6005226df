#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "quartz/result.hpp"
#include "quartz/vector/metric.hpp"
#include "quartz/vector/quantization.hpp"
#include "vector/affine_range.hpp"

namespace quartz::vector {

/// Whether the number behind an enumerator is one that this version has.
bool is_known(Metric metric) noexcept;
bool is_known(Quantization quantization) noexcept;

/// All that makes a `Quantizer`, for storing it with its codes.
struct QuantizerParameters {
  Metric metric = Metric::cosine;
  Quantization quantization = Quantization::none;
  std::size_t dimensions = 1;
  AffineRange range;  // As it is by default where components stay in floating point.

  bool operator==(const QuantizerParameters&) const = default;
};

/// Length of parameters in memory; docs/formats/quantizer.md gives the layout.
inline constexpr std::size_t kQuantizerParametersBytes = 16;

std::array<std::byte, kQuantizerParametersBytes> encode_parameters(
    const QuantizerParameters& parameters) noexcept;

/// What `encode_parameters` was given. `unsupported` if the version is not known; `corruption`
/// names the field whose value no quantizer has.
Result<QuantizerParameters> decode_parameters(std::span<const std::byte> bytes);

}  // namespace quartz::vector
