#include "quartz/vector/verify_indexes.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/try.hpp"
#include "io/file_system.hpp"
#include "storage/closed_database.hpp"
#include "vector/index_file_blocks.hpp"
#include "vector/index_file_path.hpp"

namespace quartz {
namespace {

// The first block that is not what was written, if there is one.
std::optional<Damage> damage_in(const vector::IndexFileBlocks& file) {
  std::vector<std::byte> block;
  const auto checksums = static_cast<std::size_t>(vector::IndexSection::checksums);
  for (std::size_t i = 0; i < checksums; ++i) {
    const auto section = static_cast<vector::IndexSection>(i);
    const vector::IndexSectionLayout& layout = file.layout().of(section);
    for (std::size_t index = 0; index < layout.block_count(); ++index) {
      const io::ByteRange range = layout.block(index);
      block.resize(range.end - range.begin);
      if (auto read = file.read(section, index, block); !read) {
        return Damage{{}, layout.offset + range.begin, read.error().message()};
      }
    }
  }
  return std::nullopt;
}

// What is opened has a whole header and whole checksums.
std::optional<Damage> damage_in(io::FileSystem& files, const io::Path& path) {
  const auto file = vector::IndexFileBlocks::open(files, path);
  return file ? damage_in(*file) : Damage{{}, 0, file.error().message()};
}

// None if there is no such directory.
Result<std::vector<std::string>> index_files(io::FileSystem& files, const io::Path& directory) {
  QUARTZ_ASSIGN(const bool exists, files.exists(directory));
  if (!exists) return std::vector<std::string>();
  QUARTZ_ASSIGN(auto names, files.list(directory));
  std::erase_if(names, [](const std::string& name) { return !name.ends_with(".index"); });
  return names;
}

}  // namespace

Result<VerifyReport> verify_indexes(const std::filesystem::path& directory,
                                    const FileProgress& progress) {
  io::FileSystem& files = io::posix_file_system();
  QUARTZ_ASSIGN(const auto database, storage::ClosedDatabase::enter(files, directory));
  const io::Path indexes = vector::index_directory(directory);
  QUARTZ_ASSIGN(const auto names, index_files(files, indexes));
  VerifyReport report;
  for (const std::string& name : names) {
    QUARTZ_ASSIGN(const auto file, files.open(indexes / name, io::OpenMode::read));
    QUARTZ_ASSIGN(const std::uint64_t bytes, file->size());
    if (auto damage = damage_in(files, indexes / name)) {
      damage->file = (indexes.filename() / name).string();
      report.damage.push_back(*std::move(damage));
    }
    ++report.files_checked;
    report.bytes_checked += bytes;
    if (progress) progress(report.files_checked, names.size());
  }
  return report;
}

}  // namespace quartz
