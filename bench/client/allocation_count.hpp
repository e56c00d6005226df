#pragma once

#include <cstdint>

namespace quartz::bench {

/// How many times the calling thread has asked for memory so far, by `malloc`, `calloc`, `realloc`
/// or `aligned_alloc`, and so also by `new`; in shared libraries, too. A program that links this
/// has functions of these names that count, in front of those of glibc.
std::uint64_t allocation_count();

}  // namespace quartz::bench
