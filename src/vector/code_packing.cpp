#include "vector/code_packing.hpp"

#include <algorithm>

#include "vector/code_packing_avx2.hpp"

namespace quartz::vector {
namespace {

/// Gives components their numbers, from 0 to `steps`.
class Rounding {
 public:
  Rounding(const AffineRange& range, unsigned steps) noexcept
      : minimum_(range.minimum), inverse_step_(1 / range.step), last_(static_cast<float>(steps)) {}

  std::uint32_t number(float component) const noexcept {
    // Of the comparisons, the first is false for what is not a number, which must not be converted.
    const float scaled = (component - minimum_) * inverse_step_;
    const float positive = scaled > 0 ? scaled : 0;
    const float within = positive < last_ ? positive : last_;
    // Nothing here is negative, or so large as to be inexact.
    // NOLINTNEXTLINE(bugprone-incorrect-roundings)
    return static_cast<std::uint32_t>(static_cast<std::int32_t>(within + 0.5F));
  }

 private:
  float minimum_;
  float inverse_step_;
  float last_;
};

/// How many of `n` components the processor packs by many at once.
std::size_t wide_components([[maybe_unused]] std::size_t n) noexcept {
#if defined(__x86_64__)
  static const bool wide = __builtin_cpu_supports("avx2") != 0;
  if (wide) return n - n % 32;
#endif
  return 0;
}

// Both kinds of small numbers: `bits` for each, as many as fit into a byte.
template <unsigned bits>
std::uint32_t pack_small(const AffineRange& range, std::span<const float> vector,
                         std::byte* to) noexcept {
  constexpr std::size_t kInByte = 8 / bits;
  const Rounding rounding(range, (1U << bits) - 1);
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < vector.size(); i += kInByte) {
    const std::size_t count = std::min(kInByte, vector.size() - i);
    std::uint32_t byte = 0;
    for (std::size_t j = 0; j < count; ++j) {
      const std::uint32_t number = rounding.number(vector[i + j]);
      byte |= number << (bits * j);
      sum += number;
    }
    *to++ = static_cast<std::byte>(byte);
  }
  return sum;
}

template <unsigned bits>
void unpack_small(const AffineRange& range, const std::byte* from,
                  std::span<float> vector) noexcept {
  constexpr std::size_t kInByte = 8 / bits;
  constexpr std::uint32_t kMask = (1U << bits) - 1;
  for (std::size_t i = 0; i < vector.size(); ++i) {
    const auto byte = std::to_integer<std::uint32_t>(from[i / kInByte]);
    const std::uint32_t number = (byte >> (bits * (i % kInByte))) & kMask;
    vector[i] = range.minimum + range.step * static_cast<float>(number);
  }
}

}  // namespace

std::uint32_t pack_u8(const AffineRange& range, std::span<const float> vector,
                      std::byte* to) noexcept {
  const Rounding rounding(range, kStepsU8);
  const std::size_t packed = wide_components(vector.size());
  std::uint32_t sum = 0;
#if defined(__x86_64__)
  if (packed > 0) sum = pack_u8_avx2(range, vector.data(), packed, to);
  to += packed;
#endif
  for (const float component : vector.subspan(packed)) {
    const std::uint32_t number = rounding.number(component);
    *to++ = static_cast<std::byte>(number);
    sum += number;
  }
  return sum;
}

std::uint32_t pack_u4(const AffineRange& range, std::span<const float> vector,
                      std::byte* to) noexcept {
  return pack_small<4>(range, vector, to);
}

std::uint32_t pack_bits(const AffineRange& range, std::span<const float> vector,
                        std::byte* to) noexcept {
  return pack_small<1>(range, vector, to);
}

void unpack_u8(const AffineRange& range, const std::byte* from, std::span<float> vector) noexcept {
  for (float& component : vector) {
    component = range.minimum + range.step * static_cast<float>(std::to_integer<unsigned>(*from++));
  }
}

void unpack_u4(const AffineRange& range, const std::byte* from, std::span<float> vector) noexcept {
  unpack_small<4>(range, from, vector);
}

void unpack_bits(const AffineRange& range, const std::byte* from,
                 std::span<float> vector) noexcept {
  unpack_small<1>(range, from, vector);
}

}  // namespace quartz::vector
