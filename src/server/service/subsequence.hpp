#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "quartz/result.hpp"

namespace quartz::server {

/// The longest sequence of bytes that two strings both have in its order, whatever lies between.
struct CommonSubsequence {
  /// Bytes that follow each other in both.
  struct Match {
    std::size_t first_in_a = 0;
    std::size_t first_in_b = 0;
    std::size_t size = 0;
  };

  std::string bytes;
  std::vector<Match> matches;  ///< Which make it up; the last one first.
};

/// Memory that finding it may take: four bytes for each pair of a byte of one and a byte of the
/// other.
inline constexpr std::size_t kSubsequenceTableBytesMax = std::size_t{512} << 20;

/// Where there are several, the one that Redis finds. `invalid_argument` past
/// `kSubsequenceTableBytesMax`. Cost: the product of both sizes.
Result<CommonSubsequence> longest_common_subsequence(std::string_view a, std::string_view b);

}  // namespace quartz::server
