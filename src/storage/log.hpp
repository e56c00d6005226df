#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/histogram.hpp"
#include "base/mutex.hpp"
#include "io/file_system.hpp"
#include "quartz/result.hpp"
#include "storage/log_format.hpp"
#include "storage/log_options.hpp"
#include "storage/log_segment.hpp"
#include "storage/log_sync.hpp"

namespace quartz::storage {

class LogPreparer;

/// Room for one record in the current segment; `operations` is filled in by the caller.
struct LogReservation {
  std::byte* operations = nullptr;
  std::uint32_t operations_bytes = 0;
};

struct LogStatistics {
  std::uint64_t bytes_written = 0;      // By this log, headers of records included.
  std::uint64_t segments = 0;           // Begun by this log and not reclaimed yet.
  std::uint64_t segments_recycled = 0;  // Prepared from a retired one.
  std::uint64_t segments_waited = 0;    // Not prepared when they were needed.
  std::uint64_t syncs = 0;              // Passes over all that was not synced.
  std::uint64_t synced_writes = 0;      // Waits that those passes satisfied.
};

/// The write-ahead log: appends records to preallocated segments and makes them durable in groups.
///
/// Threads: appending calls (`reserve`, `commit`, `roll`) are made by one thread at a time, the
/// holder of the engine's append lock; the rest may be called from any. Two threads of its own: one
/// prepares the next segment and populates pages ahead of the appender, one syncs for callbacks.
///
/// Errors: the first failed sync or file write that leaves the end unknown poisons the log: every
/// later append and wait answers `reopen_required`. What was acknowledged stays readable.
class Log {
 public:
  /// Begins a new segment at `start` and makes it durable: what a replay dropped beyond that
  /// position can then never come back. Remove the replay's obsolete files before, so that this
  /// makes their removal durable, too.
  static Result<std::unique_ptr<Log>> open(io::FileSystem& files, LogOptions options,
                                           const LogStart& start);
  /// Ends the threads, and cuts the last segment to its records if all of them are synced. Waiters
  /// still registered are told `closed`.
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  // Appending: under the engine's append lock.

  /// The segment that records go to now.
  const std::shared_ptr<LogSegment>& segment() const noexcept { return current_; }
  /// Room in the current segment, or nothing if it is full: then `roll`. A reservation that is not
  /// committed is given up by the next one.
  std::optional<LogReservation> reserve(std::size_t operations_bytes) noexcept;
  /// Completes the reserved record: header and checksum, and for the `file` medium the write.
  /// `operations_crc` is `crc32c(operations)`. On an error nothing was appended: `no_space` if the
  /// disk is full (`file` medium only), `reopen_required` if the log is poisoned. The position
  /// after the record is what to wait for.
  Result<LogPosition> commit(const LogReservation& reservation, Sequence first_sequence,
                             std::uint32_t operation_count, std::uint32_t operations_crc);
  /// Closes the current segment and begins the next, with room for a record of so many bytes of
  /// operations (a segment of its own size if that is more than usual). Takes the prepared one if
  /// it is ready, else makes one here. `no_space` if the disk is full: the old one stays current.
  Result<std::shared_ptr<LogSegment>> roll(std::size_t operations_bytes, Sequence first_sequence);
  /// Tells that single records will be synced from now on. True if the current segment is mapped in
  /// a way that makes each such sync dear: then `roll`.
  bool expect_syncs();
  /// Position after the last committed record.
  LogPosition end_position() const noexcept { return sync_.end_position(); }

  // Durability.

  /// Everything up to here survives power loss. Without files: the largest position there is.
  LogPosition synced_through() const noexcept { return sync_.synced_through(); }
  /// Blocks until `position` is synced, sharing one sync with all who wait. Without files it
  /// succeeds at once.
  Result<void> wait_synced(LogPosition position) { return sync_.wait(position); }
  /// Calls `done` once `position` is synced or can no longer be, on the sync thread, or at once if
  /// it is synced already. `done` must not block.
  void when_synced(LogPosition position, std::function<void(Result<void>)> done) {
    sync_.when(position, std::move(done));
  }
  /// The error that stopped the log, if any.
  std::optional<Error> poisoned() const { return sync_.poison_error(); }
  bool persistent() const noexcept { return options_.persistent; }

  // Retirement.

  /// The records of `segment`, which is not current any more, are in the levels, durably. Its file
  /// is recycled or removed once nobody but the log holds the segment.
  void retire(std::shared_ptr<LogSegment> segment);
  /// Recycles or removes what can be by now. Called after memtables were let go. May sync the log
  /// first. What fails to be removed is tried again by the next call.
  Result<void> reclaim();

  LogStatistics statistics() const;
  const Histogram& sync_latency() const noexcept { return sync_.latency(); }

 private:
  Log(io::FileSystem& files, LogOptions options, const LogStart& start);

  Result<void> begin(Sequence first_sequence);
  Result<void> begin_segment(LogSegment& segment, Sequence first_sequence);
  void make_current(std::shared_ptr<LogSegment> segment);
  Result<void> write_record(std::size_t end);
  Error write_failed(const LogSegment& segment, const Error& cause);
  void give_back_reserved() noexcept;
  Result<bool> dispose(std::shared_ptr<LogSegment>& segment);

  io::FileSystem& files_;
  const LogOptions options_;
  bool expects_syncs_;
  const bool writes_files_;  // Each record is written to the file by a call of its own.
  const LogPosition opened_at_;
  const std::uint32_t first_id_;         // Smaller ones are replayed segments.
  std::shared_ptr<LogSegment> current_;  // With all that follows, the appender's.
  std::size_t advance_at_ = 0;           // Where the preparer wants to hear of the appender.
  std::size_t unclear_until_ = 0;        // Up to here the file may hold bytes of a failed write.
  std::atomic<std::uint64_t> segments_{0};
  LogSync sync_;
  std::unique_ptr<LogPreparer> preparer_;

  Mutex retired_mutex_;
  std::vector<std::shared_ptr<LogSegment>> retired_ QUARTZ_GUARDED_BY(retired_mutex_);
};

}  // namespace quartz::storage
