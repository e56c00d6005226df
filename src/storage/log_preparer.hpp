#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "base/mutex.hpp"
#include "quartz/result.hpp"
#include "storage/log_options.hpp"

namespace quartz::storage {

/// Has the next segment ready before the appender needs it, and touches its pages ahead of the
/// appender, on a thread of its own. Retired segments come back as spares: their file and their
/// mapping are used again under a new name.
///
/// Segments are handed out in the order of their ids, each with its file and its directory entry
/// durable, so that a record never depends on a name that a power cut can take back.
class LogPreparer {
 public:
  /// `options.medium` is not `automatic` any more.
  LogPreparer(io::FileSystem& files, const LogOptions& options, std::uint32_t next_id);
  /// Ends the thread and removes the files that were never used.
  ~LogPreparer();
  LogPreparer(const LogPreparer&) = delete;
  LogPreparer& operator=(const LogPreparer&) = delete;

  /// Starts the thread.
  Result<void> start();

  /// A blank segment with `capacity` bytes or more. The prepared one if there is one (enlarged if
  /// that is too small), else one made here. After an error the next call tries again.
  Result<std::shared_ptr<LogSegment>> take(std::size_t capacity);
  /// Takes back what `take` gave, still blank.
  void put_back(std::shared_ptr<LogSegment> segment);

  /// `current` is appended to from now on: its pages are populated and the next one is prepared.
  void begin(std::shared_ptr<LogSegment> current);
  /// The appender has come to `used`; where it should call again.
  std::size_t advance(std::size_t used);

  /// Waits until the thread does nothing with `segment`, which is not current any more.
  void settle(const LogSegment& segment);
  /// Keeps `segment`, which nobody else holds, for reuse; false if it does not suit or there are
  /// enough.
  bool offer_spare(std::shared_ptr<LogSegment>& segment);

  /// From now on no segment is made, or used again, whose pages are dear to sync.
  void expect_syncs();

  std::uint64_t recycled() const;
  /// How often `take` found nothing prepared, once the thread was there to prepare.
  std::uint64_t waited() const;

 private:
  using Segment = std::shared_ptr<LogSegment>;

  void run();
  bool unsuitable(const LogSegment& segment) const QUARTZ_REQUIRES(mutex_) {
    return segment.huge_pages && expects_syncs_;
  }
  std::size_t populate_chunk_bytes() const QUARTZ_REQUIRES(mutex_);
  bool populate_wanted() const QUARTZ_REQUIRES(mutex_);
  bool prepare_wanted() const QUARTZ_REQUIRES(mutex_);
  void populate_some() QUARTZ_REQUIRES(mutex_);
  void prepare_one() QUARTZ_REQUIRES(mutex_);
  Result<std::uint32_t> next_id() QUARTZ_REQUIRES(mutex_);

  Result<Segment> make(std::uint32_t id, std::size_t capacity, io::Mapping::Pages pages);
  Result<Segment> make_file(std::uint32_t id, std::size_t capacity, io::Mapping::Pages pages);
  Result<void> fill_in(LogSegment& segment, std::size_t capacity, io::Mapping::Pages pages);
  io::Mapping::Pages pages() const QUARTZ_REQUIRES(mutex_) {
    return expects_syncs_ ? io::Mapping::Pages::small : io::Mapping::Pages::automatic;
  }
  Result<Segment> recycle(Segment spare, std::uint32_t id);
  void discard(LogSegment& segment);

  io::FileSystem& files_;
  const LogOptions options_;

  mutable Mutex mutex_;
  CondVar work_;  // For the thread.
  CondVar done_;  // After each step of the thread.
  std::uint32_t next_id_ QUARTZ_GUARDED_BY(mutex_);
  bool expects_syncs_ QUARTZ_GUARDED_BY(mutex_);
  Segment prepared_ QUARTZ_GUARDED_BY(mutex_);
  std::vector<Segment> spares_ QUARTZ_GUARDED_BY(mutex_);
  bool preparing_ QUARTZ_GUARDED_BY(mutex_) = false;
  bool prepare_requested_ QUARTZ_GUARDED_BY(mutex_) = false;
  Segment current_ QUARTZ_GUARDED_BY(mutex_);
  std::size_t used_ QUARTZ_GUARDED_BY(mutex_) = 0;       // Of `current_`, as far as told.
  std::size_t populated_ QUARTZ_GUARDED_BY(mutex_) = 0;  // Of `current_`.
  const LogSegment* populating_ QUARTZ_GUARDED_BY(mutex_) = nullptr;
  std::uint64_t recycled_ QUARTZ_GUARDED_BY(mutex_) = 0;
  std::uint64_t waited_ QUARTZ_GUARDED_BY(mutex_) = 0;
  bool stopping_ QUARTZ_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace quartz::storage
