#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "io/file_system.hpp"
#include "io/staged_file.hpp"
#include "quartz/result.hpp"
#include "vector/element_type.hpp"
#include "vector/row_layout.hpp"
#include "vector/vector_format.hpp"

namespace quartz::vector {

/// What a new file of vectors is to hold.
struct VectorFileShape {
  std::size_t dimensions = 0;               ///< 1 to kDimensionsMax.
  std::optional<VectorFormat> format = {};  ///< Without one, the extension tells it.
  std::optional<ElementType> element = {};  ///< For npy, float32 without; the others have theirs.
};

/// Writes a file of vectors, row by row in bounded memory. The file is there when `finish` has
/// returned, whole and synced, and until then what had its path before. Move-only; the file system
/// must outlive it. Threads: one at a time.
class VectorFileWriter {
 public:
  /// Begins a file; what is never finished is removed with the writer. `invalid_argument` for
  /// dimensions out of range, an unknown extension, or elements that the format does not hold.
  static Result<VectorFileWriter> create(io::FileSystem& files, const io::Path& path,
                                         const VectorFileShape& shape);

  /// Appends whole rows, one behind the other. `invalid_argument` if they are not whole or a value
  /// is none that the element type holds exactly (rows in front of that one stay appended);
  /// `too_large` beyond what the format can count; `closed` after `finish`. After an error of the
  /// file system the rows of the call may or may not be in the file, so it should be given up.
  Result<void> append(std::span<const float> rows);
  Result<void> append(std::span<const std::int32_t> rows);

  /// Rows appended so far.
  std::uint64_t count() const noexcept { return layout_.count; }

  /// Completes the file and gives it its path, replacing what was there; `closed` once that has
  /// been tried. `invalid_argument` for no rows in fvecs, ivecs and bvecs, which have no place to
  /// say so.
  Result<void> finish();

 private:
  VectorFileWriter(io::StagedFile staged, io::Path path, VectorFormat format,
                   const RowLayout& layout);

  template <class Value>
  Result<void> append_as(std::span<const Value> rows);
  Result<void> flush();
  Result<void> write_header();
  Error closed() const;

  std::optional<io::StagedFile> staged_;  // Nothing once finished.
  io::Path path_;
  VectorFormat format_;
  RowLayout layout_;
  std::vector<std::byte> piece_;    // Rows that are not in the file yet.
  std::uint64_t piece_offset_ = 0;  // Where they will be.
};

}  // namespace quartz::vector
