#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace quartz::vector {

/// Sets of processor instructions that distances are computed with, each with a table of kernels.
enum class InstructionSet : std::uint8_t {
  plain,   ///< What the compiler makes of portable C++; runs everywhere.
  sse4,    ///< x86-64 with SSSE3, SSE4.1, SSE4.2 and POPCNT.
  avx2,    ///< x86-64 with AVX2, FMA and F16C.
  avx512,  ///< x86-64 with AVX-512 F, BW, DQ, VL and VNNI.
  neon,    ///< AArch64, all of which has it.
};

/// The set's name as written above, for example "avx512".
std::string_view to_string(InstructionSet set) noexcept;

/// What this build knows and this processor and its system support, slowest first; `plain` always.
std::span<const InstructionSet> supported_instruction_sets() noexcept;

/// The last of them.
InstructionSet best_instruction_set() noexcept;

}  // namespace quartz::vector
