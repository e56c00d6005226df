#include "io/file_system.hpp"

#include <string>

#include "base/mutant.hpp"
#include "base/try.hpp"
#include "io/staged_file.hpp"

namespace quartz::io {

Result<void> create_durable_directories(FileSystem& files, const Path& directory) {
  std::vector<Path> changed;
  Path path = directory.lexically_normal();
  if (!path.has_filename()) path = path.parent_path();  // It ended with a slash.
  while (path.has_relative_path()) {
    QUARTZ_ASSIGN(const bool exists, files.exists(path));
    if (exists) break;
    path = path.has_parent_path() ? path.parent_path() : Path(".");
    changed.push_back(path);
  }
  QUARTZ_TRY(files.create_directories(directory));
  if (mutant("new_directories_are_not_synced")) return {};
  for (const Path& each : changed) QUARTZ_TRY(files.sync_directory(each));
  return {};
}

Result<void> publish_file(FileSystem& files, const Path& path,
                          std::span<const std::byte> contents) {
  QUARTZ_ASSIGN(auto staged, StagedFile::create(files, path));
  QUARTZ_TRY(staged.file().write_at(0, contents));
  return staged.publish();
}

Result<std::vector<std::byte>> read_file(FileSystem& files, const Path& path,
                                         std::size_t bytes_max) {
  QUARTZ_ASSIGN(const auto file, files.open(path, OpenMode::read));
  QUARTZ_ASSIGN(const std::uint64_t size, file->size());
  if (size > bytes_max) {
    return Error(Errc::corruption, path.string() + ": has " + std::to_string(size) +
                                       " bytes, more than the " + std::to_string(bytes_max) +
                                       " that it may have");
  }
  std::vector<std::byte> contents(static_cast<std::size_t>(size));
  QUARTZ_ASSIGN(const std::size_t read, file->read_at(0, contents));
  contents.resize(read);
  return contents;
}

}  // namespace quartz::io
