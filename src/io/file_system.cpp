#include "io/file_system.hpp"

#include <string>

#include "base/try.hpp"

namespace quartz::io {
namespace {

Result<void> write_synced(FileSystem& files, const Path& path, std::span<const std::byte> bytes) {
  QUARTZ_ASSIGN(auto file, files.open(path, OpenMode::create_new));
  QUARTZ_TRY(file->write_at(0, bytes));
  return file->sync_data();
}

Path directory_of(const Path& path) {
  return path.has_parent_path() ? path.parent_path() : Path(".");
}

}  // namespace

Result<void> publish_file(FileSystem& files, const Path& path,
                          std::span<const std::byte> contents) {
  Path staging = path;
  staging += ".staging";
  // One that a crash left behind is of no use to anybody.
  const auto cleared = files.remove(staging);
  if (!cleared && cleared.error().code() != Errc::not_found) return cleared.error();
  auto published = write_synced(files, staging, contents);
  if (published) published = files.rename(staging, path);
  if (!published) {
    (void)files.remove(staging);  // The first error is the one to report.
    return published;
  }
  return files.sync_directory(directory_of(path));
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
