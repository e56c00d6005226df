#include "vector/filter_strategy.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

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
// A scan is exact, which is worth something.
constexpr double kScanAdvantage = 1.5;
// From this share of the points on, dropping the others costs less than walking around them.
constexpr double kPostCheckShare = 0.8;
// Pools grow no further: a scan is what helps then.
constexpr double kGrowthMax = 16;

double ratio(std::uint64_t part, std::uint64_t whole) noexcept {
  return static_cast<double>(part) / static_cast<double>(whole);
}

std::size_t grown(double size) noexcept { return static_cast<std::size_t>(std::ceil(size)); }

// What a walk has to do for each place of its pool: about m distances, and as many bridges as lead
// to a whole list of points that can match.
double place_cost(const FilterSituation& situation, double share) noexcept {
  const double length = 2.0 * situation.m;
  const double bridges = std::min(length * (1 - share), 1 / share);
  const double distance = kWalked + kWalkedByte * static_cast<double>(situation.code_bytes);
  return situation.m * distance + bridges * kBridge;
}

// Two steps lead to too few points that can match, where these are fewer than one for each place
// of a list; measured, the pool makes up for it by the square.
double sparse_growth(const FilterSituation& situation, double share) noexcept {
  const double growth = 1 / (3.5 * situation.m * share);
  return std::clamp(growth * growth, 1.0, kGrowthMax);
}

}  // namespace

FilterChoice choose_filter_strategy(const FilterSituation& situation) {
  const FilterChoice scan{FilterStrategy::exact_scan, situation.pool_size};
  if (situation.possible == 0 || situation.points == 0) return scan;
  const double share = std::min(1.0, ratio(situation.possible, situation.points));
  const std::uint64_t expected =
      std::clamp<std::uint64_t>(situation.expected, 1, situation.possible);
  // As many are needed that the expected share of them fills the pool.
  const double wanted =
      static_cast<double>(situation.pool_size) / ratio(expected, situation.possible);
  const bool checks = share >= kPostCheckShare;
  const double size = checks ? wanted / share : wanted * sparse_growth(situation, share);
  const double walk_cost = size * place_cost(situation, checks ? 1.0 : share);
  const double scan_cost = static_cast<double>(situation.possible) *
                           (kScanned + kScannedByte * static_cast<double>(situation.code_bytes));
  if (scan_cost <= kScanAdvantage * walk_cost) return scan;
  return {checks ? FilterStrategy::post_check : FilterStrategy::filtered_walk, grown(size)};
}

std::optional<FilterChoice> choose_filter_strategy(FilterSituation situation,
                                                   const SlotEstimate& estimate) {
  if (situation.points == 0 || ratio(estimate.at_least, situation.points) < kPostCheckShare) {
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
