#pragma once

#include <filesystem>
#include <string>

#include "cli/grey_picture.hpp"
#include "quartz/result.hpp"

namespace quartz::cli {

/// The picture as a PNG file of 8 bits a pixel, pixel for pixel. `invalid_argument` for a picture
/// without pixels, `too_large` for one that PNG or libpng do not allow.
Result<std::string> encode_png(const GreyPicture& picture);

/// Writes that file; it appears under its path when it is whole. Errors: those of `encode_png` and
/// of the file system.
Result<void> write_png(const GreyPicture& picture, const std::filesystem::path& path);

}  // namespace quartz::cli
