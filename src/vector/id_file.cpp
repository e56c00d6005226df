#include "vector/id_file.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "base/try.hpp"
#include "quartz/vector/vector_point.hpp"

namespace quartz::vector {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{64} << 10;
// Of an id in which every byte is escaped.
constexpr std::size_t kLineBytesMax = 2 * kPointIdBytesMax;

}  // namespace

Result<IdFileReader> IdFileReader::open(io::FileSystem& files, const io::Path& path) {
  QUARTZ_ASSIGN(auto file, files.open(path, io::OpenMode::read));
  return IdFileReader(std::move(file));
}

Error IdFileReader::malformed(std::string_view what) const {
  return {Errc::corruption, fmt::format("{}: line {}: {}", file_->path().string(), line_, what)};
}

Result<void> IdFileReader::fill() {
  piece_.resize(kPieceBytes);
  QUARTZ_ASSIGN(const std::size_t got, file_->read_at(offset_, piece_));
  piece_.resize(got);
  offset_ += got;
  position_ = 0;
  return {};
}

// The next line as it stands in the file; false at the end.
Result<bool> IdFileReader::read_line() {
  text_.clear();
  bool any = false;
  ++line_;
  while (true) {
    if (position_ == piece_.size()) QUARTZ_TRY(fill());
    if (piece_.empty()) break;
    any = true;
    const std::string_view rest(reinterpret_cast<const char*>(piece_.data()) + position_,
                                piece_.size() - position_);
    const std::size_t newline = rest.find('\n');
    text_ += rest.substr(0, newline);
    // A file of something else may have no newline at all.
    if (text_.size() > kLineBytesMax + 1) {
      return malformed(fmt::format("longer than an id of {} bytes can be", kPointIdBytesMax));
    }
    position_ += std::min(newline, rest.size() - 1) + 1;
    if (newline != std::string_view::npos) break;
  }
  if (!any) --line_;
  if (text_.ends_with('\r')) text_.pop_back();
  return any;
}

Result<bool> IdFileReader::next(std::string& id) {
  id.clear();
  QUARTZ_ASSIGN(const bool present, read_line());
  if (!present) return false;
  for (std::size_t i = 0; i < text_.size(); ++i) {
    if (text_[i] != '\\') {
      id += text_[i];
      continue;
    }
    const char escape = ++i < text_.size() ? text_[i] : ' ';
    if (escape != '\\' && escape != 'n' && escape != 'r') {
      return malformed("a backslash stands in front of one more, of n or of r");
    }
    id += escape == 'n' ? '\n' : escape == 'r' ? '\r' : '\\';
  }
  if (id.empty()) return malformed("an id has at least one byte");
  if (id.size() > kPointIdBytesMax) {
    return malformed(
        fmt::format("an id of {} bytes; at most {} are allowed", id.size(), kPointIdBytesMax));
  }
  return true;
}

Result<IdFileWriter> IdFileWriter::create(io::FileSystem& files, const io::Path& path) {
  QUARTZ_ASSIGN(auto staged, io::StagedFile::create(files, path));
  return IdFileWriter(std::move(staged));
}

Result<void> IdFileWriter::append(std::string_view id) {
  for (const char c : id) {
    if (c == '\\' || c == '\n' || c == '\r') piece_ += '\\';
    piece_ += c == '\n' ? 'n' : c == '\r' ? 'r' : c;
  }
  piece_ += '\n';
  if (piece_.size() < kPieceBytes) return {};
  return flush();
}

Result<void> IdFileWriter::flush() {
  QUARTZ_TRY(staged_.file().write_at(piece_offset_, std::as_bytes(std::span(piece_))));
  piece_offset_ += piece_.size();
  piece_.clear();
  return {};
}

Result<void> IdFileWriter::finish() {
  QUARTZ_TRY(flush());
  return staged_.publish();
}

}  // namespace quartz::vector
