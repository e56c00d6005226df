#pragma once

#include <cstdint>

namespace quartz {

/// How a filter compares what it finds with a value.
enum class FilterRelation : std::uint8_t {
  equal,             ///< `==`
  not_equal,         ///< `!=`, which is true exactly where `==` is false.
  less,              ///< `<`, and so on, among numbers and among texts.
  less_or_equal,     ///< `<=`
  greater,           ///< `>`
  greater_or_equal,  ///< `>=`
};

}  // namespace quartz
