#include "io/mapping.hpp"

#include <cerrno>
#include <limits>
#include <string>
#include <sys/mman.h>
#include <unistd.h>

#include "base/check.hpp"
#include "base/coding.hpp"
#include "io/descriptor.hpp"

namespace quartz::io {
namespace {

// MADV_POPULATE_READ and _WRITE, Linux 5.14; older headers lack them.
constexpr int kPopulateRead = 22;
constexpr int kPopulateWrite = 23;

std::size_t page_bytes() noexcept {
  static const auto bytes = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  return bytes;
}

void unmap(std::byte* base, std::size_t bytes) noexcept { ::munmap(base, bytes); }

// Gives the parts of [base, base + reserved) outside [kept, kept + bytes) back.
void trim(std::byte* base, std::size_t reserved, std::byte* kept, std::size_t bytes) noexcept {
  const auto before = static_cast<std::size_t>(kept - base);
  const std::size_t after = reserved - before - bytes;
  if (before > 0) unmap(base, before);
  if (after > 0) unmap(kept + bytes, after);
}

}  // namespace

std::byte* Mapping::reserve_for_huge_pages(std::size_t bytes) noexcept {
  if (bytes > std::numeric_limits<std::size_t>::max() - page_bytes() - kHugePageBytes) {
    return nullptr;
  }
  // The system aligns to small pages only, so ask for one huge page more and cut off what is
  // around.
  const std::size_t kept_bytes = round_up(bytes, page_bytes());
  const std::size_t reserved = kept_bytes + kHugePageBytes;
  void* const mapped = ::mmap(nullptr, reserved, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) return nullptr;
  auto* const base = static_cast<std::byte*>(mapped);
  // The highest place: the next reservation ends where this one begins, and both become one area.
  const auto last = reinterpret_cast<std::uintptr_t>(base) + reserved - kept_bytes;
  std::byte* const aligned =
      base + (last / kHugePageBytes * kHugePageBytes - reinterpret_cast<std::uintptr_t>(base));
  trim(base, reserved, aligned, kept_bytes);
  return aligned;
}

Result<Mapping> Mapping::anonymous(std::size_t bytes, Pages pages) {
  if (bytes == 0) return Mapping();
  const bool huge = pages == Pages::automatic && bytes >= kHugePageBytes;
  const auto refused = [&](int error) {
    return system_error("anonymous memory", "map " + std::to_string(bytes) + " bytes", error);
  };
  if (bytes > std::numeric_limits<std::size_t>::max() - page_bytes()) return refused(ENOMEM);
  const std::size_t kept_bytes = round_up(bytes, page_bytes());
  constexpr int kAccess = PROT_READ | PROT_WRITE;
  if (huge) {
    std::byte* const base = reserve_for_huge_pages(bytes);
    if (base == nullptr) return refused(ENOMEM);
    Mapping mapping(base, kept_bytes, &unmap);
    if (::mprotect(base, kept_bytes, kAccess) != 0) return refused(errno);
    // Advice only: without huge pages the memory is the same, and slower.
    (void)::madvise(base, kept_bytes, MADV_HUGEPAGE);
    return mapping;
  }
  void* const mapped = ::mmap(nullptr, kept_bytes, kAccess, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) return refused(errno);
  if (pages == Pages::small) {
    (void)::madvise(mapped, kept_bytes, MADV_NOHUGEPAGE);  // Where all memory gets them unasked.
  }
  return Mapping(static_cast<std::byte*>(mapped), kept_bytes, &unmap);
}

Mapping::~Mapping() {
  if (release_ != nullptr) release_(base_, bytes_);
}

void Mapping::populate(std::size_t offset, std::size_t bytes) const noexcept {
  QUARTZ_CHECK(offset <= bytes_);
  QUARTZ_CHECK(bytes <= bytes_ - offset);
  if (bytes == 0) return;
  const std::size_t first = offset & ~(page_bytes() - 1);  // Mappings begin at a page.
  // A full disk or an old kernel fails it, and the first touch then does what it always did.
  (void)::madvise(base_ + first, offset + bytes - first, kPopulateWrite);
}

void Mapping::release_pages() const noexcept {
  if (bytes_ > 0) (void)::madvise(base_, bytes_, MADV_DONTNEED);
}

void Mapping::populate_for_reading(std::size_t bytes) const noexcept {
  QUARTZ_CHECK(bytes <= bytes_);
  if (bytes > 0) (void)::madvise(base_, bytes, kPopulateRead);
}

}  // namespace quartz::io
