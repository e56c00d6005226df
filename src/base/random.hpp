#pragma once

#include <cstdint>

#include "base/uint128.hpp"

namespace quartz {

/// A small, fast, seedable generator (SplitMix64, Steele et al., 2014), the same on every platform,
/// so that a printed seed replays a run. Not for secrets. Threads: one at a time.
class Random {
 public:
  using result_type = std::uint64_t;
  explicit Random(std::uint64_t seed) noexcept : state_(seed) {}

  std::uint64_t next() noexcept {
    state_ += 0x9E3779B97F4A7C15u;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }

  /// Uniform in [0, bound); `bound` must not be zero. The bias is below 2^-32 for bounds below
  /// 2^32.
  std::uint64_t below(std::uint64_t bound) noexcept {
    return static_cast<std::uint64_t>((static_cast<uint128>(next()) * bound) >> 64);
  }

  /// True once in `n` on average.
  bool one_in(std::uint64_t n) noexcept { return below(n) == 0; }

  // For the standard library's distributions and shuffle.
  std::uint64_t operator()() noexcept { return next(); }
  static constexpr std::uint64_t min() noexcept { return 0; }
  static constexpr std::uint64_t max() noexcept { return ~std::uint64_t{0}; }

 private:
  std::uint64_t state_;
};

}  // namespace quartz
