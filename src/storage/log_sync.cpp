#include "storage/log_sync.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "base/check.hpp"
#include "base/clock.hpp"
#include "base/mutant.hpp"
#include "base/start_thread.hpp"
#include "base/try.hpp"

namespace quartz::storage {

LogSync::LogSync(bool persistent, const LogStart& start)
    : persistent_(persistent),
      end_position_(start.position),
      // Without files everything is as durable as it will ever be.
      synced_through_(persistent ? std::min(start.synced_through, start.position)
                                 : ~LogPosition{0}) {
  if (!persistent) return;
  MutexLock lock(mutex_);
  for (const auto& segment : start.unsynced) {
    sealed_.push_back({segment, segment->end_position()});
  }
}

LogSync::~LogSync() { stop(); }

Result<void> LogSync::start(std::shared_ptr<LogSegment> first) {
  if (!persistent_) return {};
  {
    MutexLock lock(mutex_);
    // Of replayed segments only a pass tells whether their headers are on disk.
    headers_synced_ = sealed_.empty() ? first->id : 0;
    if (sealed_.empty()) synced_through_.store(first->start_position, std::memory_order_release);
    current_ = std::move(first);
  }
  return start_thread(thread_, "quartz:sync", [this] { run(); });
}

void LogSync::stop() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    work_.notify_all();
    synced_.notify_all();
    // They read members of this object after they wake.
    while (blocked_ > 0) synced_.wait(mutex_);
  }
  if (thread_.joinable()) thread_.join();
}

void LogSync::begin_segment(std::shared_ptr<LogSegment> next) {
  if (!persistent_) return;
  MutexLock lock(mutex_);
  const LogPosition end = end_position();
  if (end > synced_through()) sealed_.push_back({std::move(current_), end});
  current_ = std::move(next);
}

std::optional<Error> LogSync::refusal() const {
  if (poison_) return poison_;
  if (stopping_) return Error(Errc::closed, "the log was closed before the write was synced");
  return {};
}

// Whoever needs a pass while none is under way makes it: handing it to the thread and back would
// cost two switches between threads, about as much as a fast disk's sync.
template <class Done>
Result<void> LogSync::wait_until(const Done& done) {
  ++blocked_;
  while (!done() && !refusal()) {
    if (pass_running_) {
      synced_.wait(mutex_);
    } else {
      run_pass();
    }
  }
  if (--blocked_ == 0 && stopping_) synced_.notify_all();
  if (done()) return {};
  return *refusal();
}

Result<void> LogSync::wait(LogPosition position) {
  if (synced_through() >= position) return {};
  QUARTZ_CHECK(position <= end_position());  // Else no sync would ever reach it.
  MutexLock lock(mutex_);
  wanted_ = std::max(wanted_, position);
  auto waited = wait_until([&] { return synced_through() >= position; });
  if (waited) synced_writes_.fetch_add(1, std::memory_order_relaxed);
  return waited;
}

void LogSync::when(LogPosition position, std::function<void(Result<void>)> done) {
  std::optional<Error> refused;
  if (synced_through() < position) {
    QUARTZ_CHECK(position <= end_position());
    MutexLock lock(mutex_);
    refused = refusal();
    if (!refused && synced_through() < position) {
      wanted_ = std::max(wanted_, position);
      waiters_.push_back({position, std::move(done)});
      work_.notify_one();
      return;
    }
  }
  // Not under the lock: `done` may come back here.
  if (synced_through() >= position) return done({});
  done(*std::move(refused));
}

Result<void> LogSync::wait_successor_synced(std::uint32_t segment_id) {
  if (!persistent_) return {};
  MutexLock lock(mutex_);
  if (headers_synced_ > segment_id) return {};
  const std::uint64_t pass = passes_begun_ + 1;
  return wait_until([this, pass]() QUARTZ_REQUIRES(mutex_) { return passes_done_ >= pass; });
}

void LogSync::poison(Error error) {
  MutexLock lock(mutex_);
  poison_locked(std::move(error));
}

void LogSync::poison_locked(Error error) {
  if (poison_ || mutant("a_failed_log_sync_does_not_end_writing")) return;
  poison_ = std::move(error);
  poisoned_.store(true, std::memory_order_release);
  work_.notify_all();
  synced_.notify_all();
}

std::optional<Error> LogSync::poison_error() const {
  MutexLock lock(mutex_);
  return poison_;
}

bool LogSync::waiters_due() const {
  const auto due = [this](const Waiter& waiter) { return waiter.position <= synced_through(); };
  return (poison_ && !waiters_.empty()) || std::ranges::any_of(waiters_, due);
}

