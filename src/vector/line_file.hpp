#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "io/file_system.hpp"
#include "io/staged_file.hpp"
#include "quartz/result.hpp"

namespace quartz::vector {

// Texts with something about each row of a file of vectors in a line.

/// The lines from front to back, in bounded memory. The last one may lack its newline, and a
/// carriage return in front of a newline does not count. Move-only; the file system must outlive
/// it. Threads: one at a time.
class LineFileReader {
 public:
  static Result<LineFileReader> open(io::FileSystem& files, const io::Path& path,
                                     std::size_t line_bytes_max);

  /// The next line, replacing `text`; false at the end. `corruption` for one that is too long.
  Result<bool> next(std::string& text);

  /// Lines read so far; the number of the newest.
  std::uint64_t line() const noexcept { return line_; }
  /// `corruption` naming the file and the newest line.
  Error malformed(std::string_view what) const;

 private:
  LineFileReader(std::unique_ptr<io::File> file, std::size_t line_bytes_max) noexcept
      : file_(std::move(file)), line_bytes_max_(line_bytes_max) {}

  Result<void> fill();

  std::unique_ptr<io::File> file_;
  std::size_t line_bytes_max_;
  std::uint64_t offset_ = 0;  // Of what was not read yet.
  std::vector<std::byte> piece_;
  std::size_t position_ = 0;  // In the piece.
  std::uint64_t line_ = 0;
};

/// Writes such a file. It is there when `finish` has returned, whole and synced. Move-only; the
/// file system must outlive it. Threads: one at a time.
class LineFileWriter {
 public:
  static Result<LineFileWriter> create(io::FileSystem& files, const io::Path& path);

  /// `text` has no newline in it.
  Result<void> append(std::string_view text);
  /// To be called once, last.
  Result<void> finish();

 private:
  explicit LineFileWriter(io::StagedFile staged) noexcept : staged_(std::move(staged)) {}

  Result<void> flush();

  io::StagedFile staged_;
  std::string piece_;  // Lines that are not in the file yet.
  std::uint64_t piece_offset_ = 0;
};

}  // namespace quartz::vector
