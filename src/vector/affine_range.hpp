#pragma once

#include <cstddef>
#include <span>

#include "quartz/vector/metric.hpp"

namespace quartz::vector {

/// The evenly spaced values that whole numbers from 0 stand for: minimum, minimum + step, and so
/// on.
struct AffineRange {
  float minimum = 0;
  float step = 1;

  bool operator==(const AffineRange&) const = default;
};

/// The smallest step: its square, which distances are scaled with, is still a normal number.
inline constexpr float kStepMin = 0x1p-60F;

/// The range for numbers from 0 to `steps` that suits `sample`: whole vectors, one after another,
/// that have passed `check_components`.
///
/// It ends where the sample ends, but a few vectors do not decide alone: at either end, one vector
/// in 200 (one, if there are at least 20) may stick out, by as much as the range of the others is
/// wide, and what is farther out is cut off. Within that, the ends are moved inwards if that makes
/// the mean squared error of components, cut off or rounded, smaller by a quarter at least: this is
/// how coarse codes give up rare values for finer steps.
///
/// A sample whose components are all the same value has a range from 0 to twice that value, and no
/// sample, or zeros only, one from -1 to 1. Cost: a few passes over the sample; the search for the
/// best ends looks at 32768 components of it, chosen by a fixed seed.
AffineRange fit_range(std::span<const float> sample, std::size_t dimensions, unsigned steps);

/// The same for the numbers 0 and 1. Two values stand for many, so that they are set as far from
/// their middle as the sample's components are in the root of the mean square: this keeps the size
/// of distances. The middle is the sample's mean, which changes no difference of vectors, but zero
/// for `dot`. Without a sample, vectors are taken to be of length 1 for `cosine`.
AffineRange fit_two_values(Metric metric, std::span<const float> sample, std::size_t dimensions);

}  // namespace quartz::vector
