#include <algorithm>
#include <cstring>

#include "base/check.hpp"
#include "vector/code_packing.hpp"
#include "vector/quantizer.hpp"

// How far the codes and queries of a quantizer are from each other.

namespace quartz::vector {
namespace {

// The whole width of one vector, and no more.
AffineRange range_of(std::span<const float> vector, unsigned steps) noexcept {
  const auto [low, high] = std::minmax_element(vector.begin(), vector.end());
  return {*low, std::max(kStepMin, (*high - *low) / static_cast<float>(steps))};
}

// The negative product of two vectors is a sum over their numbers x and y, where a component is
// minimum + step * x. This leaves out the sum over the query's y alone.
QueryTerms negative_product(const AffineRange& query, const AffineRange& code,
                            std::size_t n) noexcept {
  return {.constant = -static_cast<double>(n) * query.minimum * code.minimum,
          .per_sum = -double{query.minimum} * code.step,
          .per_product = -double{query.step} * code.step};
}

struct FloatKernels {
  DistanceKernels::FloatKernel dot;
  DistanceKernels::FloatKernel squared_l2;
};

FloatKernels between_codes(Quantization quantization) noexcept {
  const DistanceKernels& kernels = distance_kernels();
  switch (quantization) {
    case Quantization::f16:
      return {kernels.dot_f16, kernels.squared_l2_f16};
    case Quantization::bf16:
      return {kernels.dot_bf16, kernels.squared_l2_bf16};
    default:
      return {kernels.dot_f32, kernels.squared_l2_f32};
  }
}

FloatKernels from_floats(Quantization quantization) noexcept {
  const DistanceKernels& kernels = distance_kernels();
  switch (quantization) {
    case Quantization::f16:
      return {kernels.dot_f32_f16, kernels.squared_l2_f32_f16};
    case Quantization::bf16:
      return {kernels.dot_f32_bf16, kernels.squared_l2_f32_bf16};
    default:
      return {kernels.dot_f32, kernels.squared_l2_f32};
  }
}

CodeDistance::IntegerKernels squared_l2_of_numbers(Quantization quantization) noexcept {
  const DistanceKernels& kernels = distance_kernels();
  if (quantization == Quantization::sq4) return {.one = kernels.squared_l2_u4, .four = nullptr};
  return {.one = kernels.squared_l2_u8, .four = kernels.squared_l2_u8_of_4};
}

CodeDistance::IntegerKernels dot_of_numbers(Quantization quantization) noexcept {
  const DistanceKernels& kernels = distance_kernels();
  if (quantization == Quantization::sq4) return {.one = kernels.dot_u4, .four = nullptr};
  return {.one = kernels.dot_u8, .four = kernels.dot_u8_of_4};
}

CodeDistance float_distance(Metric metric, const FloatKernels& kernels, std::size_t dimensions,
                            std::size_t code_bytes) noexcept {
  if (metric == Metric::dot) {
    return CodeDistance::of_floats(kernels.dot, dimensions, -1, code_bytes);
  }
  return CodeDistance::of_floats(kernels.squared_l2, dimensions, metric == Metric::cosine ? 0.5 : 1,
                                 code_bytes);
}

}  // namespace

void Quantizer::encode_query(std::span<const float> vector, std::byte* query) const noexcept {
  QUARTZ_CHECK(vector.size() == dimensions());
  if (is_floating()) {
    std::memcpy(query, vector.data(), vector.size_bytes());
  } else if (has_sums()) {
    const AffineRange own =
        range_of(vector, quantization() == Quantization::sq8 ? kStepsU8 : kStepsU4);
    const std::uint32_t sum = pack(own, vector, query);
    QueryTerms terms = negative_product(own, range(), dimensions());
    terms.constant -= double{range().minimum} * own.step * sum;
    std::memcpy(query + packed_bytes(), &terms, sizeof(terms));
  } else {
    pack(range(), vector, query);
  }
}

CodeDistance Quantizer::code_distance() const noexcept {
  if (is_floating()) {
    return float_distance(metric(), between_codes(quantization()), dimensions(), code_bytes());
  }
  if (quantization() == Quantization::bit1) return bit_distance();
  if (has_sums()) {
    return CodeDistance::with_sums(dot_of_numbers(quantization()), dimensions(),
                                   negative_product(range(), range(), dimensions()), packed_bytes(),
                                   code_bytes());
  }
  const double square = double{range().step} * range().step;
  return CodeDistance::of_integers(squared_l2_of_numbers(quantization()), dimensions(), 0,
                                   metric() == Metric::cosine ? square / 2 : square, code_bytes());
}

CodeDistance Quantizer::query_distance() const noexcept {
  if (is_floating()) {
    return float_distance(metric(), from_floats(quantization()), dimensions(), code_bytes());
  }
  if (!has_sums()) return code_distance();
  return CodeDistance::with_query_terms(dot_of_numbers(quantization()), dimensions(),
                                        packed_bytes(), code_bytes());
}

// Where bits differ, components differ by a step. For `dot` both values are half a step from zero,
// so that equal bits add the square of that to the product, and others take it away.
CodeDistance Quantizer::bit_distance() const noexcept {
  const double square = double{range().step} * range().step;
  const auto n = static_cast<double>(dimensions());
  const double offset = metric() == Metric::dot ? -n * square / 4 : 0;
  const double scale = metric() == Metric::l2 ? square : square / 2;
  return CodeDistance::of_integers({.one = distance_kernels().hamming, .four = nullptr},
                                   packed_bytes(), offset, scale, code_bytes());
}

}  // namespace quartz::vector
