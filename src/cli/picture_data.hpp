#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "quartz/result.hpp"

namespace quartz::cli {

/// Pictures to search, and others, which are not among them, to search with: files of vectors in
/// which each row is a square picture and each component a pixel.
struct PictureData {
  std::filesystem::path base;  ///< Stays a file; a collection imports it.
  std::uint64_t base_count = 0;
  std::size_t side = 0;        ///< Pixels; a vector has as many components as its square.
  std::vector<float> queries;  ///< One behind the other.
  bool sample = false;         ///< The small one that comes with Quartz.

  std::size_t dimensions() const noexcept { return side * side; }
  std::size_t query_count() const noexcept { return queries.size() / dimensions(); }
  std::span<const float> query(std::size_t index) const noexcept {
    return std::span(queries).subspan(index * dimensions(), dimensions());
  }
};

/// Most queries that are read.
inline constexpr std::size_t kPictureQueriesMax = 200;

/// The data set MNIST: in `chosen`, which must have it; or, if that is empty, in $QUARTZ_DATA_DIR;
/// or else the sample that comes with Quartz. Nothing if that is not there either. Errors:
/// `not_found` for `chosen`; those of reading the files; `invalid_argument` if they are none of
/// square pictures, or no pictures at all.
Result<std::optional<PictureData>> find_picture_data(const std::string& chosen);

/// A picture's pixels, from 0 to 255.
std::vector<std::uint8_t> pixels_of(std::span<const float> vector);

}  // namespace quartz::cli
