#include "bench/measure/measurement.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace quartz::bench {

Spread spread_of(std::vector<double> values) {
  QUARTZ_CHECK(!values.empty());
  std::ranges::sort(values);
  const std::size_t middle = values.size() / 2;
  const bool odd = values.size() % 2 != 0;
  const double median = odd ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  return {.least = values.front(), .median = median, .most = values.back()};
}

std::optional<Spread> ratio_of(const Series& peer, const Series& ours, Figure figure) {
  const std::size_t pairs = std::min(peer.repetitions.size(), ours.repetitions.size());
  std::vector<double> ratios;
  for (std::size_t i = 0; i < pairs; ++i) {
    const double theirs = figure(peer.repetitions[i]);
    const double own = figure(ours.repetitions[i]);
    if (theirs > 0 && own > 0) ratios.push_back(theirs / own);
  }
  if (ratios.empty()) return std::nullopt;
  return spread_of(std::move(ratios));
}

std::optional<Spread> ratio_of(const Series& peer, const Series& ours) {
  return ratio_of(peer, ours, [](const Measurement& m) { return m.ns_per_operation(); });
}

}  // namespace quartz::bench
