#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace quartz {

/// The bytes of a file, of which only pages that are not all zeros need be held. A copy
/// shares its pages with the original until one of them changes them, so that an image of a file
/// costs a pointer a page. Threads: one at a time, copies included.
class SparseBytes {
 public:
  static constexpr std::size_t kPageBytes = 4096;
  using Page = std::array<std::byte, kPageBytes>;

  std::size_t size() const noexcept { return size_; }
  /// What is cut off is gone: where the bytes grow again there are zeros.
  void resize(std::size_t bytes);
  /// Returns how many bytes there were.
  std::size_t read_at(std::size_t offset, std::span<std::byte> into) const;
  /// Grows the bytes if they end before. A page that does not change by it stays shared.
  void write_at(std::size_t offset, std::span<const std::byte> bytes);

  /// From this page on there are zeros only.
  std::size_t pages() const noexcept { return pages_.size(); }
  /// Of any page; zeros beyond the end.
  const Page& page(std::size_t index) const;
  /// Makes a page, within the size of both, that of `other`, without copying it.
  void share_page(std::size_t index, const SparseBytes& other);
  /// Whether the first `bytes` of both are the same on one page. Cost: nothing if they share it.
  bool same_page(std::size_t index, const SparseBytes& other, std::size_t bytes = kPageBytes) const;

 private:
  Page& own_page(std::size_t index);

  std::size_t size_ = 0;
  std::vector<std::shared_ptr<Page>> pages_;  // Null: zeros, as are all beyond the last.
};

}  // namespace quartz
