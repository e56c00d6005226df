#pragma once

#include <cmath>
#include <cstddef>
#include <limits>

namespace quartz::vector {

/// By how much the distances of codes are wrong, learnt from those that were compared exactly.
///
/// It takes the root of the mean square about zero, not about the mean: candidates come sorted by
/// the distance of their codes, so that the first ones are those that are wrong in one direction,
/// and about their mean they would seem to be less wrong than what comes behind them.
///
/// Threads: one at a time.
class CodeError {
 public:
  void learn(float of_codes, float exact) noexcept {
    const double error = static_cast<double>(of_codes) - static_cast<double>(exact);
    squares_ += error * error;
    ++count_;
  }

  /// What hardly any distance is wrong by; infinite while too few are known to say.
  float bound() const noexcept {
    if (count_ < kCountMin) return std::numeric_limits<float>::infinity();
    return static_cast<float>(kDeviations * std::sqrt(squares_ / static_cast<double>(count_)));
  }

 private:
  static constexpr std::size_t kCountMin = 8;
  static constexpr double kDeviations = 3;

  double squares_ = 0;
  std::size_t count_ = 0;
};

}  // namespace quartz::vector
