#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "quartz/result.hpp"

namespace quartz::cli {

/// A user's file or standard input, read from front to back. A read that a remembered signal
/// breaks off answers `cancelled`. Threads: one at a time.
class InputStream {
 public:
  /// Opens `path`; "-" is standard input. Errors: `io_error` naming the path.
  static Result<InputStream> open(const std::string& path);

  InputStream(InputStream&& other) noexcept;
  InputStream& operator=(InputStream&&) = delete;
  InputStream(const InputStream&) = delete;
  InputStream& operator=(const InputStream&) = delete;
  ~InputStream();

  /// The next line without its newline, replacing `line`; false at the end. The last line may lack
  /// its newline. Error `too_large` beyond `bytes_max`, so that no input can exhaust the memory.
  Result<bool> read_line(std::string& line, std::size_t bytes_max);

  /// Appends the next `count` bytes to `to`, fewer only at the end; how many. Memory grows as bytes
  /// arrive, so that a length that lies costs nothing.
  Result<std::size_t> read(std::string& to, std::size_t count);

  /// The path, or "standard input".
  const std::string& name() const noexcept { return name_; }
  /// Size of a regular file; nothing for pipes and terminals.
  std::optional<std::uint64_t> size() const noexcept { return size_; }
  /// How many bytes were handed out.
  std::uint64_t position() const noexcept { return position_; }

 private:
  InputStream(int descriptor, std::string name, std::optional<std::uint64_t> size);
  Result<bool> fill();  // False at the end. Invalidates what was buffered and consumed.

  int descriptor_;  // -1 after a move.
  std::string name_;
  std::optional<std::uint64_t> size_;
  std::uint64_t position_ = 0;
  std::string buffer_;
  std::size_t consumed_ = 0;  // Of the buffer.
};

/// A user's file or standard output. Errors are remembered and answered by `finish`, so that loops
/// need only ask `stopped` now and then. Threads: one at a time.
class OutputStream {
 public:
  static OutputStream standard_output();
  /// "-" is standard output. A regular file is written under a name of its own and appears as
  /// `path` in `finish`, so that a broken-off dump is never taken for a whole one. Where `path` is
  /// a link, what it leads to is replaced. The new file has the rights of the old one; one without
  /// a predecessor is for its owner alone.
  static Result<OutputStream> create(const std::string& path);

  OutputStream(OutputStream&& other) noexcept;
  OutputStream& operator=(OutputStream&&) = delete;
  OutputStream(const OutputStream&) = delete;
  OutputStream& operator=(const OutputStream&) = delete;
  ~OutputStream();  // Drops a file that was not finished.

  void write(std::string_view bytes);
  void flush();
  /// Whether writing on is pointless: an error, or a reader that has gone.
  bool stopped() const noexcept { return reader_gone_ || error_.has_value(); }
  /// Whether a pipe's reader went away, which is no error: it has all it wants.
  bool reader_gone() const noexcept { return reader_gone_; }
  /// Writes what is buffered and gives the file its name; both survive power loss then. After an
  /// error the file is the old one, or the new one if only the last sync failed. Errors:
  /// `no_space`, `io_error`.
  Result<void> finish();

  const std::string& name() const noexcept { return name_; }

 private:
  OutputStream(int descriptor, std::string name, std::string staging);

  int descriptor_;  // -1 after a move or once closed.
  std::string name_;
  std::string staging_;  // Empty: written in place.
  std::string buffer_;
  std::optional<Error> error_;
  bool reader_gone_ = false;
};

/// Both ends of a new pipe, which no child inherits by accident. The caller closes them.
struct Pipe {
  int read_end = -1;
  int write_end = -1;
};
Result<Pipe> make_pipe();

/// Writes all of `text` to standard error at once; what cannot be written there is lost.
void write_to_standard_error(std::string_view text) noexcept;

}  // namespace quartz::cli
