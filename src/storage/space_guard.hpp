#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

#include "base/mutex.hpp"
#include "io/file_system.hpp"
#include "quartz/result.hpp"

namespace quartz::storage {

/// Keeps a database writable enough to recover from a full disk: puts are refused while something
/// is still free, and a reserve file (`HEADROOM`) is given up when even removes find no room, so
/// that removes and compaction, which free space, can go on.
///
/// The headroom stays when the engine closes: it is there for a next open that finds the disk full.
/// Threads: all calls may be made at the same time.
class SpaceGuard {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Clock = Time (*)();
  /// Asks for space to be given back that nobody needs. Must not block, nor call the guard.
  using Reclaim = std::function<void()>;

  static constexpr const char* kHeadroomName = "HEADROOM";
  static constexpr std::uint64_t kHeadroomBytes = std::uint64_t{8} << 20;
  /// While space is low, the file system is asked again at most this often.
  static constexpr std::chrono::milliseconds kRecheckInterval{100};

  /// Watches the file system of `directory`, which exists, and reserves the headroom unless that
  /// would make space low. `free_bytes_min` is the option `free_space_min_bytes`; at zero only a
  /// full file system counts as low. `reclaim` is called for writes that find space low, as often
  /// as the file system is asked for them. `files` must outlive the guard. Errors are those of the
  /// file system, but a full disk is none.
  static Result<std::unique_ptr<SpaceGuard>> open(io::FileSystem& files, io::Path directory,
                                                  std::uint64_t free_bytes_min, Reclaim reclaim,
                                                  std::uint64_t headroom_bytes = kHeadroomBytes,
                                                  Clock clock = &std::chrono::steady_clock::now);

  /// Whether a write may go on: `no_space` for puts while space is low. Removes always may, and get
  /// the headroom's room if there is no other. Cost: one relaxed load while space is not low.
  Result<void> admit(bool only_removes) {
    if (!low()) [[likely]]
      return {};
    return admit_when_low(only_removes);
  }

  /// Asks the file system now: after each segment, flush and compaction.
  void refresh();
  /// Somebody met `no_space`: space is low whatever the file system says, until it says that the
  /// headroom fits again, and the headroom is given up at once.
  void disk_full();

  bool low() const noexcept { return low_.load(std::memory_order_relaxed); }
  /// As of the last time the file system was asked.
  std::uint64_t free_bytes() const noexcept { return free_bytes_.load(std::memory_order_relaxed); }
  /// Whether the headroom is reserved at present.
  bool has_headroom() const noexcept { return has_headroom_.load(std::memory_order_relaxed); }

 private:
  SpaceGuard(io::FileSystem& files, io::Path directory, std::uint64_t free_bytes_min,
             Reclaim reclaim, std::uint64_t headroom_bytes, Clock clock);

  /// Whether the headroom can be taken without space becoming low.
  bool headroom_fits() const noexcept {
    return free_bytes() >= free_bytes_min_ && free_bytes() - free_bytes_min_ >= headroom_bytes_;
  }
  Result<void> admit_when_low(bool only_removes);
  /// Asks the file system for its free bytes and judges them.
  Result<void> ask_locked() QUARTZ_REQUIRES(mutex_);
  void refresh_locked() QUARTZ_REQUIRES(mutex_);
  Result<void> reserve_headroom_locked() QUARTZ_REQUIRES(mutex_);
  void release_headroom_locked() QUARTZ_REQUIRES(mutex_);

  io::FileSystem& files_;
  const io::Path directory_;
  const io::Path headroom_path_;
  const std::uint64_t free_bytes_min_;
  const Reclaim reclaim_;
  const std::uint64_t headroom_bytes_;
  const Clock clock_;

  std::atomic<bool> low_{false};
  std::atomic<bool> has_headroom_{false};
  std::atomic<std::uint64_t> free_bytes_{0};

  Mutex mutex_;  // Around all work on the file system; `admit` takes it only while space is low.
  bool met_full_disk_ QUARTZ_GUARDED_BY(mutex_) = false;
  Time checked_at_ QUARTZ_GUARDED_BY(mutex_) = {};
};

}  // namespace quartz::storage
