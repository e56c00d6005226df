#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "quartz/error.hpp"

namespace quartz::protocol {

/// An error about the byte at `offset` of `text`, or about its end. The message names what the text
/// is and the offset, and shows the line with a caret below the place:
///
///     filter: at offset 8: expected a value, found the end
///       year >=
///               ^
///
/// Of a long line only what is near the place is shown. Bytes that would not print are shown as
/// '?', so that the message is well-formed text whatever the input was.
Error text_error(Errc code, std::string_view text_name, std::string_view text, std::size_t offset,
                 std::string_view message);

/// `bytes` between single quotes, made printable and cut to what fits into a message.
std::string quoted_excerpt(std::string_view bytes);

}  // namespace quartz::protocol
