#include "cli/terminal_picture.hpp"

#include <algorithm>
#include <cstdlib>
#include <optional>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "cli/terminal.hpp"

namespace quartz::cli {
namespace {

// From no ink to much, for light text on a dark ground.
constexpr std::string_view kInk = " .:-=+*#%@";
constexpr std::string_view kUpperHalf = "\u2580";

std::string_view variable(const char* name) noexcept {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

bool names_utf8(std::string_view locale) noexcept {
  // "de_DE.UTF-8", "C.utf8"
  const auto same = [](char a, char b) { return to_lower(a) == b; };
  for (const std::string_view name : {"utf-8", "utf8"}) {
    if (!std::ranges::search(locale, name, same).empty()) return true;
  }
  return false;
}

char ink_for(unsigned grey) noexcept { return kInk[grey * kInk.size() / 256]; }

/// The nearest of the palette: 232 to 255 are 8, 18, 28 ... 238; 16 is black and 231 white.
unsigned palette_index(unsigned grey) noexcept {
  if (grey < 4) return 16;
  if (grey > 246) return 231;
  return 232 + std::min((grey - 3) / 10, 23u);
}

/// What the terminal is told for a grey: of different greys that it shows alike, the same.
unsigned color_for(unsigned grey, PictureStyle style) noexcept {
  return style == PictureStyle::palette ? palette_index(grey) : grey;
}

constexpr int kForeground = 38;
constexpr int kBackground = 48;

std::string color_sequence(int target, unsigned color, PictureStyle style) {
  if (style == PictureStyle::palette) return fmt::format("\033[{};5;{}m", target, color);
  return fmt::format("\033[{};2;{};{};{}m", target, color, color, color);
}

void append_blocks(std::string& text, const GreyPicture& picture, std::size_t upper_y,
                   std::size_t lower_y, PictureStyle style) {
  // Runs of one colour are common, and need to be said once only.
  std::optional<unsigned> foreground;
  std::optional<unsigned> background;
  for (std::size_t x = 0; x < picture.width; ++x) {
    const unsigned upper = color_for(picture.at(x, upper_y), style);
    const unsigned lower = color_for(picture.at(x, lower_y), style);
    if (foreground != upper) text += color_sequence(kForeground, upper, style);
    if (background != lower) text += color_sequence(kBackground, lower, style);
    foreground = upper;
    background = lower;
    text += kUpperHalf;
  }
  text += "\033[0m";
}

}  // namespace

PictureStyle choose_picture_style(const TerminalClaims& claims) noexcept {
  if (!claims.colors || !names_utf8(claims.locale)) return PictureStyle::ascii;
  if (claims.depth == "truecolor" || claims.depth == "24bit" ||
      claims.terminal.ends_with("-direct")) {
    return PictureStyle::true_color;
  }
  const bool has_palette = claims.terminal.find("256color") != std::string_view::npos;
  return has_palette ? PictureStyle::palette : PictureStyle::ascii;
}

PictureStyle picture_style_for_standard_output() noexcept {
  TerminalClaims claims{.colors = Style::for_standard_output().enabled(),
                        .terminal = variable("TERM"),
                        .depth = variable("COLORTERM"),
                        .locale = variable("LC_ALL")};
  for (const char* name : {"LC_CTYPE", "LANG"}) {
    if (claims.locale.empty()) claims.locale = variable(name);
  }
  return choose_picture_style(claims);
}

std::string draw_as_text(const GreyPicture& picture, PictureStyle style) {
  std::string text;
  for (std::size_t y = 0; y < picture.height; y += 2) {
    const std::size_t lower_y = std::min(y + 1, picture.height - 1);
    if (style != PictureStyle::ascii) {
      append_blocks(text, picture, y, lower_y, style);
    } else {
      for (std::size_t x = 0; x < picture.width; ++x) {
        text += ink_for((unsigned{picture.at(x, y)} + picture.at(x, lower_y)) / 2);
      }
      // Nobody misses the spaces at the end of a line.
      text.erase(text.find_last_not_of(' ') + 1);
    }
    text += '\n';
  }
  return text;
}

}  // namespace quartz::cli
