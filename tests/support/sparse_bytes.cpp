#include "support/sparse_bytes.hpp"

#include <algorithm>
#include <cstring>

namespace quartz {
namespace {

constexpr SparseBytes::Page kZeros{};

}  // namespace

void SparseBytes::resize(std::size_t bytes) {
  if (bytes < size_) {
    const std::size_t whole = bytes / kPageBytes;
    const std::size_t rest = bytes % kPageBytes;
    pages_.resize(std::min(pages_.size(), whole + (rest > 0 ? 1 : 0)));
    if (rest > 0 && whole < pages_.size() && pages_[whole]) {
      std::ranges::fill(std::span(own_page(whole)).subspan(rest), std::byte{});
    }
  }
  size_ = bytes;
}

std::size_t SparseBytes::read_at(std::size_t offset, std::span<std::byte> into) const {
  if (offset >= size_) return 0;
  into = into.first(std::min(into.size(), size_ - offset));
  for (std::size_t done = 0; done < into.size();) {
    const std::size_t start = (offset + done) % kPageBytes;
    const std::size_t bytes = std::min(kPageBytes - start, into.size() - done);
    std::memcpy(into.data() + done, page((offset + done) / kPageBytes).data() + start, bytes);
    done += bytes;
  }
  return into.size();
}

void SparseBytes::write_at(std::size_t offset, std::span<const std::byte> bytes) {
  if (bytes.empty()) return;
  size_ = std::max(size_, offset + bytes.size());
  while (!bytes.empty()) {
    const std::size_t index = offset / kPageBytes;
    const std::size_t start = offset % kPageBytes;
    const std::size_t part = std::min(kPageBytes - start, bytes.size());
    if (std::memcmp(page(index).data() + start, bytes.data(), part) != 0) {
      std::memcpy(own_page(index).data() + start, bytes.data(), part);
    }
    offset += part;
    bytes = bytes.subspan(part);
  }
}

const SparseBytes::Page& SparseBytes::page(std::size_t index) const {
  return index < pages_.size() && pages_[index] ? *pages_[index] : kZeros;
}

void SparseBytes::share_page(std::size_t index, const SparseBytes& other) {
  const auto shared = index < other.pages_.size() ? other.pages_[index] : nullptr;
  if (shared && index >= pages_.size()) pages_.resize(index + 1);
  if (index < pages_.size()) pages_[index] = shared;
}

bool SparseBytes::same_page(std::size_t index, const SparseBytes& other, std::size_t bytes) const {
  const Page& mine = page(index);
  const Page& others = other.page(index);
  return &mine == &others || std::memcmp(mine.data(), others.data(), bytes) == 0;
}

SparseBytes::Page& SparseBytes::own_page(std::size_t index) {
  if (index >= pages_.size()) pages_.resize(index + 1);
  std::shared_ptr<Page>& own = pages_[index];
  if (own.use_count() != 1) own = std::make_shared<Page>(own ? *own : kZeros);
  return *own;
}

}  // namespace quartz
