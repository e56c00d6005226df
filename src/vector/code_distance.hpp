#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/coding.hpp"
#include "vector/distance_kernels.hpp"

namespace quartz::vector {

/// What the sum of products of two codes has to be multiplied with, and what is added, to become a
/// distance. It stands behind the numbers of a query that has a range of its own.
struct QueryTerms {
  double constant = 0;
  double per_sum = 0;      // For each unit of the sum of the code's numbers.
  double per_product = 0;  // For each unit of the products of query and code.
};

/// The distance between what a `Quantizer` has made of two vectors: a kernel and what turns its
/// result into a distance, for loops over many codes. The call is inline except for the kernel's
/// own, and branches only the way that it always branches. Made by `Quantizer::code_distance` and
/// `query_distance`, which say what belongs on either side; independent of the quantizer from then
/// on. Threads: any number.
class CodeDistance {
 public:
  using FloatKernel = DistanceKernels::FloatKernel;
  using IntegerKernel = DistanceKernels::IntegerKernel;
  /// For one code, and for four if there is such a kernel.
  struct IntegerKernels {
    IntegerKernel one = nullptr;
    DistanceKernels::IntegerKernelOf4 four = nullptr;
  };

  /// scale * kernel.
  static CodeDistance of_floats(FloatKernel kernel, std::size_t n, double scale,
                                std::size_t code_bytes) noexcept {
    CodeDistance distance(Form::floats, n, code_bytes);
    distance.float_kernel_ = kernel;
    distance.scale_ = static_cast<float>(scale);
    return distance;
  }
  /// offset + scale * kernel.
  static CodeDistance of_integers(const IntegerKernels& kernels, std::size_t n, double offset,
                                  double scale, std::size_t code_bytes) noexcept {
    CodeDistance distance(Form::integers, n, code_bytes);
    distance.integer_kernels_ = kernels;
    distance.offset_ = static_cast<float>(offset);
    distance.scale_ = static_cast<float>(scale);
    return distance;
  }
  /// Both sides have the sum of their numbers at `sum_offset`: constant + per_sum * (both sums) +
  /// per_product * kernel.
  static CodeDistance with_sums(const IntegerKernels& kernels, std::size_t n,
                                const QueryTerms& terms, std::size_t sum_offset,
                                std::size_t code_bytes) noexcept {
    CodeDistance distance(Form::sums, n, code_bytes);
    distance.integer_kernels_ = kernels;
    distance.terms_ = terms;
    distance.sum_offset_ = sum_offset;
    return distance;
  }
  /// As above, with the terms at `sum_offset` of the query, and the code's sum alone.
  static CodeDistance with_query_terms(const IntegerKernels& kernels, std::size_t n,
                                       std::size_t sum_offset, std::size_t code_bytes) noexcept {
    CodeDistance distance(Form::query_terms, n, code_bytes);
    distance.integer_kernels_ = kernels;
    distance.sum_offset_ = sum_offset;
    return distance;
  }

  /// Smaller is nearer.
  float operator()(const std::byte* query, const std::byte* code) const noexcept {
    if (form_ == Form::floats) return scale_ * float_kernel_(query, code, n_);
    return of_result(integer_kernels_.one(query, code, n_), query, code);
  }

  /// To four codes at once: the same distances, sooner where there is a kernel for it.
  void of_4(const std::byte* query, const std::byte* const* codes,
            float* distances) const noexcept {
    if (integer_kernels_.four == nullptr) {
      for (std::size_t i = 0; i < 4; ++i) distances[i] = (*this)(query, codes[i]);
      return;
    }
    std::uint32_t results[4];
    integer_kernels_.four(query, codes, n_, results);
    for (std::size_t i = 0; i < 4; ++i) distances[i] = of_result(results[i], query, codes[i]);
  }

  /// Starts to bring near a code that will be asked for soon: its beginning, from where the
  /// processor goes on by itself. More would be more than it can have under way.
  void prefetch(const std::byte* code) const noexcept {
    constexpr std::size_t kCacheLineBytes = 64;
    const std::size_t end = std::min(code_bytes_, 4 * kCacheLineBytes);
    for (std::size_t i = 0; i < end; i += kCacheLineBytes) __builtin_prefetch(code + i);
  }

 private:
  enum class Form : std::uint8_t { floats, integers, sums, query_terms };

  CodeDistance(Form form, std::size_t n, std::size_t code_bytes) noexcept
      : form_(form), n_(n), code_bytes_(code_bytes) {}

  std::uint32_t sum_of(const std::byte* code) const noexcept {
    return load<std::uint32_t>(code + sum_offset_);
  }
  // The distance that the result of an integer kernel stands for.
  float of_result(std::uint32_t result, const std::byte* query,
                  const std::byte* code) const noexcept {
    if (form_ == Form::integers) return offset_ + scale_ * static_cast<float>(result);
    if (form_ == Form::sums) {
      return with_terms(terms_, std::uint64_t{sum_of(query)} + sum_of(code), result);
    }
    QueryTerms terms;
    std::memcpy(&terms, query + sum_offset_, sizeof(terms));
    return with_terms(terms, sum_of(code), result);
  }
  // In double precision, because the terms may be much larger than their sum.
  static float with_terms(const QueryTerms& terms, std::uint64_t sum,
                          std::uint32_t products) noexcept {
    return static_cast<float>(terms.constant +
                              terms.per_sum * static_cast<double>(static_cast<std::int64_t>(sum)) +
                              terms.per_product * static_cast<double>(products));
  }

  Form form_;
  float offset_ = 0;
  float scale_ = 0;
  std::size_t n_;
  std::size_t code_bytes_;
  std::size_t sum_offset_ = 0;
  FloatKernel float_kernel_ = nullptr;
  IntegerKernels integer_kernels_;
  QueryTerms terms_;
};

}  // namespace quartz::vector
