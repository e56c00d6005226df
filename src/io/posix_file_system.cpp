#include <algorithm>
#include <array>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <system_error>
#include <unistd.h>

#include "base/mutant.hpp"
#include "base/try.hpp"
#include "io/descriptor.hpp"
#include "io/file_system.hpp"
#include "io/posix_file.hpp"

namespace quartz::io {
namespace {

int open_flags(OpenMode mode) noexcept {
  switch (mode) {
    case OpenMode::read:
      return O_RDONLY;
    case OpenMode::read_write:
      return O_RDWR;
    case OpenMode::create_new:
      return O_RDWR | O_CREAT | O_EXCL;
  }
  return O_RDONLY;
}

// Reasons for which a hard link is impossible but a copy is not: another file system, one without
// links (or a rule against this one), or too many of them.
bool link_is_impossible(int error) noexcept {
  return error == EXDEV || error == EPERM || error == EMLINK || error == EOPNOTSUPP ||
         error == ENOSYS;
}

class PosixFileSystem final : public FileSystem {
 public:
  Result<std::unique_ptr<File>> open(const Path& path, OpenMode mode) override;
  Result<void> create_directories(const Path& directory) override;
  Result<void> sync_directory(const Path& directory) override;
  Result<std::vector<std::string>> list(const Path& directory) const override;
  Result<bool> exists(const Path& path) const override;
  Result<void> rename(const Path& from, const Path& to) override;
  Result<void> link_or_copy(const Path& from, const Path& to) override;
  Result<void> remove(const Path& path) override;
  Result<void> remove_directory(const Path& directory) override;
  Result<std::uint64_t> free_bytes(const Path& directory) const override;
  Result<bool> keeps_allocation(const Path& directory) const override;
  Result<DirectoryLock> lock_directory(const Path& directory) override {
    return DirectoryLock::acquire(directory);
  }

 private:
  Result<void> copy(const Path& from, const Path& to);
};

Result<std::unique_ptr<File>> PosixFileSystem::open(const Path& path, OpenMode mode) {
  QUARTZ_ASSIGN(auto descriptor, open_descriptor(path, open_flags(mode)));
  if (mode == OpenMode::read) {
    // Read ahead, reserved space becomes pages of zeros, which count as data from then on. Only a
    // hint: without it `data_ranges` skips less.
    (void)::posix_fadvise(descriptor.get(), 0, 0, POSIX_FADV_RANDOM);
  }
  return std::unique_ptr<File>(std::make_unique<PosixFile>(path, std::move(descriptor)));
}

Result<void> PosixFileSystem::create_directories(const Path& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) return system_error(directory, "create the directory", error.value());
  return {};
}

Result<void> PosixFileSystem::sync_directory(const Path& directory) {
  if (mutant("no_directory_is_ever_synced")) return {};
  QUARTZ_ASSIGN(const auto descriptor, open_descriptor(directory, O_RDONLY | O_DIRECTORY));
  if (retry_interrupted([&] { return ::fsync(descriptor.get()); }) != 0) {
    return system_error(directory, "sync the directory", errno);
  }
  return {};
}

Result<std::vector<std::string>> PosixFileSystem::list(const Path& directory) const {
  std::error_code error;
  std::vector<std::string> names;
  std::filesystem::directory_iterator entry(directory, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    names.push_back(entry->path().filename().string());
  }
  if (error) return system_error(directory, "list", error.value());
  std::sort(names.begin(), names.end());
  return names;
}

Result<bool> PosixFileSystem::exists(const Path& path) const {
  struct stat status{};
  if (::stat(path.c_str(), &status) == 0) return true;
  if (errno == ENOENT || errno == ENOTDIR) return false;
  return system_error(path, "stat", errno);
}

Result<void> PosixFileSystem::rename(const Path& from, const Path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) {
    return system_error(from, "rename to " + to.string(), errno);
  }
  return {};
}

Result<void> PosixFileSystem::link_or_copy(const Path& from, const Path& to) {
  // Following symbolic links, as the copy would.
  if (::linkat(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), AT_SYMLINK_FOLLOW) == 0) return {};
  if (link_is_impossible(errno)) return copy(from, to);
  return system_error(from, "link to " + to.string(), errno);
}

Result<void> PosixFileSystem::copy(const Path& from, const Path& to) {
  QUARTZ_ASSIGN(auto source, open_descriptor(from, O_RDONLY));
  QUARTZ_ASSIGN(auto target, open_descriptor(to, O_RDWR | O_CREAT | O_EXCL));
  const PosixFile original(from, std::move(source));
  PosixFile duplicate(to, std::move(target));
  // A link shares contents that its maker has synced; a copy has to do that itself.
  auto copied = duplicate.copy_from(original);
  if (copied && !mutant("copied_files_are_not_synced")) copied = duplicate.sync_data();
  if (!copied) (void)::unlink(to.c_str());
  return copied;
}

Result<void> PosixFileSystem::remove(const Path& path) {
  if (::unlink(path.c_str()) != 0) return system_error(path, "remove", errno);
  return {};
}

Result<void> PosixFileSystem::remove_directory(const Path& directory) {
  std::error_code error;
  std::filesystem::remove_all(directory, error);
  if (error) return system_error(directory, "remove the directory", error.value());
  return {};
}

Result<std::uint64_t> PosixFileSystem::free_bytes(const Path& directory) const {
  struct statvfs status{};
  if (retry_interrupted([&] { return ::statvfs(directory.c_str(), &status); }) != 0) {
    return system_error(directory, "ask for free space", errno);
  }
  return std::uint64_t{status.f_bavail} * status.f_frsize;
}

Result<bool> PosixFileSystem::keeps_allocation(const Path& directory) const {
  struct statfs status{};
  if (retry_interrupted([&] { return ::statfs(directory.c_str(), &status); }) != 0) {
    return system_error(directory, "ask for the file system's type", errno);
  }
  return io::keeps_allocation(status);
}

}  // namespace

FileSystem& posix_file_system() noexcept {
  // Never destroyed, so that static objects may close their files late.
  alignas(PosixFileSystem) static std::array<std::byte, sizeof(PosixFileSystem)> place;
  static auto* const file_system = new (place.data()) PosixFileSystem;
  return *file_system;
}

}  // namespace quartz::io
