#include "bench/workload/zipf.hpp"

#include <algorithm>
#include <cmath>

namespace quartz::bench {

Zipf::Zipf(std::uint64_t count) : count_(count) {
  for (std::uint64_t i = 1; i <= count; ++i)
    zeta_ += 1.0 / std::pow(static_cast<double>(i), kTheta);
  const double zeta_of_two = 1.0 + 1.0 / std::pow(2.0, kTheta);
  alpha_ = 1.0 / (1.0 - kTheta);
  eta_ = (1.0 - std::pow(2.0 / static_cast<double>(count), 1.0 - kTheta)) /
         (1.0 - zeta_of_two / zeta_);
  second_ = zeta_of_two;
}

std::uint64_t Zipf::rank(Random& random) const {
  constexpr double kUnit = 1.0 / 9007199254740992.0;  // 2^-53
  const double u = static_cast<double>(random.next() >> 11) * kUnit;
  const double scaled = u * zeta_;
  if (scaled < 1.0) return 0;
  if (scaled < second_) return 1;
  const double drawn = static_cast<double>(count_) * std::pow(eta_ * u - eta_ + 1.0, alpha_);
  return std::min(count_ - 1, static_cast<std::uint64_t>(drawn));
}

std::uint64_t Zipf::scattered(Random& random) const {
  Random hash(rank(random));
  return hash.below(count_);
}

}  // namespace quartz::bench
