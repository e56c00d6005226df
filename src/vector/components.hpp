#pragma once

#include <span>

#include "quartz/result.hpp"

namespace quartz::vector {

/// The greatest length of a vector. Between vectors within it, and between any codes that are
/// trained on them, every distance stays finite in single precision.
inline constexpr float kLengthMax = 0x1p56F;

/// Whether these are the components of a vector that can be stored. `invalid_argument` names the
/// first component that is not a finite number, or gives the length if it exceeds `kLengthMax`.
Result<void> check_components(std::span<const float> components);

/// `invalid_argument` if all components are zero, which is no direction.
Result<void> check_direction(std::span<const float> components);

/// Scales `components` to a vector of length 1 in the same direction, however long or short it was.
/// `invalid_argument` names the first component that is not a finite number, or says that there is
/// no direction because all are zero; then nothing is changed.
Result<void> normalise(std::span<float> components);

}  // namespace quartz::vector
