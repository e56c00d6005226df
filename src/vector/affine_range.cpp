#include "vector/affine_range.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "base/random.hpp"

namespace quartz::vector {
namespace {

struct Ends {
  float low = 0;
  float high = 0;

  float width() const noexcept { return high - low; }
  float clamp(float value) const noexcept { return std::clamp(value, low, high); }
};

// How many vectors may stick out at either end.
std::size_t spare_vectors(std::size_t count) noexcept {
  constexpr std::size_t kFewest = 20;
  constexpr std::size_t kOneIn = 200;
  return count < kFewest ? 0 : std::max<std::size_t>(1, count / kOneIn);
}

// Whole vectors are left out, rather than components: where each vector has a single large
// component, these are what matters most, however rare they are among all components.
Ends ends_of(std::span<const float> sample, std::size_t dimensions) {
  const std::size_t count = sample.size() / dimensions;
  std::vector<float> lows(count);
  std::vector<float> highs(count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto vector = sample.subspan(i * dimensions, dimensions);
    const auto [low, high] = std::minmax_element(vector.begin(), vector.end());
    lows[i] = *low;
    highs[i] = *high;
  }
  const auto spare = static_cast<std::ptrdiff_t>(spare_vectors(count));
  std::nth_element(lows.begin(), lows.begin() + spare, lows.end());
  std::nth_element(highs.begin(), highs.begin() + spare, highs.end(), std::greater<>());
  const Ends most{lows[static_cast<std::size_t>(spare)], highs[static_cast<std::size_t>(spare)]};
  const Ends all{*std::min_element(lows.begin(), lows.end()),
                 *std::max_element(highs.begin(), highs.end())};
  return {std::max(all.low, most.low - most.width()), std::min(all.high, most.high + most.width())};
}

// What a range is chosen by, cut off at `ends` so that what lies far outside has no say.
std::vector<float> draw(std::span<const float> sample, const Ends& ends) {
  constexpr std::size_t kDrawnMax = 32768;
  std::vector<float> drawn(std::min(sample.size(), kDrawnMax));
  Random random(1);
  for (std::size_t i = 0; i < drawn.size(); ++i) {
    const std::size_t index = sample.size() <= kDrawnMax ? i : random.below(sample.size());
    drawn[i] = ends.clamp(sample[index]);
  }
  return drawn;
}

// Of `values`, cut off at `ends` and rounded to a multiple of a step from their lower end.
double squared_error(std::span<const float> values, const Ends& ends, unsigned steps) noexcept {
  const float step = ends.width() / static_cast<float>(steps);
  const float inverse = 1 / step;
  double sum = 0;
  for (const float value : values) {
    const float number = std::floor((ends.clamp(value) - ends.low) * inverse + 0.5F);
    const double error = double{value} - double{ends.low + number * step};
    sum += error * error;
  }
  return sum;
}

// Moves the upper end, then the lower one, by parts of the width, to where the error is smallest.
Ends with_smallest_error(const Ends& ends, std::span<const float> values, unsigned steps) {
  constexpr int kParts = 32;
  constexpr double kGain = 0.75;
  const double whole_error = squared_error(values, ends, steps);
  Ends best = ends;
  double best_error = whole_error;
  for (float Ends::* const end : {&Ends::high, &Ends::low}) {
    const Ends start = best;
    const float part = (end == &Ends::high ? -start.width() : start.width()) / kParts;
    for (int i = 1; i <= kParts * 3 / 4; ++i) {
      Ends moved = start;
      moved.*end += part * static_cast<float>(i);
      const double error = squared_error(values, moved, steps);
      if (error >= best_error) continue;
      best = moved;
      best_error = error;
    }
  }
  // Rare values are not worth a little: cutting them off spoils some distances by a lot.
  return best_error < kGain * whole_error ? best : ends;
}

bool is_wide_enough(const Ends& ends, unsigned steps) noexcept {
  return ends.width() / static_cast<float>(steps) >= kStepMin;
}

AffineRange range_between(const Ends& ends, unsigned steps) noexcept {
  return {ends.low, std::max(kStepMin, ends.width() / static_cast<float>(steps))};
}

// For components that are all about the same.
Ends around(float value) noexcept {
  return value == 0 ? Ends{-1, 1} : Ends{std::min(0.0F, 2 * value), std::max(0.0F, 2 * value)};
}

}  // namespace

AffineRange fit_range(std::span<const float> sample, std::size_t dimensions, unsigned steps) {
  if (sample.empty()) return range_between(around(0), steps);
  const Ends ends = ends_of(sample, dimensions);
  if (!is_wide_enough(ends, steps)) return range_between(around(ends.low), steps);
  return range_between(with_smallest_error(ends, draw(sample, ends), steps), steps);
}

AffineRange fit_two_values(Metric metric, std::span<const float> sample, std::size_t dimensions) {
  if (sample.empty()) {
    const double length = metric == Metric::cosine ? std::sqrt(static_cast<double>(dimensions)) : 1;
    const auto distance = static_cast<float>(1 / length);
    return range_between({-distance, distance}, 1);
  }
  const Ends ends = ends_of(sample, dimensions);
  const auto count = static_cast<double>(sample.size());
  double middle = 0;
  if (metric != Metric::dot) {
    for (const float component : sample) middle += double{ends.clamp(component)};
    middle /= count;
  }
  double squares = 0;
  for (const float component : sample) {
    const double difference = double{ends.clamp(component)} - middle;
    squares += difference * difference;
  }
  const auto distance = static_cast<float>(std::sqrt(squares / count));
  if (2 * distance < kStepMin) return range_between(around(static_cast<float>(middle)), 1);
  return {static_cast<float>(middle) - distance, 2 * distance};
}

}  // namespace quartz::vector
