#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "vector/quantizer.hpp"

namespace quartz::vector {

/// A query that stays in single precision beside codes of whole numbers, so that its distances have
/// no error but the codes' own: for choosing among the candidates of a search with
/// `query_distance`, where the vectors themselves are not at hand. It costs a few times as much.
/// With `bit1`, and where codes are in floating point, it is the same as `query_distance`.
///
/// A plain value, independent of the quantizer. Threads: any number.
class FloatQuery {
 public:
  /// `query` is what `Quantizer::encode_query` takes.
  FloatQuery(const Quantizer& quantizer, std::span<const float> query);

  /// From the query to a code of the quantizer; smaller is nearer.
  float distance(const std::byte* code) const noexcept;

 private:
  CodeDistance encoded_distance_;
  std::vector<std::byte> query_;                     // Encoded, or the factors in single precision.
  DistanceKernels::FloatKernel product_ = nullptr;   // Of factors and numbers; none if encoded.
  DistanceKernels::IntegerKernel square_ = nullptr;  // Of numbers, where squares matter.
  std::size_t dimensions_;
  double constant_ = 0;
  double per_product_ = 0;
  double per_square_ = 0;
};

}  // namespace quartz::vector