void LogSync::run() {
  MutexLock lock(mutex_);
  while (!stopping_) {
    if (waiters_due()) {
      call_waiters();
    } else if (!waiters_.empty() && !pass_running_) {
      run_pass();
    } else {
      work_.wait(mutex_);
    }
  }
  call_waiters();
}

// After a failure nothing that a sync says can be believed, so none is made: callers look at
// `refusal` before.
void LogSync::run_pass() {
  Pass pass = begin_pass();
  pass_running_ = true;
  mutex_.unlock();
  const Stopwatch watch;
  if (mutant("writes_are_acknowledged_before_their_sync")) {
    MutexLock lock(mutex_);
    finish_pass(pass.end, pass.current->id);
    synced_.notify_all();
  }
  const auto synced = sync_segments(pass);
  latency_.record(watch.elapsed_ns());
  syncs_.fetch_add(1, std::memory_order_relaxed);
  // Before anybody is told: who then looks for segments that only the log holds must not find
  // these.
  pass.sealed.clear();
  const std::uint32_t current_id = std::exchange(pass.current, nullptr)->id;
  mutex_.lock();
  pass_running_ = false;
  if (synced || mutant("a_failed_log_sync_counts_as_done")) {
    finish_pass(pass.end, current_id);
  } else {
    poison_locked(synced.error());
  }
  synced_.notify_all();
  if (!waiters_.empty()) work_.notify_one();
}

LogSync::Pass LogSync::begin_pass() {
  Pass pass;
  ++passes_begun_;
  // A file that is not mapped can only be synced as a whole.
  pass.whole_current =
      !current_->memory_is_file || wanted_ > std::max(synced_through(), current_->start_position);
  // The end first: what is appended before it lies in segments that are listed below, because a
  // roll lists the full one before anything is appended to the next.
  pass.end = pass.whole_current ? end_position() : current_->start_position;
  pass.sealed.assign(sealed_.begin(), sealed_.end());
  pass.current = current_;
  return pass;
}

// A sync stops the writing to each page that is mapped for writing, one by one. Records come back
// at once, for reading only: should the sync fail, they must not have to be read from that disk.
void LogSync::release_pages(const LogSegment& segment, LogPosition end) noexcept {
  segment.memory.release_pages();
  segment.memory.populate_for_reading(kSegmentHeaderBytes + (end - segment.start_position));
}

Result<void> LogSync::sync_segments(const Pass& pass) {
  const auto check = [](const LogSegment& segment, const Result<void>& synced) -> Result<void> {
    if (synced) return {};
    return Error(Errc::reopen_required, segment.path.string() + ": log sync failed (" +
                                            synced.error().message() +
                                            "); reopen the engine to recover");
  };
  // Oldest first: a crash between two syncs must not leave the younger half only.
  for (const auto& [segment, end] : pass.sealed) {
    if (mutant("full_segments_are_not_synced")) break;
    if (segment->memory_is_file) release_pages(*segment, end);
    QUARTZ_TRY(check(*segment, segment->file->sync_data()));
  }
  if (mutant("the_current_segment_is_not_synced")) return {};
  LogSegment& current = *pass.current;
  if (pass.whole_current) return check(current, current.file->sync_data());
  return check(current, current.file->sync_mapped(current.memory, kSegmentHeaderBytes));
}

void LogSync::finish_pass(LogPosition end, std::uint32_t current_id) {
  synced_through_.store(std::max(synced_through(), end), std::memory_order_release);
  headers_synced_ = std::max(headers_synced_, current_id);
  passes_done_ = passes_begun_;
  while (!sealed_.empty() && sealed_.front().end <= end) sealed_.pop_front();
}

void LogSync::call_waiters() {
  std::vector<Waiter> ready;
  std::vector<Waiter> waiting;
  const std::optional<Error> refused = refusal();
  for (Waiter& waiter : waiters_) {
    const bool done = refused || waiter.position <= synced_through();
    (done ? ready : waiting).push_back(std::move(waiter));
  }
  waiters_.swap(waiting);
  // Not under the lock: `done` may come back here.
  mutex_.unlock();
  for (Waiter& waiter : ready) {
    if (waiter.position <= synced_through()) {
      synced_writes_.fetch_add(1, std::memory_order_relaxed);
      waiter.done({});
    } else {
      waiter.done(*refused);
    }
  }
  ready.clear();
  mutex_.lock();
}

}  // namespace quartz::storage
