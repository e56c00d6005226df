#include "storage/format_file.hpp"

#include <algorithm>
#include <charconv>
#include <random>
#include <string_view>

#include <fmt/format.h>

#include "base/coding.hpp"
#include "base/crc32c.hpp"
#include "base/mutant.hpp"
#include "base/try.hpp"

namespace quartz::storage {
namespace {

// Text, so that a person who finds the directory can tell what it is:
//   quartz database
//   format 2
//   id 0123456789abcdef
//   crc32c 01234567
constexpr std::string_view kTitle = "quartz database\n";
constexpr std::size_t kFormatFileBytesMax = 4096;

std::string text_of(const DatabaseFormat& format) {
  const std::string body =
      fmt::format("{}format {}\nid {:016x}\n", kTitle, format.version, format.database_id);
  return fmt::format("{}crc32c {:08x}\n", body, crc32c(as_bytes(body)));
}

/// The number behind `name` on a line of its own.
template <class T>
std::optional<T> field(std::string_view text, std::string_view name, int base) {
  const std::size_t at = text.find(name);
  if (at == std::string_view::npos) return std::nullopt;
  T value{};
  const char* const from = text.data() + at + name.size();
  const auto [end, failure] = std::from_chars(from, text.data() + text.size(), value, base);
  if (failure != std::errc{} || end == text.data() + text.size() || *end != '\n') {
    return std::nullopt;
  }
  return value;
}

Error damaged(const io::Path& path, std::string_view what) {
  return Error(Errc::corruption, fmt::format("{}: {}", path.string(), what));
}

Result<bool> has_log_segments(io::FileSystem& files, const io::Path& directory) {
  const io::Path log = directory / kLogDirectoryName;
  QUARTZ_ASSIGN(const bool exists, files.exists(log));
  if (!exists) return false;
  QUARTZ_ASSIGN(const auto names, files.list(log));
  return std::any_of(names.begin(), names.end(),
                     [](const std::string& name) { return name.ends_with(".log"); });
}

}  // namespace

Result<std::optional<DatabaseFormat>> read_format(io::FileSystem& files,
                                                  const io::Path& directory) {
  const io::Path path = directory / kFormatFileName;
  QUARTZ_ASSIGN(const bool exists, files.exists(path));
  if (!exists) {
    QUARTZ_ASSIGN(const bool log, has_log_segments(files, directory));
    if (log) return damaged(path, "missing, but there are log segments beside it");
    return std::optional<DatabaseFormat>();
  }
  QUARTZ_ASSIGN(const auto bytes, io::read_file(files, path, kFormatFileBytesMax));
  const std::string_view text = as_text(bytes);
  if (!text.starts_with(kTitle)) return damaged(path, "is not a Quartz format file");
  DatabaseFormat format;
  const auto version = field<std::uint32_t>(text, "\nformat ", 10);
  if (!version) return damaged(path, "has no format version");
  if (*version != kFormatVersion) {
    return Error(Errc::unsupported,
                 fmt::format("{}: format version {} is not known to this build, which reads {}",
                             path.string(), *version, kFormatVersion));
  }
  format.version = *version;
  const auto id = field<std::uint64_t>(text, "\nid ", 16);
  if (!id) return damaged(path, "is incomplete");
  format.database_id = *id;
  if (mutant("the_checksum_of_the_format_is_not_checked")) return std::optional(format);
  // Every byte is known by now, those of the checksum too.
  if (text != text_of(format)) return damaged(path, "is not as it was written");
  return std::optional<DatabaseFormat>(format);
}

Result<void> write_format(io::FileSystem& files, const io::Path& directory,
                          const DatabaseFormat& format) {
  return io::publish_file(files, directory / kFormatFileName, as_bytes(text_of(format)));
}

std::uint64_t new_database_id() {
  std::random_device device;
  std::uint64_t id = 0;
  while (id == 0) id = (std::uint64_t{device()} << 32) | device();
  return id;
}

}  // namespace quartz::storage
