#include "cli/png_file.hpp"

#include "base/random.hpp"
#include "cli/decode_png.hpp"
#include "support/corrupt_file.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"

namespace quartz::cli {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

GreyPicture any_picture(std::size_t width, std::size_t height) {
  Random random(width + height);
  GreyPicture picture{.width = width, .height = height, .pixels = {}};
  for (std::size_t i = 0; i < width * height; ++i) {
    picture.pixels.push_back(static_cast<std::uint8_t>(random.next()));
  }
  return picture;
}

TEST(PngFile, holds_the_picture_pixel_for_pixel) {
  for (const auto& [width, height] : {std::pair{1u, 1u}, std::pair{28u, 28u}, std::pair{3u, 700u},
                                      std::pair{1001u, 2u}, std::pair{333u, 257u}}) {
    const GreyPicture picture = any_picture(width, height);
    EXPECT_EQ(decode_png(encode_png(picture).value()), picture) << width << " x " << height;
  }
}

TEST(PngFile, keeps_each_of_the_256_greys) {
  GreyPicture picture{.width = 256, .height = 1, .pixels = {}};
  for (unsigned grey = 0; grey < 256; ++grey) {
    picture.pixels.push_back(static_cast<std::uint8_t>(grey));
  }
  EXPECT_EQ(decode_png(encode_png(picture).value()), picture);
}

TEST(PngFile, is_a_grey_one_of_eight_bits_and_small_where_there_is_little_to_see) {
  const GreyPicture black{
      .width = 400, .height = 300, .pixels = std::vector<std::uint8_t>(120'000)};
  const std::string file = encode_png(black).value();
  EXPECT_THAT(file, StartsWith("\x89PNG\r\n\x1A\n"));
  EXPECT_EQ(file[24], 8);  // Bit depth.
  EXPECT_EQ(file[25], 0);  // Colour type: grey.
  EXPECT_LT(file.size(), 2000u);
}

TEST(PngFile, of_no_pixels_or_too_many_is_refused) {
  EXPECT_THAT(encode_png({}), FailsWith(Errc::invalid_argument));
  EXPECT_THAT(encode_png({.width = 0, .height = 5, .pixels = {}}),
              FailsWith(Errc::invalid_argument));
  EXPECT_THAT(encode_png(any_picture(1'000'001, 1)),
              FailsWith(Errc::too_large, HasSubstr("1000001 x 1")));
}

TEST(PngFile, appears_under_its_path_and_replaces_what_was_there) {
  ScratchDirectory scratch;
  overwrite_file(scratch / "a.png", "old");
  const GreyPicture picture = any_picture(5, 7);
  ASSERT_THAT(write_png(picture, scratch / "a.png"), Succeeds());
  EXPECT_EQ(decode_png(file_contents(scratch / "a.png")), picture);
}

TEST(PngFile, that_cannot_be_written_is_an_error_with_its_path) {
  ScratchDirectory scratch;
  EXPECT_THAT(write_png(any_picture(5, 7), scratch / "none/a.png"),
              FailsWith(Errc::not_found, HasSubstr("none/a.png")));
  EXPECT_THAT(write_png({}, scratch / "a.png"), FailsWith(Errc::invalid_argument));
  EXPECT_FALSE(std::filesystem::exists(scratch / "a.png"));
}

}  // namespace
}  // namespace quartz::cli
