#include "storage/key_filter.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

namespace quartz::storage {
namespace {

// Odd factors, one for each word of a block; Parquet's.
constexpr std::array<std::uint32_t, 8> kFactors = {0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d,
                                                   0x705495c7, 0x2df1424b, 0x9efc4947, 0x5c6bfb31};
using Block = std::array<std::uint32_t, kFactors.size()>;

// One bit in each word.
Block bits_of(std::uint64_t key_hash) noexcept {
  Block bits;
  for (std::size_t i = 0; i < bits.size(); ++i) {
    bits[i] = std::uint32_t{1} << (static_cast<std::uint32_t>(key_hash) * kFactors[i] >> 27);
  }
  return bits;
}

}  // namespace

std::string KeyFilter::build(std::span<const std::uint64_t> key_hashes) {
  // One block without a bit says that there are no keys.
  const std::size_t count =
      std::clamp<std::size_t>((key_hashes.size() * kBytesPerKey + kBlockBytes - 1) / kBlockBytes, 1,
                              std::numeric_limits<std::uint32_t>::max());
  std::string filter(count * kBlockBytes, '\0');
  for (const std::uint64_t hash : key_hashes) {
    char* const at = filter.data() + block_of(hash, count) * kBlockBytes;
    const Block bits = bits_of(hash);
    Block block;
    std::memcpy(block.data(), at, kBlockBytes);
    for (std::size_t i = 0; i < block.size(); ++i) block[i] |= bits[i];
    std::memcpy(at, block.data(), kBlockBytes);
  }
  return filter;
}

KeyFilter::KeyFilter(std::string_view bits) noexcept {
  if (bits.size() % kBlockBytes != 0) return;
  blocks_ = bits.data();
  block_count_ = bits.size() / kBlockBytes;
}

bool KeyFilter::may_contain(std::uint64_t key_hash) const noexcept {
  if (block_count_ == 0) return true;
  const Block bits = bits_of(key_hash);
  Block block;
  std::memcpy(block.data(), this->block(key_hash), kBlockBytes);
  std::uint32_t missing = 0;
  for (std::size_t i = 0; i < block.size(); ++i) missing |= bits[i] & ~block[i];
  return missing == 0;
}

}  // namespace quartz::storage
