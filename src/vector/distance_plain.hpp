#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/coding.hpp"
#include "vector/float16.hpp"

namespace quartz::vector {

// Components as they lie in memory, read one by one.

struct Float32 {
  static constexpr std::size_t kBytes = 4;
  static float read(const std::byte* from) noexcept {
    return std::bit_cast<float>(load<std::uint32_t>(from));
  }
};

struct Float16 {
  static constexpr std::size_t kBytes = 2;
  static float read(const std::byte* from) noexcept {
    return from_float16(load<std::uint16_t>(from));
  }
};

struct BFloat16 {
  static constexpr std::size_t kBytes = 2;
  static float read(const std::byte* from) noexcept {
    return from_bfloat16(load<std::uint16_t>(from));
  }
};

struct Unsigned8 {
  static constexpr std::size_t kBytes = 1;
  static std::uint8_t read(const std::byte* from) noexcept {
    return std::to_integer<std::uint8_t>(*from);
  }
};

/// Component `i` of four bits each.
inline std::uint32_t read_u4(const std::byte* vector, std::size_t i) noexcept {
  const auto both = std::to_integer<std::uint32_t>(vector[i / 2]);
  return i % 2 == 0 ? both & 15 : both >> 4;
}

// What is summed up.

struct SquaredDifference {
  static float of(float a, float b) noexcept { return (a - b) * (a - b); }
  static std::uint32_t of(std::uint32_t a, std::uint32_t b) noexcept { return (a - b) * (a - b); }
};

struct Product {
  static float of(float a, float b) noexcept { return a * b; }
  static std::uint32_t of(std::uint32_t a, std::uint32_t b) noexcept { return a * b; }
};

// The sums themselves, in portable C++. Wider kernels use them for what is left of a vector behind
// their last whole step, too.

/// Four sums side by side, so that an addition does not wait for the one before.
template <class Term, class A, class B>
float plain_float_sum(const std::byte* a, const std::byte* b, std::size_t n) noexcept {
  const auto term = [&](std::size_t i) {
    return Term::of(static_cast<float>(A::read(a + i * A::kBytes)),
                    static_cast<float>(B::read(b + i * B::kBytes)));
  };
  float sums[4] = {};
  std::size_t i = 0;
  for (; i + 4 <= n; i += 4) {
    for (std::size_t j = 0; j < 4; ++j) sums[j] += term(i + j);
  }
  for (; i < n; ++i) sums[0] += term(i);
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

template <class Term>
std::uint32_t plain_u8_sum(const std::byte* a, const std::byte* b, std::size_t n) noexcept {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    sum += Term::of(std::to_integer<std::uint32_t>(a[i]), std::to_integer<std::uint32_t>(b[i]));
  }
  return sum;
}

/// A kernel of four for where going through them together saves nothing.
template <std::uint32_t (*kernel)(const std::byte*, const std::byte*, std::size_t) noexcept>
void one_by_one(const std::byte* a, const std::byte* const* b, std::size_t n,
                std::uint32_t* results) noexcept {
  for (std::size_t i = 0; i < 4; ++i) results[i] = kernel(a, b[i], n);
}

template <class Term>
std::uint32_t plain_u4_sum(const std::byte* a, const std::byte* b, std::size_t n) noexcept {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += Term::of(read_u4(a, i), read_u4(b, i));
  return sum;
}

inline float plain_dot_f32_u4(const std::byte* a, const std::byte* b, std::size_t n) noexcept {
  float sums[2] = {};
  for (std::size_t i = 0; i < n; ++i) {
    sums[i % 2] += Float32::read(a + i * Float32::kBytes) * static_cast<float>(read_u4(b, i));
  }
  return sums[0] + sums[1];
}

inline std::uint32_t plain_hamming(const std::byte* a, const std::byte* b, std::size_t n) noexcept {
  std::uint32_t sum = 0;
  std::size_t i = 0;
  for (; i + 8 <= n; i += 8) {
    sum += static_cast<std::uint32_t>(
        std::popcount(load<std::uint64_t>(a + i) ^ load<std::uint64_t>(b + i)));
  }
  for (; i < n; ++i) {
    sum += static_cast<std::uint32_t>(std::popcount(std::to_integer<std::uint8_t>(a[i] ^ b[i])));
  }
  return sum;
}

}  // namespace quartz::vector
