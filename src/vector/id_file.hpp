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

// The ids of the rows of a file of vectors: a text with a line for each, in which backslash,
// newline and carriage return are `\\`, `\n` and `\r` and every other byte is itself.

/// The ids from front to back, in bounded memory. Move-only; the file system must outlive it.
/// Threads: one at a time.
class IdFileReader {
 public:
  static Result<IdFileReader> open(io::FileSystem& files, const io::Path& path);

  /// The next id, replacing `id`; false at the end. The last line may lack its newline, and a
  /// carriage return in front of a newline does not count. `corruption` naming the line for one
  /// that is empty, longer than ids can be, or has a backslash in front of something else.
  Result<bool> next(std::string& id);

  /// Lines read so far; the number of the newest.
  std::uint64_t line() const noexcept { return line_; }

 private:
  explicit IdFileReader(std::unique_ptr<io::File> file) noexcept : file_(std::move(file)) {}

  Result<bool> read_line();
  Result<void> fill();
  Error malformed(std::string_view what) const;

  std::unique_ptr<io::File> file_;
  std::uint64_t offset_ = 0;  // Of what was not read yet.
  std::vector<std::byte> piece_;
  std::size_t position_ = 0;  // In the piece.
  std::string text_;          // The newest line.
  std::uint64_t line_ = 0;
};

/// Writes such a file. It is there when `finish` has returned, whole and synced. Move-only; the
/// file system must outlive it. Threads: one at a time.
class IdFileWriter {
 public:
  static Result<IdFileWriter> create(io::FileSystem& files, const io::Path& path);

  Result<void> append(std::string_view id);
  /// To be called once, last.
  Result<void> finish();

 private:
  explicit IdFileWriter(io::StagedFile staged) noexcept : staged_(std::move(staged)) {}

  Result<void> flush();

  io::StagedFile staged_;
  std::string piece_;  // Lines that are not in the file yet.
  std::uint64_t piece_offset_ = 0;
};

}  // namespace quartz::vector
