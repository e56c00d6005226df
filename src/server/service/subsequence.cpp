#include "server/service/subsequence.hpp"

#include <algorithm>
#include <cstdint>

namespace quartz::server {
namespace {

/// How long the longest subsequence of each pair of beginnings is.
class LengthTable {
 public:
  LengthTable(std::string_view a, std::string_view b)
      : width_(b.size() + 1), lengths_((a.size() + 1) * width_) {
    for (std::size_t i = 1; i <= a.size(); ++i) {
      for (std::size_t j = 1; j <= b.size(); ++j) {
        lengths_[i * width_ + j] =
            a[i - 1] == b[j - 1] ? of(i - 1, j - 1) + 1 : std::max(of(i - 1, j), of(i, j - 1));
      }
    }
  }

  std::uint32_t of(std::size_t i, std::size_t j) const noexcept { return lengths_[i * width_ + j]; }

 private:
  std::size_t width_;
  std::vector<std::uint32_t> lengths_;
};

bool fits_table(std::size_t a, std::size_t b) noexcept {
  constexpr std::size_t kEntriesMax = kSubsequenceTableBytesMax / sizeof(std::uint32_t);
  return a < kEntriesMax && b < kEntriesMax && (a + 1) * (b + 1) <= kEntriesMax;
}

}  // namespace

Result<CommonSubsequence> longest_common_subsequence(std::string_view a, std::string_view b) {
  if (!fits_table(a.size(), b.size())) {
    return Error(Errc::invalid_argument,
                 "Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len");
  }
  const LengthTable lengths(a, b);
  CommonSubsequence found;
  bool extends = false;
  for (std::size_t i = a.size(), j = b.size(); i > 0 && j > 0;) {
    if (a[i - 1] == b[j - 1]) {
      --i;
      --j;
      found.bytes += a[i];
      if (!extends) found.matches.emplace_back();
      auto& match = found.matches.back();
      match = {.first_in_a = i, .first_in_b = j, .size = match.size + 1};
      extends = true;
    } else {
      extends = false;
      lengths.of(i - 1, j) > lengths.of(i, j - 1) ? --i : --j;
    }
  }
  std::ranges::reverse(found.bytes);
  return found;
}

}  // namespace quartz::server
