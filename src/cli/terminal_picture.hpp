#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "cli/grey_picture.hpp"

namespace quartz::cli {

/// How a terminal shows a picture.
enum class PictureStyle : std::uint8_t {
  true_color,  ///< Half blocks (U+2580), every shade of grey.
  palette,     ///< Half blocks, in the 26 greys of the palette of 256 colours.
  ascii,       ///< Characters of more or less ink, without escape sequences.
};

/// What a terminal says of itself, by its environment variables; empty if they are not set.
struct TerminalClaims {
  bool colors = false;        ///< Whether colours are wanted and a person may see them.
  std::string_view terminal;  ///< TERM
  std::string_view depth;     ///< COLORTERM
  std::string_view locale;    ///< The first that is set of LC_ALL, LC_CTYPE and LANG.
};

/// The best that such a terminal is sure to show: without colours, or without Unicode, ASCII.
PictureStyle choose_picture_style(const TerminalClaims& claims) noexcept;
/// What suits standard output: ASCII where it is no terminal, and where NO_COLOR is set.
PictureStyle picture_style_for_standard_output() noexcept;

/// The picture as lines of text, each ended by a newline. A character is one pixel wide and two
/// high, which is about square; the lower half of a last single line repeats the upper one.
std::string draw_as_text(const GreyPicture& picture, PictureStyle style);

}  // namespace quartz::cli
