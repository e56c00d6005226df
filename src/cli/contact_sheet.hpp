#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "cli/grey_picture.hpp"
#include "cli/terminal_picture.hpp"
#include "quartz/result.hpp"

namespace quartz::cli {

/// The measures of a drawn contact sheet, in pixels of the drawing.
struct SheetLayout {
  std::size_t magnification = 1;  ///< Each pixel of a tile becomes a square of this side...
  std::size_t reduction = 1;      ///< ...or each square of this side a pixel, its mean.
  std::size_t margin = 4;         ///< Around each tile; twice that behind the queries.
  std::size_t frame = 1;          ///< Width of the queries' frame, which lies in the margin.
  std::uint8_t ground = 48;       ///< Grey of the margins and of tiles that are not there.
  std::uint8_t frame_grey = 255;
};

/// Small grey pictures of equal size in a grid, to see at a glance what a search has found: a row
/// for each query, the query first and in a frame, then its results.
class ContactSheet {
 public:
  /// `columns` tiles a row, the query's included; nothing of it may be zero.
  ContactSheet(std::size_t tile_width, std::size_t tile_height, std::size_t columns);

  /// Adds a row: the query, and as many results as there are, each the pixels of a tile row by row.
  /// `invalid_argument`, and no row, for none, for more than `columns`, or for a tile of another
  /// size.
  Result<void> add_row(std::span<const std::span<const std::uint8_t>> tiles);

  std::size_t row_count() const noexcept { return rows_.size(); }
  /// Of the drawing.
  std::size_t width(const SheetLayout& layout) const noexcept;
  std::size_t height(const SheetLayout& layout) const noexcept;

  /// `layout.frame` is at most `layout.margin`, and one of magnification and reduction is 1;
  /// neither is zero.
  GreyPicture draw(const SheetLayout& layout) const;

  /// The drawing as lines of text, with tiles reduced so far that it is at most `columns_max` wide,
  /// or else to a single pixel each.
  std::string draw_as_text(PictureStyle style, std::size_t columns_max) const;
  /// The drawing as a PNG file, which appears under its path when it is whole. `invalid_argument`
  /// without a row; errors of the file system.
  Result<void> write_png(const std::filesystem::path& path, const SheetLayout& layout) const;

 private:
  std::size_t column_offset(std::size_t column, const SheetLayout& layout) const noexcept;

  std::size_t tile_width_;
  std::size_t tile_height_;
  std::size_t columns_;
  std::vector<std::vector<GreyPicture>> rows_;
};

}  // namespace quartz::cli
