#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace quartz::server {

// Numbers as values of rows hold them, which INCR and its like count with.

/// A number of 64 bits in its only decimal form: no leading zeros, no plus, no spaces.
std::optional<std::int64_t> integer_in(std::string_view text) noexcept;
/// With the precision of the platform's longest type, which is what Redis counts with. Never NaN.
std::optional<long double> real_in(std::string_view text);
/// Seventeen digits behind the point, without the zeros that end them.
std::string text_of(long double number);

}  // namespace quartz::server
