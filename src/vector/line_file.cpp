#include "vector/line_file.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "base/try.hpp"

namespace quartz::vector {
namespace {

constexpr std::size_t kReadBytes = std::size_t{64} << 10;

}  // namespace

Result<LineFileReader> LineFileReader::open(io::FileSystem& files, const io::Path& path,
                                            std::size_t line_bytes_max) {
  QUARTZ_ASSIGN(auto file, files.open(path, io::OpenMode::read));
  return LineFileReader(std::move(file), line_bytes_max);
}

Error LineFileReader::malformed(std::string_view what) const {
  return {Errc::corruption, fmt::format("{}: line {}: {}", file_->path().string(), line_, what)};
}

Result<void> LineFileReader::fill() {
  piece_.resize(kReadBytes);
  QUARTZ_ASSIGN(const std::size_t got, file_->read_at(offset_, piece_));
  piece_.resize(got);
  offset_ += got;
  position_ = 0;
  return {};
}

Result<bool> LineFileReader::next(std::string& text) {
  text.clear();
  bool any = false;
  ++line_;
  while (true) {
    if (position_ == piece_.size()) QUARTZ_TRY(fill());
    if (piece_.empty()) break;
    any = true;
    const std::string_view rest(reinterpret_cast<const char*>(piece_.data()) + position_,
                                piece_.size() - position_);
    const std::size_t newline = rest.find('\n');
    text += rest.substr(0, newline);
    // A file of something else may have no newline at all. One byte more may be a carriage return.
    if (text.size() > line_bytes_max_ + 1) {
      return malformed(fmt::format("longer than the {} bytes that are allowed", line_bytes_max_));
    }
    position_ += std::min(newline, rest.size() - 1) + 1;
    if (newline != std::string_view::npos) break;
  }
  if (!any) --line_;
  if (text.ends_with('\r')) text.pop_back();
  return any;
}

Result<LineFileWriter> LineFileWriter::create(io::FileSystem& files, const io::Path& path) {
  QUARTZ_ASSIGN(auto staged, io::StagedFile::create(files, path));
  return LineFileWriter(std::move(staged));
}

Result<void> LineFileWriter::append(std::string_view text) {
  piece_ += text;
  piece_ += '\n';
  if (piece_.size() < kReadBytes) return {};
  return flush();
}

Result<void> LineFileWriter::flush() {
  QUARTZ_TRY(staged_.file().write_at(piece_offset_, std::as_bytes(std::span(piece_))));
  piece_offset_ += piece_.size();
  piece_.clear();
  return {};
}

Result<void> LineFileWriter::finish() {
  QUARTZ_TRY(flush());
  return staged_.publish();
}

}  // namespace quartz::vector
