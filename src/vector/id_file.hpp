#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "io/file_system.hpp"
#include "quartz/result.hpp"
#include "vector/line_file.hpp"

namespace quartz::vector {

// The ids of the rows of a file of vectors: a text with a line for each, in which backslash,
// newline and carriage return are `\\`, `\n` and `\r` and every other byte is itself.

/// The ids from front to back. See LineFileReader.
class IdFileReader {
 public:
  static Result<IdFileReader> open(io::FileSystem& files, const io::Path& path);

  /// The next id, replacing `id`; false at the end. `corruption` naming the line for one that is
  /// empty, longer than ids can be, or has a backslash in front of something else.
  Result<bool> next(std::string& id);

  /// Lines read so far; the number of the newest.
  std::uint64_t line() const noexcept { return lines_.line(); }

 private:
  explicit IdFileReader(LineFileReader lines) noexcept : lines_(std::move(lines)) {}

  LineFileReader lines_;
  std::string text_;  // The newest line.
};

/// Writes such a file. See LineFileWriter.
class IdFileWriter {
 public:
  static Result<IdFileWriter> create(io::FileSystem& files, const io::Path& path);

  Result<void> append(std::string_view id);
  /// To be called once, last.
  Result<void> finish() { return lines_.finish(); }

 private:
  explicit IdFileWriter(LineFileWriter lines) noexcept : lines_(std::move(lines)) {}

  LineFileWriter lines_;
  std::string text_;
};

}  // namespace quartz::vector
