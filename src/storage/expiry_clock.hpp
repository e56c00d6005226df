#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "base/mutex.hpp"
#include "io/file_system.hpp"
#include "quartz/result.hpp"
#include "quartz/storage/row_attributes.hpp"
#include "quartz/storage/storage_config.hpp"
#include "quartz/storage/verify.hpp"

namespace quartz::storage {

/// What an `ExpiryClock` goes by; the system's unless a test gives others.
struct TimeSource {
  /// Nanoseconds since the Unix epoch; may step, in both directions.
  std::function<std::int64_t()> wall = {};
  /// Nanoseconds since some moment of this process; never steps.
  std::function<std::int64_t()> steady = {};

  static TimeSource system();
};

/// The clock that expiry goes by: the larger of the wall clock and of what it showed before plus
/// the steady time since. It never goes back, and what a row was found expired by is kept in a
/// file, so that after a reopen, or a kill, it goes on from there: no row comes back.
///
/// Threads: all calls may run at the same time. Cost: `now` reads two clocks; `expired` none for a
/// row that expired before one that was found expired already.
class ExpiryClock {
 public:
  using Logger = std::function<void(LogLevel, std::string_view)>;

  /// `path` is made if it is missing; if it is damaged, the clock starts at the wall clock and says
  /// so to `log`, which must outlive the clock. Errors: the file system's.
  static Result<std::shared_ptr<ExpiryClock>> open(io::FileSystem& files, const io::Path& path,
                                                   TimeSource source, Logger log);
  /// What the file of a closed clock says; nothing if it is missing or damaged.
  static std::optional<ExpiryTime> read(io::FileSystem& files, const io::Path& path);
  /// Where the file of a closed clock is not what was written, although one copy may do; nothing if
  /// both are whole.
  static std::optional<Damage> find_damage(io::FileSystem& files, const io::Path& path);
  /// Makes a file of which a clock goes on from `shown`.
  static Result<void> write(io::FileSystem& files, const io::Path& path, ExpiryTime shown);

  ExpiryTime now() noexcept;

  /// Whether a row is absent that expires at `at`. If so, it is for ever.
  bool expired(ExpiryTime at) noexcept {
    if (at <= kept_.load(std::memory_order_acquire)) return true;
    return expired_by_now(at);
  }

  /// Shows `at` or later from now on, also after a reopen.
  void advance_to(ExpiryTime at) noexcept;
  /// Keeps what it shows now, so that it survives power loss.
  Result<void> save();

 private:
  ExpiryClock(std::unique_ptr<io::File> file, std::size_t next_copy, TimeSource source,
              Logger log) noexcept;
  bool expired_by_now(ExpiryTime at) noexcept;
  void raise_offset(std::int64_t offset) noexcept;
  void keep(ExpiryTime shown) noexcept QUARTZ_EXCLUDES(mutex_);
  void note_failure(const Error& error) QUARTZ_REQUIRES(mutex_);

  const TimeSource source_;
  const Logger log_;
  /// What the steady clock is behind the time to show, in nanoseconds. Only grows.
  std::atomic<std::int64_t> offset_{0};
  /// What the file says. Rows that expire by then need no look at a clock.
  std::atomic<ExpiryTime> kept_{ExpiryTime::min()};
  Mutex mutex_;
  const std::unique_ptr<io::File> file_ QUARTZ_PT_GUARDED_BY(mutex_);
  std::size_t next_copy_ QUARTZ_GUARDED_BY(mutex_);
  bool failed_ QUARTZ_GUARDED_BY(mutex_) = false;  // A failure is logged once.
};

}  // namespace quartz::storage
