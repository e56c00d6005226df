#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/random.hpp"

namespace quartz::vector {

/// How the components of an operand are stored.
enum class Form { f32, f16, bf16, u8, u4 };

/// A vector in memory, for a kernel to read, and what its components are, for the test to know.
/// It ends where its block of memory ends, so that a sanitizer sees who reads on.
class Operand {
 public:
  /// Components in floating point, rounded to the form; they begin `offset` bytes into the block.
  Operand(Form form, std::span<const float> components, std::size_t offset = 0);
  /// Whole numbers that fit into the form. With an odd number of u4, the four bits that are left
  /// over are not zero.
  Operand(Form form, std::span<const std::uint8_t> components, std::size_t offset = 0);

  const std::byte* data() const noexcept { return block_.data() + offset_; }
  std::size_t size_bytes() const noexcept { return block_.size() - offset_; }
  const std::vector<double>& values() const noexcept { return values_; }

 private:
  std::size_t offset_;
  std::vector<std::byte> block_;
  std::vector<double> values_;
};

/// Uniform in [-magnitude, magnitude).
std::vector<float> random_floats(Random& random, std::size_t count, float magnitude = 1);

/// Uniform in [0, bound).
std::vector<std::uint8_t> random_numbers(Random& random, std::size_t count, unsigned bound);

/// All lengths up to 130, and some on either side of the steps of every kernel beyond.
std::vector<std::size_t> lengths();

}  // namespace quartz::vector
