#include "base/hash.hpp"

namespace quartz {
namespace {

std::uint64_t word(const char* from) noexcept {
  std::uint64_t value = 0;
  std::memcpy(&value, from, sizeof(value));
  return value;
}

}  // namespace

std::uint64_t hash_long_key(std::string_view key, std::uint64_t seed) noexcept {
  const char* at = key.data();
  std::size_t left = key.size();
  std::uint64_t state = seed + 0x9E3779B97F4A7C15u;
  if (left > 64) {
    // Four chains, since each product waits for the one before it.
    std::uint64_t b = state ^ 0xD1B54A32D192ED03u;
    std::uint64_t c = state ^ 0x8CB92BA72F3D8DD7u;
    std::uint64_t d = state ^ 0xAEF17502108EF2D9u;
    do {
      state = multiply_fold(word(at) ^ 0xBF58476D1CE4E5B9u, word(at + 8) ^ state);
      b = multiply_fold(word(at + 16) ^ 0x94D049BB133111EBu, word(at + 24) ^ b);
      c = multiply_fold(word(at + 32) ^ 0xDB4F0B9175AE2165u, word(at + 40) ^ c);
      d = multiply_fold(word(at + 48) ^ 0xE7037ED1A0B428DBu, word(at + 56) ^ d);
      at += 64;
      left -= 64;
    } while (left > 64);
    state ^= multiply_fold(b ^ 0xBF58476D1CE4E5B9u, c + d) + (c ^ d);
  }
  while (left > 16) {
    state = multiply_fold(word(at) ^ 0xBF58476D1CE4E5B9u, word(at + 8) ^ state);
    at += 16;
    left -= 16;
  }
  // The last 16 bytes, which overlap what came before: no short loads.
  const char* const last = key.data() + key.size() - 16;
  const std::uint64_t mixed =
      multiply_fold(word(last) ^ 0xDB4F0B9175AE2165u, word(last + 8) ^ state);
  return multiply_fold(mixed ^ 0x94D049BB133111EBu, seed ^ key.size());
}

}  // namespace quartz
