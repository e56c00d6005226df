#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "quartz/vector/metric.hpp"
#include "quartz/vector/quantization.hpp"
#include "vector/quantizer.hpp"

namespace quartz::vector {

/// Vectors to train and search with, one after another.
struct Sample {
  std::size_t dimensions;
  std::vector<float> components;

  std::size_t count() const noexcept { return components.size() / dimensions; }
  std::span<float> operator[](std::size_t i) noexcept {
    return std::span(components).subspan(i * dimensions, dimensions);
  }
  std::span<const float> operator[](std::size_t i) const noexcept {
    return std::span(components).subspan(i * dimensions, dimensions);
  }
};

/// Components of about normal distribution, the same for the same seed.
Sample normal_sample(std::uint64_t seed, std::size_t count, std::size_t dimensions, float mean = 0,
                     float deviation = 1);

/// Each vector scaled to length 1.
Sample normalised(Sample sample);

/// What a metric says of two vectors in double precision, smaller being nearer: the squared
/// distance, 1 minus the product of vectors of length 1, or the negative product.
double exact_distance(Metric metric, std::span<const float> a, std::span<const float> b);

inline constexpr Metric kMetrics[] = {Metric::cosine, Metric::l2, Metric::dot};
inline constexpr Quantization kQuantizations[] = {Quantization::none, Quantization::f16,
                                                  Quantization::bf16, Quantization::sq8,
                                                  Quantization::sq4,  Quantization::bit1};

/// Made for the sample.
inline Quantizer trained(Metric metric, Quantization quantization, const Sample& sample) {
  return Quantizer::train(metric, quantization, sample.dimensions, sample.components).value();
}

}  // namespace quartz::vector
