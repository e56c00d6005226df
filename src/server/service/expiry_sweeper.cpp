#include "server/service/expiry_sweeper.hpp"

#include <chrono>

#include "base/clock.hpp"
#include "base/start_thread.hpp"

namespace quartz::server {
namespace {

constexpr auto kPause = std::chrono::milliseconds(100);
/// As many as leave writers in between alone.
constexpr std::size_t kRemovedAtOnce = 256;

}  // namespace

ExpirySweeper::ExpirySweeper(Service& service, const ServerLog& log, LatencyEvents& events)
    : service_(service),
      log_(log),
      events_(events),
      thread_(named_thread("quartz:expire", [this] { run(); })) {}

ExpirySweeper::~ExpirySweeper() { stop(); }

void ExpirySweeper::stop() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool ExpirySweeper::pause() {
  MutexLock lock(mutex_);
  if (!stopping_) static_cast<void>(wake_.wait_for(mutex_, kPause));
  return !stopping_;
}

bool ExpirySweeper::stopping() {
  MutexLock lock(mutex_);
  return stopping_;
}

void ExpirySweeper::run() {
  bool failed = false;
  while (pause()) {
    const Stopwatch stopwatch;
    auto removed = service_.remove_expired(kRemovedAtOnce);
    while (removed && *removed == kRemovedAtOnce && !stopping()) {
      removed = service_.remove_expired(kRemovedAtOnce);
    }
    events_.note("expire-cycle", stopwatch.elapsed_ns());
    const auto dropped = service_.drop_abandoned_collections();
    // Said once, not ten times a second: what has expired stays unreadable in any case.
    if (!removed && !failed) {
      log_.warn("what has expired is not removed: {}", removed.error().to_string());
    }
    if (!dropped && !failed) {
      log_.warn("what vector sets have left is not removed: {}", dropped.error().to_string());
    }
    failed = !removed || !dropped;
  }
}

}  // namespace quartz::server
