#include "cli/png_file.hpp"

#include <png.h>
#include <string_view>

#include <fmt/format.h>

#include "base/check.hpp"
#include "base/coding.hpp"
#include "base/try.hpp"
#include "io/file_system.hpp"

namespace quartz::cli {
namespace {

// libpng's own readers refuse more, unless they are told otherwise.
constexpr std::size_t kSideMax = 1'000'000;

}  // namespace

Result<std::string> encode_png(const GreyPicture& picture) {
  QUARTZ_CHECK(picture.pixels.size() == picture.width * picture.height);
  if (picture.pixels.empty()) {
    return Error(Errc::invalid_argument, "a picture without pixels cannot be a PNG file");
  }
  if (picture.width > kSideMax || picture.height > kSideMax) {
    return Error(Errc::too_large, fmt::format("a picture of {} x {} pixels is more than the {} a "
                                              "side that PNG files have",
                                              picture.width, picture.height, kSideMax));
  }
  // The interface of libpng that needs neither callbacks nor longjmp.
  png_image image = {};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(picture.width);
  image.height = static_cast<png_uint_32>(picture.height);
  image.format = PNG_FORMAT_GRAY;
  const auto row_stride = static_cast<png_int_32>(picture.width);
  std::string file(PNG_IMAGE_PNG_SIZE_MAX(image), '\0');
  png_alloc_size_t bytes = file.size();
  if (png_image_write_to_memory(&image, file.data(), &bytes, 0, picture.pixels.data(), row_stride,
                                nullptr) == 0) {
    return Error(Errc::too_large, fmt::format("a picture of {} x {} pixels: {}", picture.width,
                                              picture.height, std::string_view(image.message)));
  }
  file.resize(bytes);
  return file;
}

Result<void> write_png(const GreyPicture& picture, const std::filesystem::path& path) {
  QUARTZ_ASSIGN(const std::string file, encode_png(picture));
  return io::publish_file(io::posix_file_system(), path, as_bytes(file));
}

}  // namespace quartz::cli
