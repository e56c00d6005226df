#include "vector/filter_strategy.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "vector/filtered_search.hpp"
#include "vector/pool_growth.hpp"

namespace quartz {

std::string_view to_string(FilterStrategy strategy) noexcept {
  switch (strategy) {
    case FilterStrategy::exact_scan:
      return "exact_scan";
    case FilterStrategy::filtered_walk:
      return "filtered_walk";
    case FilterStrategy::post_check:
      return "post_check";
  }
  return "unknown";
}

namespace vector {
namespace {

// Nanoseconds. A scan meets codes in their order and knows early which; a walk does not, and pays
// for the links and for the pool as well.
constexpr double kScanned = 6;
constexpr double kScannedByte = 0.035;
constexpr double kWalked = 31;
constexpr double kWalkedByte = 0.075;
constexpr double kBridge = 80;
constexpr double kTested = 12;  // Whether a neighbour can match.
// A scan is exact, which is worth something.
constexpr double kScanAdvantage = 1.5;
// From this share of the points on, finding those that match is not worth while.
constexpr double kEarlyShare = 0.8;
// Where some are dropped, enough are left but for so many standard deviations of their number.
constexpr double kDeviations = 3;
// Pools grow no further: a scan is what helps then.
constexpr double kGrowthMax = 16;

double ratio(std::uint64_t part, std::uint64_t whole) noexcept {
  return static_cast<double>(part) / static_cast<double>(whole);
}

std::size_t grown(double size) noexcept { return static_cast<std::size_t>(std::ceil(size)); }

// What a walk has to do for each place of its pool: about m distances,
double place_cost(const FilterSituation& situation) noexcept {
  return situation.m * (kWalked + kWalkedByte * static_cast<double>(situation.code_bytes));
}

// and, past points that cannot match, as many bridges as lead to a list of those that can.
double filtered_place_cost(const FilterSituation& situation, double share) noexcept {
  const double length = 2.0 * situation.m;
  const double missing = std::max(0.0, kFilteredNeighbours - share);
  const double bridges = std::min(length * (1 - share), missing / share);
  return place_cost(situation) + length * kTested + bridges * kBridge;
}

// Two steps lead to too few points that can match, where these are fewer than one for each place
// of a list; measured, the pool makes up for it by the square.
double sparse_growth(const FilterSituation& situation, double share) noexcept {
  const double growth = 1 / (3.5 * situation.m * share);
  return std::clamp(growth * growth, 1.0, kGrowthMax);
}

// Of a pool of which only this share matches. The nearest that match are among so many more of all.
double size_before_drops(double size, double share, std::size_t k) noexcept {
  const auto left = static_cast<double>(k);
  const double spare = kDeviations * std::sqrt(left * (1 - share));
  return std::max(pool_growth(1 / share) * size, (left + spare) / share);
}

}  // namespace

FilterChoice choose_filter_strategy(const FilterSituation& situation) {
  const FilterChoice scan{FilterStrategy::exact_scan, situation.pool_size, situation.pool_size};
  const auto pool_size = static_cast<double>(situation.pool_size);
  if (situation.possible == 0 || situation.points == 0) return scan;
  const double share = std::min(1.0, ratio(situation.possible, situation.points));
  const std::uint64_t expected =
      std::clamp<std::uint64_t>(situation.expected, 1, situation.possible);
  const double matching = ratio(expected, situation.possible);
  // The nearest that match are among so many times more of all.
  const double sparse_size = sparse_growth(situation, share) * pool_size;
  const double checked_size = size_before_drops(pool_size, share * matching, situation.k);
  const double walked_size = size_before_drops(sparse_size, matching, situation.k);
  const double check_cost = checked_size * place_cost(situation);
  const double walk_cost = walked_size * filtered_place_cost(situation, share);
  const double scan_cost = static_cast<double>(situation.possible) *
                           (kScanned + kScannedByte * static_cast<double>(situation.code_bytes));
  if (scan_cost <= kScanAdvantage * std::min(check_cost, walk_cost)) return scan;
  if (check_cost <= walk_cost) {
    return {FilterStrategy::post_check, grown(checked_size), situation.pool_size};
  }
  return {FilterStrategy::filtered_walk, grown(walked_size), grown(sparse_size)};
}

std::optional<FilterChoice> choose_filter_strategy(FilterSituation situation,
                                                   const SlotEstimate& estimate) {
  if (situation.points == 0 || ratio(estimate.at_least, situation.points) < kEarlyShare) {
    return std::nullopt;
  }
  situation.possible = situation.points;
  situation.expected = estimate.expected;
  const FilterChoice choice = choose_filter_strategy(situation);
  if (choice.strategy != FilterStrategy::post_check) return std::nullopt;
  return choice;
}

std::string explain(const FilterChoice& choice, const FilterSituation& situation) {
  std::string name(to_string(choice.strategy));
  std::ranges::replace(name, '_', ' ');
  std::string text =
      fmt::format("{}: {} of {} points can match", name, situation.possible, situation.points);
  if (situation.expected < situation.possible) {
    text += fmt::format(", and {} are expected to", situation.expected);
  }
  return text;
}

}  // namespace vector
}  // namespace quartz
