#include "support/tmpfs_mount.hpp"

#include <sched.h>
#include <string>
#include <sys/mount.h>

namespace quartz {

std::unique_ptr<TmpfsMount> TmpfsMount::create(std::uint64_t capacity_bytes) {
  if (::unshare(CLONE_NEWNS) != 0) return nullptr;
  // Without this, mounts would spread back to where the namespace was copied from.
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return nullptr;
  std::unique_ptr<TmpfsMount> created(new TmpfsMount);
  const std::string options = "size=" + std::to_string(capacity_bytes);
  if (::mount("tmpfs", created->path().c_str(), "tmpfs", 0, options.c_str()) != 0) return nullptr;
  created->mounted_ = true;
  return created;
}

TmpfsMount::~TmpfsMount() {
  // Detached rather than refused should a file still be open; the scratch directory goes next.
  if (mounted_) ::umount2(path().c_str(), MNT_DETACH);
}

bool TmpfsMount::make_read_only() {
  return ::mount(nullptr, path().c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr) == 0;
}

}  // namespace quartz
