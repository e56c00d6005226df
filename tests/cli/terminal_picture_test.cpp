#include "cli/terminal_picture.hpp"

#include <cstdlib>

#include <gmock/gmock.h>

namespace quartz::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr TerminalClaims kXterm{
    .colors = true, .terminal = "xterm-256color", .depth = "truecolor", .locale = "en_GB.UTF-8"};

TEST(PictureStyle, is_as_rich_as_the_terminal_claims) {
  TerminalClaims claims = kXterm;
  EXPECT_EQ(choose_picture_style(claims), PictureStyle::true_color);
  claims.depth = "24bit";
  EXPECT_EQ(choose_picture_style(claims), PictureStyle::true_color);
  claims.depth = "";
  EXPECT_EQ(choose_picture_style(claims), PictureStyle::palette);
  claims.terminal = "xterm-direct";
  EXPECT_EQ(choose_picture_style(claims), PictureStyle::true_color);
  claims.terminal = "xterm";
  EXPECT_EQ(choose_picture_style(claims), PictureStyle::ascii);
}

TEST(PictureStyle, is_ascii_where_colors_are_not_wanted_or_not_seen) {
  TerminalClaims claims = kXterm;
  claims.colors = false;
  EXPECT_EQ(choose_picture_style(claims), PictureStyle::ascii);
  EXPECT_EQ(choose_picture_style({}), PictureStyle::ascii);
}

TEST(PictureStyle, needs_a_locale_of_utf_8_for_blocks) {
  TerminalClaims claims = kXterm;
  for (const char* locale : {"C.utf8", "de_DE.UTF-8", "ja_JP.utf-8"}) {
    claims.locale = locale;
    EXPECT_EQ(choose_picture_style(claims), PictureStyle::true_color) << locale;
  }
  for (const char* locale : {"", "C", "POSIX", "de_DE.ISO-8859-1"}) {
    claims.locale = locale;
    EXPECT_EQ(choose_picture_style(claims), PictureStyle::ascii) << locale;
  }
}

TEST(PictureStyle, is_ascii_when_the_user_has_set_no_color) {
  ::setenv("NO_COLOR", "1", 1);
  EXPECT_EQ(picture_style_for_standard_output(), PictureStyle::ascii);
  ::unsetenv("NO_COLOR");
}

TEST(PictureAsText, of_ascii_has_more_ink_where_it_is_brighter) {
  const GreyPicture picture{.width = 4, .height = 2, .pixels = {0, 100, 255, 0, 0, 100, 255, 255}};
  EXPECT_EQ(draw_as_text(picture, PictureStyle::ascii), " -@=\n");
}

TEST(PictureAsText, of_ascii_has_no_spaces_at_the_end_of_a_line) {
  const GreyPicture picture{
      .width = 3, .height = 4, .pixels = {255, 0, 0, 255, 0, 0, 0, 0, 0, 0, 0, 0}};
  EXPECT_EQ(draw_as_text(picture, PictureStyle::ascii), "@\n\n");
}

TEST(PictureAsText, of_true_color_has_the_upper_pixel_in_front_and_the_lower_behind) {
  const GreyPicture picture{.width = 1, .height = 2, .pixels = {10, 200}};
  EXPECT_EQ(draw_as_text(picture, PictureStyle::true_color),
            "\033[38;2;10;10;10m\033[48;2;200;200;200m\u2580\033[0m\n");
}

TEST(PictureAsText, says_a_color_once_for_all_pixels_that_follow_with_it) {
  const GreyPicture picture{.width = 3, .height = 2, .pixels = {7, 7, 8, 7, 7, 7}};
  EXPECT_EQ(draw_as_text(picture, PictureStyle::true_color),
            "\033[38;2;7;7;7m\033[48;2;7;7;7m\u2580\u2580\033[38;2;8;8;8m\u2580\033[0m\n");
  // The palette has one grey for both.
  EXPECT_EQ(draw_as_text(picture, PictureStyle::palette),
            "\033[38;5;232m\033[48;5;232m\u2580\u2580\u2580\033[0m\n");
}

TEST(PictureAsText, repeats_the_last_of_an_odd_number_of_lines) {
  const GreyPicture picture{.width = 1, .height = 3, .pixels = {0, 0, 255}};
  EXPECT_EQ(draw_as_text(picture, PictureStyle::ascii), "\n@\n");
  EXPECT_THAT(draw_as_text(picture, PictureStyle::true_color),
              HasSubstr("\n\033[38;2;255;255;255m\033[48;2;255;255;255m\u2580\033[0m\n"));
}

TEST(PictureAsText, of_the_palette_has_the_nearest_grey) {
  const auto color_of = [](std::uint8_t grey) {
    const GreyPicture picture{.width = 1, .height = 2, .pixels = {grey, grey}};
    const std::string text = draw_as_text(picture, PictureStyle::palette);
    return text.substr(7, text.find('m') - 7);  // Behind "\033[38;5;".
  };
  EXPECT_EQ(color_of(0), "16");
  EXPECT_EQ(color_of(255), "231");
  // Entry 232 + i of the palette is 8 + 10 i; no entry must be nearer.
  for (int grey = 0; grey < 256; ++grey) {
    const int index = std::stoi(color_of(static_cast<std::uint8_t>(grey)));
    const int shown = index == 16 ? 0 : index == 231 ? 255 : 8 + 10 * (index - 232);
    int nearest = std::min(grey, 255 - grey);
    for (int i = 0; i < 24; ++i) nearest = std::min(nearest, std::abs(grey - 8 - 10 * i));
    EXPECT_EQ(std::abs(grey - shown), nearest) << grey;
  }
}

TEST(PictureAsText, of_ascii_has_no_escape_sequence_and_an_empty_picture_no_line) {
  const GreyPicture picture{.width = 2, .height = 1, .pixels = {0, 255}};
  EXPECT_THAT(draw_as_text(picture, PictureStyle::ascii), Not(HasSubstr("\033")));
  for (const auto style : {PictureStyle::ascii, PictureStyle::palette, PictureStyle::true_color}) {
    EXPECT_EQ(draw_as_text({}, style), "");
  }
}

}  // namespace
}  // namespace quartz::cli
