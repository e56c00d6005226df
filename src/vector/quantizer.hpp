#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "quartz/result.hpp"
#include "quartz/vector/metric.hpp"
#include "quartz/vector/quantization.hpp"
#include "vector/affine_range.hpp"
#include "vector/code_distance.hpp"
#include "vector/quantizer_parameters.hpp"

namespace quartz::vector {

/// Whether codes depend on the sample that a quantizer was trained with.
constexpr bool needs_training(Quantization quantization) noexcept {
  return quantization > Quantization::bf16;
}

/// Turns vectors into codes, and says how far codes are from each other. Vectors are what
/// `check_components` accepts and, for `cosine`, what `normalise` has made.
///
/// Distances are smaller for what is nearer, and approximate, so that they can be merged with exact
/// ones: for `l2` the squared distance, for `dot` the negative dot product, and for `cosine` 1
/// minus the cosine, taken as half the squared distance of the vectors of length 1. They are the
/// distances of what `decode` gives for the codes, up to the rounding of their computation. With
/// `bit1`, whose components have one of two values, that is a scaled count of the bits that differ:
/// it has the right size on average and little more.
///
/// Codes are `code_bytes()` long, may lie anywhere, and are read fastest at multiples of 64 bytes.
/// Codes of one quantizer mean nothing to another with other parameters.
///
/// A plain value. Threads: any number.
class Quantizer {
 public:
  /// A quantizer whose codes suit `sample`: whole vectors, one after another, like those that will
  /// be encoded. Some thousands are enough. `sq8`, `sq4` and `bit1` learn their range from it (see
  /// affine_range.hpp), and take -1 to 1 without one; the others only look at it for mistakes.
  ///
  /// `invalid_argument` if there are no or too many dimensions, the metric or quantization does not
  /// exist, the sample is not of whole vectors, or a vector of it, which is named, is refused by
  /// `check_components` or too large for `f16`.
  static Result<Quantizer> train(Metric metric, Quantization quantization, std::size_t dimensions,
                                 std::span<const float> sample);

  /// The quantizer that gave these `parameters()`. `unsupported` if their version is not known, and
  /// `corruption` names the field that cannot be what a quantizer has written.
  static Result<Quantizer> from_parameters(std::span<const std::byte> parameters);

  /// All that has to be stored with the codes; docs/formats/quantizer.md gives the layout.
  std::array<std::byte, kQuantizerParametersBytes> parameters() const noexcept;

  Metric metric() const noexcept { return parameters_.metric; }
  Quantization quantization() const noexcept { return parameters_.quantization; }
  std::size_t dimensions() const noexcept { return parameters_.dimensions; }
  /// What the numbers of `sq8`, `sq4` and `bit1` stand for.
  const AffineRange& range() const noexcept { return parameters_.range; }

  /// Length of a code.
  std::size_t code_bytes() const noexcept;
  /// Writes the code of a vector of `dimensions()` components. Components outside of what the codes
  /// can hold become the nearest that they can.
  void encode(std::span<const float> vector, std::byte* code) const noexcept;
  /// The vector that the code stands for.
  void decode(const std::byte* code, std::span<float> vector) const noexcept;

  /// Length of a query, for searching: not a code, but something that is compared with codes faster
  /// or more exactly than a code would be. Floating point stays in single precision; for `dot`,
  /// `sq8` and `sq4` have a range for each query, because queries may be much longer than what is
  /// stored.
  std::size_t query_bytes() const noexcept;
  void encode_query(std::span<const float> vector, std::byte* query) const noexcept;

  /// Takes two codes.
  CodeDistance code_distance() const noexcept;
  /// Takes a query, first, and a code.
  CodeDistance query_distance() const noexcept;
  /// Between two codes. A loop had better keep the `code_distance()`.
  float distance(const std::byte* a, const std::byte* b) const noexcept {
    return code_distance()(a, b);
  }

 private:
  explicit Quantizer(const QuantizerParameters& parameters) noexcept : parameters_(parameters) {}

  bool is_floating() const noexcept { return !needs_training(quantization()); }
  // Products of numbers become products of components only with the sums of the numbers.
  bool has_sums() const noexcept;
  std::size_t packed_bytes() const noexcept;
  std::uint32_t pack(const AffineRange& range, std::span<const float> vector,
                     std::byte* to) const noexcept;
  CodeDistance bit_distance() const noexcept;

  QuantizerParameters parameters_;
};

}  // namespace quartz::vector
