#include "vector/components.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "base/try.hpp"

namespace quartz::vector {
namespace {

Result<void> check_finite(std::span<const float> components) {
  for (std::size_t i = 0; i < components.size(); ++i) {
    if (std::isfinite(components[i])) continue;
    return Error(Errc::invalid_argument,
                 fmt::format("component {} is {}, which is not a finite number", i, components[i]));
  }
  return {};
}

// In double precision no float is so large or so small that its square is lost. Not finite if a
// component is not.
double length_of(std::span<const float> components) {
  // Several at once: additions wait for each other.
  constexpr std::size_t kSums = 8;
  std::array<double, kSums> squares{};
  std::size_t done = 0;
  for (; done + kSums <= components.size(); done += kSums) {
    for (std::size_t i = 0; i < kSums; ++i) {
      squares[i] += double{components[done + i]} * double{components[done + i]};
    }
  }
  for (; done < components.size(); ++done) {
    squares[0] += double{components[done]} * double{components[done]};
  }
  return std::sqrt(std::accumulate(squares.begin(), squares.end(), 0.0));
}

}  // namespace

Result<void> check_components(std::span<const float> components) {
  const double length = length_of(components);
  if (length <= double{kLengthMax}) return {};
  QUARTZ_TRY(check_finite(components));
  return Error(Errc::invalid_argument,
               fmt::format("the vector's length of {:.3g} exceeds {:.3g}", length, kLengthMax));
}

Result<void> check_direction(std::span<const float> components) {
  if (std::ranges::any_of(components, [](float component) { return component != 0; })) return {};
  return Error(Errc::invalid_argument,
               fmt::format("all {} components are zero, which is no direction", components.size()));
}

Result<void> normalise(std::span<float> components) {
  QUARTZ_TRY(check_finite(components));
  QUARTZ_TRY(check_direction(components));
  const double length = length_of(components);
  for (float& component : components) component = static_cast<float>(double{component} / length);
  return {};
}

}  // namespace quartz::vector
