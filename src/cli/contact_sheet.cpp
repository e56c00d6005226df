#include "cli/contact_sheet.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/check.hpp"
#include "cli/png_file.hpp"

namespace quartz::cli {
namespace {

/// `length` pixels of a tile in the drawing; what is left of a square counts as one.
std::size_t scaled(std::size_t length, const SheetLayout& layout) noexcept {
  return (length * layout.magnification + layout.reduction - 1) / layout.reduction;
}

void fill(GreyPicture& picture, std::size_t left, std::size_t top, std::size_t width,
          std::size_t height, std::uint8_t grey) {
  for (std::size_t y = top; y < top + height; ++y) {
    std::fill_n(&picture.at(left, y), width, grey);
  }
}

/// The mean of the square that becomes pixel (x, y), as far as the tile reaches.
std::uint8_t mean_of_square(const GreyPicture& tile, std::size_t x, std::size_t y,
                            std::size_t side) {
  std::size_t sum = 0;
  std::size_t count = 0;
  for (std::size_t v = y * side; v < std::min((y + 1) * side, tile.height); ++v) {
    for (std::size_t u = x * side; u < std::min((x + 1) * side, tile.width); ++u) {
      sum += tile.at(u, v);
      ++count;
    }
  }
  return static_cast<std::uint8_t>((sum + count / 2) / count);
}

void paste(GreyPicture& picture, std::size_t left, std::size_t top, const GreyPicture& tile,
           const SheetLayout& layout) {
  for (std::size_t y = 0; y < scaled(tile.height, layout); ++y) {
    for (std::size_t x = 0; x < scaled(tile.width, layout); ++x) {
      picture.at(left + x, top + y) = mean_of_square(tile, x / layout.magnification,
                                                     y / layout.magnification, layout.reduction);
    }
  }
}

}  // namespace

ContactSheet::ContactSheet(std::size_t tile_width, std::size_t tile_height, std::size_t columns)
    : tile_width_(tile_width), tile_height_(tile_height), columns_(columns) {
  QUARTZ_CHECK(tile_width > 0 && tile_height > 0 && columns > 0);
}

Result<void> ContactSheet::add_row(std::span<const std::span<const std::uint8_t>> tiles) {
  if (tiles.empty() || tiles.size() > columns_) {
    return Error(Errc::invalid_argument,
                 fmt::format("row {} of the contact sheet has {} pictures, and there is room for "
                             "1 to {}",
                             row_count(), tiles.size(), columns_));
  }
  std::vector<GreyPicture> row;
  for (const auto tile : tiles) {
    if (tile.size() != tile_width_ * tile_height_) {
      return Error(Errc::invalid_argument,
                   fmt::format("picture {} of row {} of the contact sheet has {} pixels, not "
                               "{} x {}",
                               row.size(), row_count(), tile.size(), tile_width_, tile_height_));
    }
    row.push_back({.width = tile_width_,
                   .height = tile_height_,
                   .pixels = std::vector<std::uint8_t>(tile.begin(), tile.end())});
  }
  rows_.push_back(std::move(row));
  return {};
}

std::size_t ContactSheet::column_offset(std::size_t column,
                                        const SheetLayout& layout) const noexcept {
  const std::size_t gap = column == 0 ? 0 : layout.margin;  // Between the query and the others.
  return layout.margin + column * (scaled(tile_width_, layout) + layout.margin) + gap;
}

std::size_t ContactSheet::width(const SheetLayout& layout) const noexcept {
  return column_offset(columns_ - 1, layout) + scaled(tile_width_, layout) + layout.margin;
}

std::size_t ContactSheet::height(const SheetLayout& layout) const noexcept {
  return layout.margin + row_count() * (scaled(tile_height_, layout) + layout.margin);
}

GreyPicture ContactSheet::draw(const SheetLayout& layout) const {
  QUARTZ_CHECK(layout.frame <= layout.margin);
  QUARTZ_CHECK(layout.magnification > 0 && layout.reduction > 0);
  QUARTZ_CHECK(layout.magnification == 1 || layout.reduction == 1);
  GreyPicture picture{.width = width(layout), .height = height(layout), .pixels = {}};
  picture.pixels.assign(picture.width * picture.height, layout.ground);
  const std::size_t tile_width = scaled(tile_width_, layout);
  const std::size_t tile_height = scaled(tile_height_, layout);
  for (std::size_t row = 0; row < rows_.size(); ++row) {
    const std::size_t top = layout.margin + row * (tile_height + layout.margin);
    fill(picture, layout.margin - layout.frame, top - layout.frame, tile_width + 2 * layout.frame,
         tile_height + 2 * layout.frame, layout.frame_grey);
    for (std::size_t column = 0; column < rows_[row].size(); ++column) {
      paste(picture, column_offset(column, layout), top, rows_[row][column], layout);
    }
  }
  return picture;
}

std::string ContactSheet::draw_as_text(PictureStyle style, std::size_t columns_max) const {
  SheetLayout layout{.margin = 2, .frame = 1};
  // Where greys are made of ink, a ground that is not black would be all over the page.
  if (style == PictureStyle::ascii) layout.ground = 0;
  const std::size_t reduction_max = std::max(tile_width_, tile_height_);
  while (width(layout) > columns_max && layout.reduction < reduction_max) ++layout.reduction;
  return cli::draw_as_text(draw(layout), style);
}

Result<void> ContactSheet::write_png(const std::filesystem::path& path,
                                     const SheetLayout& layout) const {
  if (rows_.empty()) {
    return Error(Errc::invalid_argument, path.string() + ": a contact sheet without a row");
  }
  return cli::write_png(draw(layout), path);
}

}  // namespace quartz::cli
