#pragma once

#include <cstdint>
#include <string_view>

#include "quartz/export.hpp"

namespace quartz {

/// What an index on a field of payloads is for. Values of other types may stand in the field all
/// the same; filters on them are answered by reading the payloads of the points that have them.
enum class PayloadIndexKind : std::uint8_t {
  keyword,   ///< Texts, for `==`, `!=` and `in`. The fastest for these.
  prefix,    ///< Texts in their order, for `starts_with`, `<` and so on as well.
  integer,   ///< Integers of 64 bits with a sign, for every comparison. The smallest for these.
  floating,  ///< All numbers, for every comparison.
  boolean,   ///< Truth values.
};

/// The kind's name as written above, for example "keyword".
QUARTZ_EXPORT std::string_view to_string(PayloadIndexKind kind) noexcept;

}  // namespace quartz
