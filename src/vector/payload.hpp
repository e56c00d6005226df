#pragma once

#include <string_view>

#include "quartz/result.hpp"

namespace quartz::vector {

/// Whether `text` is a payload: one JSON object (RFC 8259) in UTF-8, within the limits of
/// quartz/vector/payload_limits.hpp. Stricter than JSON where readers of JSON disagree: no name
/// twice in an object, no escape of half a surrogate pair, no number too large for a double.
/// Errors: `too_large` for its size and depth, `invalid_argument` for everything else, both with
/// the place. Cost: 1 to 2 ns a byte.
Result<void> validate_payload(std::string_view text);

}  // namespace quartz::vector
