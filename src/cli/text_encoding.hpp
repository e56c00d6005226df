#pragma once

#include <string>
#include <string_view>

#include "quartz/result.hpp"

namespace quartz::cli {

/// `bytes` as one field of text: backslash, tab, newline and carriage return become `\\`, `\t`,
/// `\n` and `\r`; other control bytes and bytes that are not UTF-8 become `\xNN`. Appends to `to`.
void escape_to(std::string& to, std::string_view bytes);
std::string escaped(std::string_view bytes);

/// The reverse; also understands `\xNN` for any byte. The error says which escape is wrong.
Result<std::string> unescaped(std::string_view text);

/// Lower-case hexadecimal, two digits a byte, and back (either case, an even number of digits).
std::string to_hex(std::string_view bytes);
Result<std::string> from_hex(std::string_view text);

/// How keys and values are written on a command line.
enum class TextFormat {
  text,     ///< As they are.
  hex,      ///< "616c" for "al".
  escaped,  ///< With the escapes above.
};

/// The bytes that `argument` stands for. `what` names it in the error: "KEY".
Result<std::string> decode_argument(TextFormat format, std::string_view argument,
                                    std::string_view what);

/// `bytes` in a format, for printing.
std::string encoded(TextFormat format, std::string_view bytes);

}  // namespace quartz::cli
