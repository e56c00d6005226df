#include "vector/float_query.hpp"

#include <algorithm>
#include <cstring>

namespace quartz::vector {

// A component of a code is minimum + step * x. So the product with a query q is
//     minimum * sum(q) + step * sum(q x),
// and the square of the distance, with p = q - minimum,
//     sum(p^2) - 2 * step * sum(p x) + step^2 * sum(x^2).
FloatQuery::FloatQuery(const Quantizer& quantizer, std::span<const float> query)
    : encoded_distance_(quantizer.query_distance()), dimensions_(quantizer.dimensions()) {
  const bool is_u8 = quantizer.quantization() == Quantization::sq8;
  if (!is_u8 && quantizer.quantization() != Quantization::sq4) {
    query_.resize(quantizer.query_bytes());
    quantizer.encode_query(query, query_.data());
    return;
  }
  const DistanceKernels& kernels = distance_kernels();
  const double minimum = quantizer.range().minimum;
  const double step = quantizer.range().step;
  product_ = is_u8 ? kernels.dot_f32_u8 : kernels.dot_f32_u4;
  query_.resize(query.size_bytes());
  if (quantizer.metric() == Metric::dot) {
    double sum = 0;
    for (const float component : query) sum += component;
    constant_ = -minimum * sum;
    per_product_ = -step;
    std::memcpy(query_.data(), query.data(), query.size_bytes());
    return;
  }
  std::vector<float> shifted(query.size());
  double squares = 0;
  for (std::size_t i = 0; i < query.size(); ++i) {
    shifted[i] = static_cast<float>(double{query[i]} - minimum);
    squares += double{shifted[i]} * double{shifted[i]};
  }
  const double scale = quantizer.metric() == Metric::cosine ? 0.5 : 1;
  square_ = is_u8 ? kernels.dot_u8 : kernels.dot_u4;
  constant_ = scale * squares;
  per_product_ = scale * -2 * step;
  per_square_ = scale * step * step;
  std::memcpy(query_.data(), shifted.data(), query.size_bytes());
}

float FloatQuery::distance(const std::byte* code) const noexcept {
  if (product_ == nullptr) return encoded_distance_(query_.data(), code);
  const double distance =
      constant_ + per_product_ * double{product_(query_.data(), code, dimensions_)};
  if (square_ == nullptr) return static_cast<float>(distance);
  // Rounding can lead below zero where the query is the code.
  const double squares = per_square_ * static_cast<double>(square_(code, code, dimensions_));
  return static_cast<float>(std::max(0.0, distance + squares));
}

}  // namespace quartz::vector
