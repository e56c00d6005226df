#pragma once

#include "vector/distance_kernels.hpp"

namespace quartz::vector {

// What `distance_kernels` chooses from, each from a source file of its own. A table must be used
// only where the processor has its instructions. The basic ones are what is left of a table where
// the processor lacks instructions beyond the set that single kernels would use.

const DistanceKernels& plain_kernels() noexcept;
#if defined(__x86_64__)
const DistanceKernels& sse4_kernels() noexcept;
const DistanceKernels& avx2_kernels() noexcept;
const DistanceKernels& avx512_kernels() noexcept;
const DistanceKernels& avx512_basic_kernels() noexcept;
#elif defined(__aarch64__)
const DistanceKernels& neon_kernels() noexcept;
const DistanceKernels& neon_basic_kernels() noexcept;
#endif

}  // namespace quartz::vector
