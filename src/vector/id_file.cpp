#include "vector/id_file.hpp"

#include <fmt/format.h>

#include "base/try.hpp"
#include "quartz/vector/vector_point.hpp"

namespace quartz::vector {
namespace {

// Of an id in which every byte is escaped.
constexpr std::size_t kLineBytesMax = 2 * kPointIdBytesMax;

}  // namespace

Result<IdFileReader> IdFileReader::open(io::FileSystem& files, const io::Path& path) {
  QUARTZ_ASSIGN(auto lines, LineFileReader::open(files, path, kLineBytesMax));
  return IdFileReader(std::move(lines));
}

Result<bool> IdFileReader::next(std::string& id) {
  id.clear();
  QUARTZ_ASSIGN(const bool present, lines_.next(text_));
  if (!present) return false;
  for (std::size_t i = 0; i < text_.size(); ++i) {
    if (text_[i] != '\\') {
      id += text_[i];
      continue;
    }
    const char escape = ++i < text_.size() ? text_[i] : ' ';
    if (escape != '\\' && escape != 'n' && escape != 'r') {
      return lines_.malformed("a backslash stands in front of one more, of n or of r");
    }
    id += escape == 'n' ? '\n' : escape == 'r' ? '\r' : '\\';
  }
  if (id.empty()) return lines_.malformed("an id has at least one byte");
  if (id.size() > kPointIdBytesMax) {
    return lines_.malformed(
        fmt::format("an id of {} bytes; at most {} are allowed", id.size(), kPointIdBytesMax));
  }
  return true;
}

Result<IdFileWriter> IdFileWriter::create(io::FileSystem& files, const io::Path& path) {
  QUARTZ_ASSIGN(auto lines, LineFileWriter::create(files, path));
  return IdFileWriter(std::move(lines));
}

Result<void> IdFileWriter::append(std::string_view id) {
  text_.clear();
  for (const char c : id) {
    if (c == '\\' || c == '\n' || c == '\r') text_ += '\\';
    text_ += c == '\n' ? 'n' : c == '\r' ? 'r' : c;
  }
  return lines_.append(text_);
}

}  // namespace quartz::vector
