#include "cli/contact_sheet.hpp"

#include <algorithm>
#include <array>

#include "cli/decode_png.hpp"
#include "support/corrupt_file.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"

namespace quartz::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr std::uint8_t kGround = 48;
constexpr std::uint8_t kFrame = 255;

/// A tile of two by two pixels: `first`, and then one more each.
std::vector<std::uint8_t> tile(int first) {
  std::vector<std::uint8_t> pixels;
  for (int i = 0; i < 4; ++i) pixels.push_back(static_cast<std::uint8_t>(first + i));
  return pixels;
}

Result<void> add(ContactSheet& sheet, const std::vector<std::vector<std::uint8_t>>& tiles) {
  return sheet.add_row(std::vector<std::span<const std::uint8_t>>(tiles.begin(), tiles.end()));
}

/// Two rows of three tiles; the last one is missing.
ContactSheet small_sheet() {
  ContactSheet sheet(2, 2, 3);
  add(sheet, {tile(10), tile(20), tile(30)}).value();
  add(sheet, {tile(40), tile(50)}).value();
  return sheet;
}

/// The pixels as digits and letters: '.' the ground, '#' the frame, else what the tile has.
std::string sketch(const GreyPicture& picture) {
  std::string text;
  for (std::size_t y = 0; y < picture.height; ++y) {
    for (std::size_t x = 0; x < picture.width; ++x) {
      const std::uint8_t grey = picture.at(x, y);
      text += grey == kGround  ? '.'
              : grey == kFrame ? '#'
                               : static_cast<char>('a' + grey / 10 * 4 + grey % 10 - 4);
    }
    text += '\n';
  }
  return text;
}

TEST(ContactSheet, has_each_query_in_a_frame_apart_from_its_results) {
  const ContactSheet sheet = small_sheet();
  const GreyPicture picture = sheet.draw({.margin = 2, .frame = 1});
  EXPECT_EQ(sketch(picture),
            "................\n"
            ".####...........\n"
            ".#ab#...ef..ij..\n"
            ".#cd#...gh..kl..\n"
            ".####...........\n"
            ".####...........\n"
            ".#mn#...qr......\n"
            ".#op#...st......\n"
            ".####...........\n"
            "................\n");
}

TEST(ContactSheet, knows_its_size_before_it_is_drawn) {
  ContactSheet sheet(28, 28, 11);
  const SheetLayout layout;
  EXPECT_EQ(sheet.width(layout), 11u * 32 + 8);
  EXPECT_EQ(sheet.height(layout), 4u);
  const std::vector<std::uint8_t> black(784);
  add(sheet, {black}).value();
  add(sheet, {black, black}).value();
  EXPECT_EQ(sheet.row_count(), 2u);
  EXPECT_EQ(sheet.height(layout), 2u * 32 + 4);
  const GreyPicture picture = sheet.draw(layout);
  EXPECT_EQ(picture.width, sheet.width(layout));
  EXPECT_EQ(picture.height, sheet.height(layout));
  EXPECT_EQ(picture.pixels.size(), picture.width * picture.height);
}

TEST(ContactSheet, may_be_drawn_larger) {
  ContactSheet sheet(2, 2, 1);
  add(sheet, {tile(10)}).value();
  EXPECT_EQ(sketch(sheet.draw({.magnification = 3, .margin = 1, .frame = 0})),
            "........\n"
            ".aaabbb.\n"
            ".aaabbb.\n"
            ".aaabbb.\n"
            ".cccddd.\n"
            ".cccddd.\n"
            ".cccddd.\n"
            "........\n");
}

