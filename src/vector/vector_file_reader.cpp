#include "vector/vector_file_reader.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "vector/bin_format.hpp"
#include "vector/npy_format.hpp"
#include "vector/vecs_format.hpp"

namespace quartz::vector {
namespace {

Result<RowLayout> read_layout(const io::File& file, VectorFormat format) {
  switch (family_of(format)) {
    case FormatFamily::vecs:
      return read_vecs_layout(file, element_of(format).value());
    case FormatFamily::bin:
      return read_bin_layout(file, element_of(format).value());
    case FormatFamily::npy:
      break;
  }
  return read_npy_layout(file);
}

}  // namespace

Result<VectorFileReader> VectorFileReader::open(io::FileSystem& files, const io::Path& path,
                                                std::optional<VectorFormat> format) {
  if (!format) {
    QUARTZ_ASSIGN(format, format_of(path));
  }
  QUARTZ_ASSIGN(auto file, files.open(path, io::OpenMode::read));
  QUARTZ_ASSIGN(const RowLayout layout, read_layout(*file, *format));
  return VectorFileReader(std::move(file), *format, layout);
}

VectorFileReader::VectorFileReader(std::unique_ptr<io::File> file, VectorFormat format,
                                   const RowLayout& layout) noexcept
    : file_(std::move(file)), format_(format), layout_(layout) {}

Result<void> VectorFileReader::seek(std::uint64_t row) {
  if (row > count()) {
    return Error(Errc::invalid_argument, fmt::format("{}: there is no row {}, only {} rows",
                                                     file_->path().string(), row, count()));
  }
  position_ = row;
  return {};
}

Result<std::size_t> VectorFileReader::read(std::span<float> into) { return read_as(into); }

Result<std::size_t> VectorFileReader::read(std::span<std::int32_t> into) {
  if (!is_integer(element())) {
    return Error(Errc::invalid_argument,
                 fmt::format("{}: has elements of the type {}, which cannot be read as integers",
                             file_->path().string(), to_string(element())));
  }
  return read_as(into);
}

template <Coordinate Value>
Result<std::size_t> VectorFileReader::read_as(std::span<Value> into) {
  if (into.size() % dimensions() != 0) {
    return Error(Errc::invalid_argument,
                 fmt::format("{}: room for {} numbers is not one for whole rows of {}",
                             file_->path().string(), into.size(), dimensions()));
  }
  const std::uint64_t begin = position_;
  while (!into.empty() && position_ < count()) {
    const std::size_t rows = std::min(piece_rows(), into.size() / dimensions());
    auto bytes = load_rows(position_, rows);
    if (!bytes) {
      position_ = begin;
      return std::move(bytes).error();
    }
    for (std::size_t i = 0; i < rows; ++i) {
      const auto row = bytes->subspan(i * layout_.row_bytes(), layout_.row_bytes());
      decode(element(), row.subspan(layout_.prefix_bytes), into.first(dimensions()));
      into = into.subspan(dimensions());
    }
    position_ += rows;
  }
  return static_cast<std::size_t>(position_ - begin);
}

std::size_t VectorFileReader::piece_rows() const noexcept {
  // Neither the bytes of the file nor the numbers made of them take more.
  const std::size_t larger = std::max(layout_.row_bytes(), dimensions() * sizeof(float));
  const std::size_t fitting = std::max<std::size_t>(kPieceBytes / larger, 1);
  return static_cast<std::size_t>(std::min<std::uint64_t>(fitting, count() - position_));
}

Result<std::span<const std::byte>> VectorFileReader::load_rows(std::uint64_t first_row,
                                                               std::size_t rows) {
  piece_.resize(std::max(piece_.size(), rows * layout_.row_bytes()));
  const auto bytes = std::span(piece_).first(rows * layout_.row_bytes());
  // The size was right when the file was opened; it may have been cut since.
  QUARTZ_TRY(read_whole(*file_, layout_.offset_of(first_row), bytes, "its rows"));
  if (family_of(format_) == FormatFamily::vecs) {
    QUARTZ_TRY(judge_vecs_rows(file_->path(), layout_, first_row, bytes));
  }
  return std::span<const std::byte>(bytes);
}

}  // namespace quartz::vector
