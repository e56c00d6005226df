#pragma once

#include <cstdint>

#include "base/random.hpp"

namespace quartz::bench {

/// Numbers below `count` by Zipf's law with exponent 0.99, as YCSB draws them: the algorithm of
/// Gray et al., "Quickly generating billion-record synthetic databases" (SIGMOD 1994). Rank 0 is
/// drawn most often; `scattered` spreads the ranks over all numbers, so that hot ones are no
/// neighbours.
class Zipf {
 public:
  /// Cost: one pow() for each number below `count`.
  explicit Zipf(std::uint64_t count);
  std::uint64_t rank(Random& random) const;
  std::uint64_t scattered(Random& random) const;

 private:
  static constexpr double kTheta = 0.99;

  std::uint64_t count_;
  double zeta_ = 0;
  double alpha_ = 0;
  double eta_ = 0;
  double second_ = 0;  // Below this, rank 1.
};

}  // namespace quartz::bench
