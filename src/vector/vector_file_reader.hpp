#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/try.hpp"
#include "io/file_system.hpp"
#include "quartz/result.hpp"
#include "vector/element_type.hpp"
#include "vector/row_layout.hpp"
#include "vector/vector_format.hpp"

namespace quartz::vector {

/// What the coordinates of a file of vectors are read into and written from: floats, or integers
/// where the rows are ids.
template <class Value>
concept Coordinate = std::same_as<Value, float> || std::same_as<Value, std::int32_t>;

/// The rows of a file of vectors, from front to back or from any row on. Memory is bounded by
/// kPieceBytes, whatever the size of the file. Nothing in the file is trusted: what does not fit
/// together is an error that names the file and the offset. Whether numbers are finite is not
/// judged. Move-only; the file system must outlive it. Threads: one at a time.
class VectorFileReader {
 public:
  /// Opens `path` and believes its header if the size of the file agrees with it. Without `format`
  /// the extension tells it. `not_found`; `invalid_argument` for an unknown extension;
  /// `unsupported` for what the format can express and Quartz does not read; `too_large` beyond
  /// kDimensionsMax; `corruption` for the rest, a file that was cut off among it.
  static Result<VectorFileReader> open(io::FileSystem& files, const io::Path& path,
                                       std::optional<VectorFormat> format = std::nullopt);

  VectorFormat format() const noexcept { return format_; }
  ElementType element() const noexcept { return layout_.element; }
  /// Rows of the file.
  std::uint64_t count() const noexcept { return layout_.count; }
  /// 1 to kDimensionsMax.
  std::size_t dimensions() const noexcept { return layout_.dimensions; }

  /// The row that is read next; `count()` at the end.
  std::uint64_t position() const noexcept { return position_; }
  /// Goes to any row, or to the end; `invalid_argument` beyond it.
  Result<void> seek(std::uint64_t row);

  /// The next rows, as many as `into` has room for, one behind the other; how many there were:
  /// fewer only at the end. `invalid_argument` if `into` is not for whole rows. After an error the
  /// position is what it was and `into` means nothing. Every type of element becomes float;
  /// `decode` says how.
  Result<std::size_t> read(std::span<float> into);
  /// The same for rows of integers, exactly; `invalid_argument` for a file of floats.
  Result<std::size_t> read(std::span<std::int32_t> into);

  /// Calls `take(first_row, rows)`, which returns Result<void>, for the rows from the position to
  /// the end, a piece of about a megabyte at a time; `rows` is a span of `const Value` that is good
  /// during the call. Ends at the first error, its own or that of `take`.
  template <Coordinate Value = float, class Take>
  Result<void> for_each_piece(Take&& take) {
    std::vector<Value> rows;
    while (position_ < count()) {
      rows.resize(piece_rows() * dimensions());
      const std::uint64_t first_row = position_;
      QUARTZ_ASSIGN(const std::size_t got, read(std::span<Value>(rows)));
      QUARTZ_TRY(take(first_row, std::span<const Value>(rows).first(got * dimensions())));
    }
    return {};
  }

 private:
  VectorFileReader(std::unique_ptr<io::File> file, VectorFormat format,
                   const RowLayout& layout) noexcept;

  // How many rows make a piece at the position; at least one, and no more than there are.
  std::size_t piece_rows() const noexcept;
  // `rows` whole rows from `first_row` on, as they stand in the file; good until the next call.
  Result<std::span<const std::byte>> load_rows(std::uint64_t first_row, std::size_t rows);
  template <Coordinate Value>
  Result<std::size_t> read_as(std::span<Value> into);

  std::unique_ptr<io::File> file_;
  VectorFormat format_;
  RowLayout layout_;
  std::uint64_t position_ = 0;
  std::vector<std::byte> piece_;
};

}  // namespace quartz::vector
