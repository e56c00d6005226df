#pragma once

#include <cstdlib>
#include <iostream>
#include <png.h>
#include <string_view>

#include "cli/grey_picture.hpp"

namespace quartz::cli {

/// The grey picture in a PNG file, by libpng's reader. A test that wrote something else cannot go
/// on, so a failure here ends the process.
inline GreyPicture decode_png(std::string_view file) {
  png_image image = {};
  image.version = PNG_IMAGE_VERSION;
  if (png_image_begin_read_from_memory(&image, file.data(), file.size()) == 0) {
    std::cerr << "no PNG file: " << image.message << '\n';
    std::abort();
  }
  image.format = PNG_FORMAT_GRAY;
  GreyPicture picture{.width = image.width, .height = image.height, .pixels = {}};
  picture.pixels.resize(picture.width * picture.height);
  if (png_image_finish_read(&image, nullptr, picture.pixels.data(), 0, nullptr) == 0) {
    std::cerr << "damaged PNG file: " << image.message << '\n';
    std::abort();
  }
  return picture;
}

}  // namespace quartz::cli
