#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace quartz::cli {

/// A picture in shades of grey, from black (0) to white (255).
struct GreyPicture {
  std::size_t width = 0;
  std::size_t height = 0;
  std::vector<std::uint8_t> pixels;  // Row by row from the top, without gaps.

  std::uint8_t at(std::size_t x, std::size_t y) const { return pixels[y * width + x]; }
  std::uint8_t& at(std::size_t x, std::size_t y) { return pixels[y * width + x]; }

  bool operator==(const GreyPicture&) const = default;
};

}  // namespace quartz::cli
