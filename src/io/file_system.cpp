#include "io/file_system.hpp"

#include <string>

#include "base/try.hpp"
#include "io/staged_file.hpp"

namespace quartz::io {

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
