#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace quartz::protocol {

/// The value of a hexadecimal digit of either case, or -1.
int hex_digit_value(char c) noexcept;

/// The code point of an escape `\uXXXX` of JSON, or of the two that make up one past U+FFFF. `at`
/// is the place behind the first `\u`, and moves behind the last digit. Nothing, and `at` stays, if
/// digits are missing or a surrogate has no partner.
std::optional<char32_t> read_unicode_escape(std::string_view text, std::size_t& at) noexcept;

}  // namespace quartz::protocol