TEST(ContactSheet, may_be_drawn_smaller_with_the_mean_of_what_falls_together) {
  ContactSheet sheet(3, 3, 1);
  add(sheet, {{0, 10, 20, 30, 41, 40, 100, 200, 77}}).value();
  const GreyPicture picture = sheet.draw({.reduction = 2, .margin = 0, .frame = 0});
  ASSERT_EQ(picture.width, 2u);
  ASSERT_EQ(picture.height, 2u);
  EXPECT_EQ(picture.at(0, 0), 20);   // Of 0, 10, 30 and 41, rounded.
  EXPECT_EQ(picture.at(1, 0), 30);   // Of 20 and 40: the square reaches beyond the tile.
  EXPECT_EQ(picture.at(0, 1), 150);  // Of 100 and 200.
  EXPECT_EQ(picture.at(1, 1), 77);
}

TEST(ContactSheet, refuses_a_row_that_does_not_fit_and_stays_as_it_was) {
  ContactSheet sheet = small_sheet();
  EXPECT_THAT(add(sheet, {}), FailsWith(Errc::invalid_argument, HasSubstr("0 pictures")));
  EXPECT_THAT(add(sheet, {tile(1), tile(2), tile(3), tile(4)}),
              FailsWith(Errc::invalid_argument, AllOf(HasSubstr("row 2"), HasSubstr("1 to 3"))));
  EXPECT_THAT(add(sheet, {tile(1), {1, 2, 3}}),
              FailsWith(Errc::invalid_argument, AllOf(HasSubstr("picture 1 of row 2"),
                                                      HasSubstr("3 pixels"), HasSubstr("2 x 2"))));
  EXPECT_EQ(sheet.row_count(), 2u);
  EXPECT_EQ(sheet.draw({}), small_sheet().draw({}));
}

TEST(ContactSheet, is_written_as_a_png_file_of_the_same_pixels) {
  ScratchDirectory scratch;
  const SheetLayout layout{.magnification = 2};
  const ContactSheet sheet = small_sheet();
  ASSERT_THAT(sheet.write_png(scratch / "a.png", layout), Succeeds());
  EXPECT_EQ(decode_png(file_contents(scratch / "a.png")), sheet.draw(layout));
}

TEST(ContactSheet, without_rows_is_no_picture) {
  ScratchDirectory scratch;
  EXPECT_THAT(ContactSheet(2, 2, 3).write_png(scratch / "a.png", {}),
              FailsWith(Errc::invalid_argument, HasSubstr("a.png")));
  EXPECT_THAT(small_sheet().write_png(scratch / "none/a.png", {}), FailsWith(Errc::not_found));
}

TEST(ContactSheet, in_ascii_has_frames_and_an_empty_ground) {
  ContactSheet sheet(4, 4, 2);
  const std::vector<std::uint8_t> black(16, 0);
  const std::vector<std::uint8_t> white(16, 255);
  add(sheet, {black, white}).value();
  EXPECT_EQ(sheet.draw_as_text(PictureStyle::ascii, 80),
            " ======\n"
            " @    @   @@@@\n"
            " @    @   @@@@\n"
            " ======\n");
}

TEST(ContactSheet, as_text_is_reduced_until_it_is_narrow_enough) {
  ContactSheet sheet(28, 28, 11);
  const std::vector<std::uint8_t> white(784, 255);
  add(sheet, std::vector<std::vector<std::uint8_t>>(11, white)).value();
  const auto widest_line = [&](std::size_t columns_max) {
    std::size_t widest = 0;
    const std::string text = sheet.draw_as_text(PictureStyle::ascii, columns_max);
    for (std::size_t begin = 0; begin < text.size();) {
      const std::size_t end = text.find('\n', begin);
      widest = std::max(widest, end - begin);
      begin = end + 1;
    }
    return widest;
  };
  EXPECT_EQ(widest_line(400), 28u * 11 + 24);  // The right margin is of spaces.
  EXPECT_EQ(widest_line(200), 14u * 11 + 24);
  EXPECT_EQ(widest_line(80), 4u * 11 + 24);
  EXPECT_EQ(widest_line(10), 1u * 11 + 24);  // Never to nothing.
}

}  // namespace
}  // namespace quartz::cli
