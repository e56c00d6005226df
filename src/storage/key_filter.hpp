#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace quartz::storage {

/// Tells which keys a table certainly does not hold: a split block Bloom filter (Putze, Sanders and
/// Singler, "Cache-, Hash- and Space-Efficient Bloom Filters", WEA 2007), laid out as Apache
/// Parquet's format describes it. A key has eight bits in one block of 32 bytes, so that asking
/// costs one cache miss. With two bytes for each key, one absent key in about 400 seems to be
/// there.
///
/// A view: the bits must outlive it. They are stored, so their meaning must not change.
class KeyFilter {
 public:
  static constexpr std::size_t kBytesPerKey = 2;

  /// The bits of a filter for keys with these hashes, in whole blocks.
  static std::string build(std::span<const std::uint64_t> key_hashes);

  /// Knows nothing: every key may be there.
  KeyFilter() noexcept = default;
  /// What `build` made; bits of another form know nothing.
  explicit KeyFilter(std::string_view bits) noexcept;

  /// False for no key that was among them.
  bool may_contain(std::uint64_t key_hash) const noexcept;
  /// Starts to bring near what `may_contain` will look at.
  void prefetch(std::uint64_t key_hash) const noexcept {
    if (block_count_ != 0) __builtin_prefetch(block(key_hash));
  }

 private:
  static constexpr std::size_t kWords = 8;
  static constexpr std::size_t kBlockBytes = kWords * sizeof(std::uint32_t);

  static std::size_t block_of(std::uint64_t key_hash, std::size_t block_count) noexcept {
    return static_cast<std::size_t>((key_hash >> 32) * block_count >> 32);
  }
  const char* block(std::uint64_t key_hash) const noexcept {
    return blocks_ + block_of(key_hash, block_count_) * kBlockBytes;
  }

  const char* blocks_ = nullptr;
  std::size_t block_count_ = 0;
};

}  // namespace quartz::storage
