#include "vector/vector_file_writer.hpp"

#include <limits>
#include <utility>

#include <fmt/format.h>

#include "base/coding.hpp"
#include "base/try.hpp"
#include "quartz/vector/limits.hpp"
#include "vector/bin_format.hpp"
#include "vector/npy_format.hpp"
#include "vector/vecs_format.hpp"

namespace quartz::vector {
namespace {

std::uint64_t count_max(VectorFormat format) noexcept {
  return family_of(format) == FormatFamily::bin ? kBinCountMax
                                                : std::numeric_limits<std::uint64_t>::max();
}

Result<RowLayout> layout_of(const io::Path& path, VectorFormat format,
                            const VectorFileShape& shape) {
  if (shape.dimensions == 0 || shape.dimensions > kDimensionsMax) {
    return Error(Errc::invalid_argument,
                 fmt::format("{}: vectors have 1 to {} dimensions, not {}", path.string(),
                             kDimensionsMax, shape.dimensions));
  }
  const auto own = element_of(format);
  if (own && shape.element && *shape.element != *own) {
    return Error(
        Errc::invalid_argument,
        fmt::format("{}: the format {} holds elements of the type {}, not {}", path.string(),
                    to_string(format), to_string(*own), to_string(*shape.element)));
  }
  RowLayout layout{.element = own ? *own : shape.element.value_or(ElementType::float32),
                   .dimensions = shape.dimensions};
  switch (family_of(format)) {
    case FormatFamily::vecs:
      layout.prefix_bytes = kVecsPrefixBytes;
      break;
    case FormatFamily::bin:
      layout.rows_offset = kBinHeaderBytes;
      break;
    case FormatFamily::npy:
      layout.rows_offset = kNpyPreambleBytes;
      break;
  }
  return layout;
}

}  // namespace

Result<VectorFileWriter> VectorFileWriter::create(io::FileSystem& files, const io::Path& path,
                                                  const VectorFileShape& shape) {
  auto format = shape.format;
  if (!format) {
    QUARTZ_ASSIGN(format, format_of(path));
  }
  QUARTZ_ASSIGN(const RowLayout layout, layout_of(path, *format, shape));
  QUARTZ_ASSIGN(auto staged, io::StagedFile::create(files, path));
  return VectorFileWriter(std::move(staged), path, *format, layout);
}

VectorFileWriter::VectorFileWriter(io::StagedFile staged, io::Path path, VectorFormat format,
                                   const RowLayout& layout)
    : staged_(std::move(staged)),
      path_(std::move(path)),
      format_(format),
      layout_(layout),
      piece_offset_(layout.rows_offset) {}

Result<void> VectorFileWriter::append(std::span<const float> rows) { return append_as(rows); }
Result<void> VectorFileWriter::append(std::span<const std::int32_t> rows) {
  return append_as(rows);
}

template <class Value>
Result<void> VectorFileWriter::append_as(std::span<const Value> rows) {
  if (!staged_) return closed();
  const std::size_t dimensions = layout_.dimensions;
  if (rows.size() % dimensions != 0) {
    return Error(Errc::invalid_argument, fmt::format("{}: {} numbers are not whole rows of {}",
                                                     path_.string(), rows.size(), dimensions));
  }
  if (rows.size() / dimensions > count_max(format_) - layout_.count) {
    return Error(Errc::too_large,
                 fmt::format("{}: the format {} counts no more than {} rows", path_.string(),
                             to_string(format_), count_max(format_)));
  }
  for (; !rows.empty(); rows = rows.subspan(dimensions)) {
    if (piece_.size() + layout_.row_bytes() > kPieceBytes) QUARTZ_TRY(flush());
    const std::size_t begin = piece_.size();
    piece_.resize(begin + layout_.row_bytes());
    const auto row = std::span(piece_).subspan(begin);
    if (layout_.prefix_bytes != 0) store(row.data(), static_cast<std::uint32_t>(dimensions));
    const auto refused =
        encode(layout_.element, rows.first(dimensions), row.subspan(layout_.prefix_bytes));
    if (refused) {
      piece_.resize(begin);
      return Error(Errc::invalid_argument,
                   fmt::format("{}: element {} of row {} is {}, which {} cannot hold exactly",
                               path_.string(), *refused, layout_.count, rows[*refused],
                               to_string(layout_.element)));
    }
    ++layout_.count;
  }
  return {};
}

Result<void> VectorFileWriter::flush() {
  QUARTZ_TRY(staged_->file().write_at(piece_offset_, piece_));
  piece_offset_ += piece_.size();
  piece_.clear();
  return {};
}

Result<void> VectorFileWriter::write_header() {
  switch (family_of(format_)) {
    case FormatFamily::vecs:
      return {};
    case FormatFamily::bin:
      return staged_->file().write_at(0, bin_header(layout_.count, layout_.dimensions));
    case FormatFamily::npy:
      break;
  }
  return staged_->file().write_at(
      0, as_bytes(npy_preamble(layout_.element, layout_.count, layout_.dimensions)));
}

Result<void> VectorFileWriter::finish() {
  if (!staged_) return closed();
  if (family_of(format_) == FormatFamily::vecs && count() == 0) {
    return Error(Errc::invalid_argument,
                 fmt::format("{}: a file of the format {} has at least one row, because its rows "
                             "tell the dimension",
                             path_.string(), to_string(format_)));
  }
  QUARTZ_TRY(flush());
  QUARTZ_TRY(write_header());
  // Whatever comes of it, it cannot be tried twice: after a failed sync nobody knows the contents.
  auto published = staged_->publish();
  staged_.reset();
  return published;
}

Error VectorFileWriter::closed() const {
  return Error(Errc::closed, path_.string() + ": the file is finished");
}

}  // namespace quartz::vector
