#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace quartz::storage {

// A table that grows by one bucket at a time (Litwin: "Linear Hashing", VLDB 1980): no growth ever
// moves more than one bucket's entries.

/// The bucket of a hash in a table of `count` buckets; only low bits of the hash are used.
inline std::size_t linear_hashing_bucket(std::uint64_t hash, std::size_t count) noexcept {
  const std::size_t mask = std::bit_ceil(count) - 1;
  const std::size_t index = hash & mask;
  return index < count ? index : index & (mask >> 1);  // That bucket is not split off yet.
}

/// Which bucket gives entries to the new one when a table of `count` buckets grows.
inline std::size_t linear_hashing_source(std::size_t count) noexcept {
  return count & ((std::bit_ceil(count + 1) >> 1) - 1);
}

}  // namespace quartz::storage
