#include "cli/neighbour_rows.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>

#include <fmt/format.h>

#include "base/check.hpp"

namespace quartz::cli {

Result<std::vector<std::uint64_t>> rows_of(const std::vector<VectorHit>& hits) {
  std::vector<std::uint64_t> rows;
  for (const VectorHit& hit : hits) {
    std::uint64_t row = 0;
    const char* const end = hit.id.data() + hit.id.size();
    const auto parsed = std::from_chars(hit.id.data(), end, row);
    if (parsed.ec != std::errc() || parsed.ptr != end) {
      return Error(Errc::corruption, fmt::format("found \"{}\", which is no row", hit.id));
    }
    rows.push_back(row);
  }
  return rows;
}

double recall_of(const NeighbourRows& found, const NeighbourRows& exact) {
  QUARTZ_CHECK(found.size() == exact.size());
  std::size_t wanted = 0;
  std::size_t present = 0;
  for (std::size_t query = 0; query < exact.size(); ++query) {
    wanted += exact[query].size();
    for (const std::uint64_t row : exact[query]) {
      if (std::ranges::find(found[query], row) != found[query].end()) ++present;
    }
  }
  return wanted == 0 ? 1.0 : static_cast<double>(present) / static_cast<double>(wanted);
}

}  // namespace quartz::cli
