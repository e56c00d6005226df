#include "bench/client/allocation_count.hpp"

#include <cstddef>

namespace {

// In a program, not in a shared library: to reach it must not take memory.
thread_local std::uint64_t allocations = 0;

}  // namespace

// The allocation functions of glibc under the names that it keeps for those who put functions of
// their own before them. `free` needs none: what it frees comes from the same place.
extern "C" {

// NOLINTBEGIN(readability-identifier-naming, bugprone-reserved-identifier): they are glibc's.
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
// NOLINTEND(readability-identifier-naming, bugprone-reserved-identifier)

void* malloc(std::size_t size) noexcept {
  ++allocations;
  return __libc_malloc(size);
}

void* calloc(std::size_t count, std::size_t size) noexcept {
  ++allocations;
  return __libc_calloc(count, size);
}

void* realloc(void* memory, std::size_t size) noexcept {
  ++allocations;
  return __libc_realloc(memory, size);
}

// Asio takes its memory by this one, without `new`.
void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  ++allocations;
  return __libc_memalign(alignment, size);
}

}  // extern "C"

namespace quartz::bench {

std::uint64_t allocation_count() { return allocations; }

}  // namespace quartz::bench
