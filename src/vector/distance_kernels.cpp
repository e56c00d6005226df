#include "vector/distance_kernels.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "vector/distance_tables.hpp"

namespace quartz::vector {

const DistanceKernels& distance_kernels(InstructionSet set) noexcept {
  const auto supported = supported_instruction_sets();
  QUARTZ_CHECK(std::find(supported.begin(), supported.end(), set) != supported.end());
  switch (set) {
#if defined(__x86_64__)
    case InstructionSet::sse4:
      return sse4_kernels();
    case InstructionSet::avx2:
      return avx2_kernels();
    case InstructionSet::avx512:
      return avx512_kernels();
#elif defined(__aarch64__)
    case InstructionSet::neon:
      return neon_kernels();
#endif
    default:
      return plain_kernels();
  }
}

const DistanceKernels& distance_kernels() noexcept {
  static const DistanceKernels& best = distance_kernels(best_instruction_set());
  return best;
}

}  // namespace quartz::vector
