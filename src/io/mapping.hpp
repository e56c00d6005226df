#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "quartz/result.hpp"

namespace quartz::io {

/// A range of mapped memory, unmapped with its owner. Move-only.
class Mapping {
 public:
  /// What a range of memory is made of. Huge pages spare TLB misses where all of it is used, and
  /// waste memory where little is.
  enum class Pages : std::uint8_t { automatic, small };
  static constexpr std::size_t kHugePageBytes = std::size_t{2} << 20;
  /// Private zeroed memory. `automatic`: advised for huge pages from the size of one on, and then
  /// also aligned to it. `bytes` is rounded up to whole pages.
  static Result<Mapping> anonymous(std::size_t bytes, Pages pages = Pages::automatic);
  /// Address space for `bytes` that begins at a huge page, to be mapped over; nothing if the system
  /// has none. Not accessible, and the caller's to unmap.
  static std::byte* reserve_for_huge_pages(std::size_t bytes) noexcept;
  /// Takes over an existing mapping; `release` gets exactly these two arguments.
  using Release = void (*)(std::byte* base, std::size_t bytes) noexcept;
  Mapping(std::byte* base, std::size_t bytes, Release release) noexcept
      : base_(base), bytes_(bytes), release_(release) {}

  Mapping() noexcept = default;
  Mapping(Mapping&& other) noexcept
      : base_(std::exchange(other.base_, nullptr)),
        bytes_(std::exchange(other.bytes_, 0)),
        release_(std::exchange(other.release_, nullptr)) {}
  Mapping& operator=(Mapping&& other) noexcept {
    std::swap(base_, other.base_);
    std::swap(bytes_, other.bytes_);
    std::swap(release_, other.release_);
    return *this;
  }
  ~Mapping();

  std::byte* data() const noexcept { return base_; }
  std::size_t size() const noexcept { return bytes_; }
  std::span<std::byte> bytes() const noexcept { return {base_, bytes_}; }

  /// Faults the pages of [offset, offset + bytes) in for writing, so that the first touch does not.
  /// Best effort: an old kernel ignores it. Threads: any, beside writers to the same pages.
  void populate(std::size_t offset, std::size_t bytes) const noexcept;

  /// Of a mapped file: takes all pages out of the mapping at once; they stay in the system's cache,
  /// and the next touch brings them back. Before a sync this spares it to stop the writing to them
  /// page by page, each time with an interrupt to every core that runs the process. Threads: any,
  /// beside readers and writers.
  void release_pages() const noexcept;
  /// The first `bytes` again, for reading only, before somebody touches them. Best effort.
  void populate_for_reading(std::size_t bytes) const noexcept;

 private:
  std::byte* base_ = nullptr;
  std::size_t bytes_ = 0;
  Release release_ = nullptr;
};

}  // namespace quartz::io
