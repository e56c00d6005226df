#include "io/directory_lock.hpp"

#include <array>
#include <charconv>
#include <fcntl.h>
#include <map>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "base/mutex.hpp"
#include "base/try.hpp"
#include "io/descriptor.hpp"

namespace quartz::io {
namespace {

using FileId = std::pair<dev_t, ino_t>;

// What this process holds, by directory rather than by lock file: somebody may remove that one and
// thereby offer another to lock. The value is the process, since a forked child inherits the
// registry but holds nothing.
struct Registry {
  Mutex mutex;
  std::map<FileId, pid_t> owners QUARTZ_GUARDED_BY(mutex);
};

Registry& registry() {
  static auto* const instance = new Registry;  // Never destroyed: static objects unlock late.
  return *instance;
}

struct flock whole_file(short kind) noexcept {
  struct flock range{};  // From 0 to whatever the end is; l_pid must be 0 for this kind of lock.
  range.l_type = kind;
  range.l_whence = SEEK_SET;
  return range;
}

// Who wrote the file last, for the message: "process 4711".
std::string holder_of(int descriptor) {
  std::array<char, 24> text{};
  const ssize_t got =
      retry_interrupted([&] { return ::pread(descriptor, text.data(), text.size(), 0); });
  long pid = 0;
  if (got > 0) std::from_chars(text.data(), text.data() + got, pid);
  return pid > 0 ? "process " + std::to_string(pid) : "another process";
}

// Best effort: a full disk must not keep anybody from opening the directory and deleting. Written
// before it is cut, so that a file that has its block does not have to ask for a new one.
void write_holder(int descriptor) noexcept {
  std::array<char, 24> text{};
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size() - 1, ::getpid());
  if (error != std::errc()) return;
  *end = '\n';
  const auto size = static_cast<std::size_t>(end + 1 - text.data());
  const ssize_t written =
      retry_interrupted([&] { return ::pwrite(descriptor, text.data(), size, 0); });
  (void)!::ftruncate(descriptor, written > 0 ? written : 0);
}

Error held_by(const std::filesystem::path& lock_file, std::string_view holder) {
  return {Errc::busy, lock_file.string() + " is held by " + std::string(holder)};
}

class HeldFile final : public DirectoryLock::Held {
 public:
  HeldFile(FileId directory, Descriptor descriptor)
      : directory_(directory), descriptor_(std::move(descriptor)), owner_(::getpid()) {}
  HeldFile(const HeldFile&) = delete;
  HeldFile& operator=(const HeldFile&) = delete;

  ~HeldFile() override {
    // A forked child has the same open file description, so its unlocking would be its parent's.
    if (::getpid() != owner_) return;
    MutexLock lock(registry().mutex);
    // Said outright, because closing alone would leave it to a child that still has the file open.
    struct flock unlock = whole_file(F_UNLCK);
    (void)::fcntl(descriptor_.get(), F_OFD_SETLK, &unlock);
    registry().owners.erase(directory_);
  }

 private:
  FileId directory_;
  Descriptor descriptor_;
  pid_t owner_;
};

}  // namespace

Result<DirectoryLock> DirectoryLock::acquire(const std::filesystem::path& directory) {
  const std::filesystem::path lock_file = directory / "LOCK";
  struct stat status{};
  if (::stat(directory.c_str(), &status) != 0) return system_error(directory, "lock", errno);
  const FileId id(status.st_dev, status.st_ino);

  MutexLock lock(registry().mutex);
  const auto known = registry().owners.find(id);
  if (known != registry().owners.end() && known->second == ::getpid()) {
    return held_by(lock_file, "this process");
  }
  QUARTZ_ASSIGN(Descriptor descriptor, open_descriptor(lock_file, O_RDWR | O_CREAT));
  struct flock exclusive = whole_file(F_WRLCK);
  if (::fcntl(descriptor.get(), F_OFD_SETLK, &exclusive) != 0) {
    if (errno == EAGAIN || errno == EACCES) {
      return held_by(lock_file, holder_of(descriptor.get()));
    }
    return system_error(lock_file, "lock", errno);
  }
  write_holder(descriptor.get());
  registry().owners[id] = ::getpid();
  return DirectoryLock(std::make_unique<HeldFile>(id, std::move(descriptor)));
}

}  // namespace quartz::io
