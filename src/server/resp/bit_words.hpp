#pragma once

#include <cstdint>
#include <string_view>

#include "quartz/result.hpp"

namespace quartz::server {

/// The number of a bit of a string: "bit offset is not an integer or out of range" if no string is
/// so long.
Result<std::uint64_t> bit_offset_of(std::string_view word);
/// The same, which "#3" counts in fields of so many bits.
Result<std::uint64_t> field_offset_of(std::string_view word, unsigned bits);

}  // namespace quartz::server
