#pragma once

#include <cstddef>
#include <cstdint>

#include "vector/instruction_set.hpp"

namespace quartz::vector {

/// The loops that every distance comes down to, for one set of instructions. All of them take two
/// vectors where they lie and their number of components, which may be zero. Any alignment will do;
/// vectors that begin at multiples of 64 bytes are read fastest. Nothing behind the last component
/// is read. Threads: any number.
///
/// Components are f32, f16, bf16 (see float16.hpp), u8, u4 (two in a byte, the lower four bits
/// first; the upper four of the last byte are ignored if there is an odd number of them) or bits.
///
/// Results in floating point are sums of single precision in an order of the kernel's own: their
/// error is a few rounding steps of the sum of the terms' magnitudes, and they are finite wherever
/// that sum is. bf16 components below 2^-126 may count as zero. Results in integers are exact, for
/// at most `kComponentsMax` components.
struct DistanceKernels {
  using FloatKernel = float (*)(const std::byte* a, const std::byte* b, std::size_t n) noexcept;
  using IntegerKernel = std::uint32_t (*)(const std::byte* a, const std::byte* b,
                                          std::size_t n) noexcept;
  /// From one vector to four others at once, which saves a good part of what each would take.
  using IntegerKernelOf4 = void (*)(const std::byte* a, const std::byte* const* b, std::size_t n,
                                    std::uint32_t* results) noexcept;

  /// Squares of the largest u8 component, so many of them, still fit into the result.
  static constexpr std::size_t kComponentsMax = 65536;

  InstructionSet instruction_set;

  // Sums of (a - b)^2.
  FloatKernel squared_l2_f32;
  FloatKernel squared_l2_f32_f16;
  FloatKernel squared_l2_f16;
  FloatKernel squared_l2_f32_bf16;
  FloatKernel squared_l2_bf16;
  IntegerKernel squared_l2_u8;
  IntegerKernel squared_l2_u4;
  IntegerKernelOf4 squared_l2_u8_of_4;

  // Sums of a * b.
  FloatKernel dot_f32;
  FloatKernel dot_f32_f16;
  FloatKernel dot_f16;
  FloatKernel dot_f32_bf16;
  FloatKernel dot_bf16;
  FloatKernel dot_f32_u8;
  FloatKernel dot_f32_u4;
  IntegerKernel dot_u8;
  IntegerKernel dot_u4;
  IntegerKernelOf4 dot_u8_of_4;

  /// How many bits differ; here, `n` counts bytes.
  IntegerKernel hamming;
};

/// The kernels of `set`, which must be among `supported_instruction_sets()`.
const DistanceKernels& distance_kernels(InstructionSet set) noexcept;

/// Those of the best set.
const DistanceKernels& distance_kernels() noexcept;

}  // namespace quartz::vector
