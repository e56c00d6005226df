#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/uint128.hpp"

namespace quartz {

/// The two halves of the 128-bit product, folded: every input bit reaches every output bit with few
/// instructions, which is what the hash below is made of.
inline std::uint64_t multiply_fold(std::uint64_t a, std::uint64_t b) noexcept {
  const auto product = static_cast<uint128>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

/// The part of `hash_key` for more than 16 bytes.
std::uint64_t hash_long_key(std::string_view key, std::uint64_t seed) noexcept;

/// A fast 64-bit hash of `key`, well mixed in all bits, not for use against adversaries. Filters of
/// tables store it (storage/levels_options.hpp), so it must stay what it is. `seed` tells equal
/// keys of different keyspaces apart. Cost: about 2 ns for 16 bytes. Inline, since keys of that
/// size are the rule and the store looks one up for every read.
inline std::uint64_t hash_key(std::string_view key, std::uint64_t seed) noexcept {
  if (key.size() > 16) return hash_long_key(key, seed);
  // Two words that overlap for most sizes; the size itself tells "a" from "a\0".
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  const std::size_t size = key.size();
  if (size >= 8) {
    std::memcpy(&low, key.data(), 8);
    std::memcpy(&high, key.data() + size - 8, 8);
  } else if (size >= 4) {
    std::uint32_t first = 0;
    std::uint32_t last = 0;
    std::memcpy(&first, key.data(), 4);
    std::memcpy(&last, key.data() + size - 4, 4);
    low = first;
    high = last;
  } else if (size > 0) {
    const auto byte = [&](std::size_t i) {
      return std::uint64_t{static_cast<unsigned char>(key[i])};
    };
    low = byte(0) | byte(size / 2) << 8 | byte(size - 1) << 16;
  }
  seed += 0x9E3779B97F4A7C15u;
  const std::uint64_t mixed = multiply_fold(low ^ 0xBF58476D1CE4E5B9u, high ^ seed);
  return multiply_fold(mixed ^ 0x94D049BB133111EBu, seed ^ size);
}

}  // namespace quartz
