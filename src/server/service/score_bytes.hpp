#pragma once

#include <bit>
#include <cstdint>

namespace quartz::server {

// Scores as unsigned numbers of the same order, so that rows that are keyed by them lie in it.

inline constexpr std::uint64_t kScoreSign = std::uint64_t{1} << 63;

/// -0 comes right before 0.
inline std::uint64_t ordered_bits(double score) noexcept {
  const auto bits = std::bit_cast<std::uint64_t>(score);
  return (bits & kScoreSign) != 0 ? ~bits : bits | kScoreSign;
}

inline double score_of(std::uint64_t ordered) noexcept {
  return std::bit_cast<double>((ordered & kScoreSign) != 0 ? ordered & ~kScoreSign : ~ordered);
}

}  // namespace quartz::server
