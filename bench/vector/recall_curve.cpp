#include "bench/vector/recall_curve.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace quartz::bench {
namespace {

std::size_t repetitions_of(const VectorPeerResult& peer) {
  if (peer.points.empty()) return 0;
  std::size_t least = peer.points.front().queries_per_second.size();
  for (const CurvePoint& point : peer.points) {
    least = std::min(least, point.queries_per_second.size());
  }
  return least;
}

std::optional<Spread> spread_unless_empty(std::vector<double> values) {
  if (values.empty()) return std::nullopt;
  return spread_of(std::move(values));
}

const BuildTimes* builds_on(const VectorPeerResult& peer, unsigned threads) {
  const auto found = std::ranges::find(peer.builds, threads, &BuildTimes::threads);
  return found == peer.builds.end() ? nullptr : &*found;
}

}  // namespace

std::optional<double> queries_per_second_at(const VectorPeerResult& peer, double recall,
                                            std::size_t repetition) {
  if (repetition >= repetitions_of(peer)) return std::nullopt;
  const auto above = std::ranges::find_if(
      peer.points, [&](const CurvePoint& point) { return point.recall >= recall; });
  if (above == peer.points.end()) return std::nullopt;
  const double to = above->queries_per_second[repetition];
  if (above == peer.points.begin()) return to;
  const CurvePoint& below = *std::prev(above);
  const double share = (recall - below.recall) / (above->recall - below.recall);
  const double from = below.queries_per_second[repetition];
  return std::exp(std::lerp(std::log(from), std::log(to), share));
}

std::optional<Spread> queries_per_second_at(const VectorPeerResult& peer, double recall) {
  std::vector<double> rates;
  for (std::size_t i = 0; i < repetitions_of(peer); ++i) {
    if (const auto rate = queries_per_second_at(peer, recall, i)) rates.push_back(*rate);
  }
  return spread_unless_empty(std::move(rates));
}

std::optional<Spread> search_ratio(const VectorPeerResult& ours, const VectorPeerResult& peer,
                                   double recall) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < repetitions_of(peer); ++i) {
    const auto own = queries_per_second_at(ours, recall, i);
    const auto theirs = queries_per_second_at(peer, recall, i);
    if (own && theirs) ratios.push_back(*own / *theirs);
  }
  return spread_unless_empty(std::move(ratios));
}

std::optional<Spread> build_seconds(const VectorPeerResult& peer, unsigned threads) {
  const BuildTimes* const builds = builds_on(peer, threads);
  if (builds == nullptr) return std::nullopt;
  return spread_unless_empty(builds->seconds);
}

std::optional<Spread> build_ratio(const VectorPeerResult& ours, const VectorPeerResult& peer,
                                  unsigned threads) {
  const BuildTimes* const own = builds_on(ours, threads);
  const BuildTimes* const theirs = builds_on(peer, threads);
  if (own == nullptr || theirs == nullptr) return std::nullopt;
  std::vector<double> ratios;
  for (std::size_t i = 0; i < std::min(own->seconds.size(), theirs->seconds.size()); ++i) {
    ratios.push_back(theirs->seconds[i] / own->seconds[i]);
  }
  return spread_unless_empty(std::move(ratios));
}

}  // namespace quartz::bench
