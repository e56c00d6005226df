#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "quartz/error.hpp"
#include "quartz/result.hpp"

namespace quartz::server {

// What the words of a request mean, as Redis reads them.

/// So much of a word stands in the message about it.
inline constexpr std::size_t kQuotedBytesMax = 128;

/// A number of 64 bits in its only decimal form: no leading zeros, no plus, no spaces.
std::optional<std::int64_t> to_integer(std::string_view word) noexcept;
/// A finite or infinite number, never NaN; nothing for what has spaces around it.
std::optional<double> to_real(std::string_view word) noexcept;

// The same, with the error that Redis gives.
Result<std::int64_t> integer_of(std::string_view word);
/// One of 32 bits.
Result<std::int32_t> small_integer_of(std::string_view word);
Result<double> real_of(std::string_view word);
Result<long double> long_real_of(std::string_view word);

Error syntax_error();
/// For a subcommand that can be written in fewer words only.
Error subcommand_syntax_error(std::string_view container, std::string_view subcommand);
Error not_an_integer();
/// "wrong number of arguments for 'get' command".
Error wrong_argument_count(std::string_view command);

/// The number as Redis writes one that is not in a reply of its own: as an integer if it is one.
std::string text_of_real(double number);

}  // namespace quartz::server
