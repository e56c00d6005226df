#include "storage/space_guard.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "base/try.hpp"

namespace quartz::storage {

SpaceGuard::SpaceGuard(io::FileSystem& files, io::Path directory, std::uint64_t free_bytes_min,
                       Reclaim reclaim, std::uint64_t headroom_bytes, Clock clock)
    : files_(files),
      directory_(std::move(directory)),
      headroom_path_(directory_ / kHeadroomName),
      free_bytes_min_(free_bytes_min),
      reclaim_(std::move(reclaim)),
      headroom_bytes_(headroom_bytes),
      clock_(clock) {}

Result<std::unique_ptr<SpaceGuard>> SpaceGuard::open(io::FileSystem& files, io::Path directory,
                                                     std::uint64_t free_bytes_min, Reclaim reclaim,
                                                     std::uint64_t headroom_bytes, Clock clock) {
  std::unique_ptr<SpaceGuard> guard(new SpaceGuard(files, std::move(directory), free_bytes_min,
                                                   std::move(reclaim), headroom_bytes, clock));
  MutexLock lock(guard->mutex_);
  QUARTZ_TRY(guard->ask_locked());
  QUARTZ_ASSIGN(const bool exists, files.exists(guard->headroom_path_));
  if (exists || guard->headroom_fits()) {
    auto reserved = guard->reserve_headroom_locked();
    if (!reserved && reserved.error().code() != Errc::no_space) return std::move(reserved).error();
  }
  // What the headroom took is no longer free.
  QUARTZ_TRY(guard->ask_locked());
  return guard;
}

void SpaceGuard::refresh() {
  MutexLock lock(mutex_);
  refresh_locked();
}

void SpaceGuard::disk_full() {
  MutexLock lock(mutex_);
  (void)ask_locked();  // For the figure in messages; what was met counts for more.
  met_full_disk_ = true;
  low_.store(true, std::memory_order_relaxed);
  release_headroom_locked();
}

Result<void> SpaceGuard::admit_when_low(bool only_removes) {
  MutexLock lock(mutex_);
  if (clock_() - checked_at_ >= kRecheckInterval) {
    refresh_locked();
    if (low()) reclaim_();
  }
  if (!low()) return {};
  if (only_removes) {
    // Less is free than a log segment and a compaction may need before they give anything back.
    if (met_full_disk_ || free_bytes() < headroom_bytes_) release_headroom_locked();
    return {};
  }
  return Error(Errc::no_space,
               directory_.string() + ": " + std::to_string(free_bytes()) +
                   " bytes are free on the file system, and puts are refused" +
                   (free_bytes() < free_bytes_min_ ? " below" : " after a full disk;") +
                   " free_space_min_bytes = " + std::to_string(free_bytes_min_) +
                   "; remove keys or free space elsewhere");
}

Result<void> SpaceGuard::ask_locked() {
  checked_at_ = clock_();
  QUARTZ_ASSIGN(const std::uint64_t free, files_.free_bytes(directory_));
  free_bytes_.store(free, std::memory_order_relaxed);
  // A disk that was full is trusted again when there is room for the headroom beside the mark;
  // otherwise puts would come and go with every freed block.
  if (headroom_fits()) met_full_disk_ = false;
  low_.store(met_full_disk_ || free < std::max<std::uint64_t>(free_bytes_min_, 1),
             std::memory_order_relaxed);
  return {};
}

void SpaceGuard::refresh_locked() {
  // A file system that cannot say how much is free is taken to be as it was.
  if (!ask_locked()) return;
  if (has_headroom() || low() || !headroom_fits()) return;
  // If it does not fit after all, the next refresh tries again.
  if (reserve_headroom_locked()) (void)ask_locked();
}

Result<void> SpaceGuard::reserve_headroom_locked() {
  if (headroom_bytes_ == 0) return {};
  QUARTZ_ASSIGN(const bool exists, files_.exists(headroom_path_));
  auto file =
      files_.open(headroom_path_, exists ? io::OpenMode::read_write : io::OpenMode::create_new);
  if (!file) return std::move(file).error();
  // A crash may have left a shorter one.
  auto allocated = (*file)->allocate(headroom_bytes_);
  if (!allocated) {
    // Part of a headroom is of no use to anybody; its blocks are.
    (void)files_.remove(headroom_path_);
    return std::move(allocated).error();
  }
  has_headroom_.store(true, std::memory_order_relaxed);
  return {};
}

void SpaceGuard::release_headroom_locked() {
  if (!has_headroom()) return;
  const auto removed = files_.remove(headroom_path_);
  // Somebody who cleared the directory has done it already. Otherwise it is tried again.
  if (!removed && removed.error().code() != Errc::not_found) return;
  has_headroom_.store(false, std::memory_order_relaxed);
}

}  // namespace quartz::storage
