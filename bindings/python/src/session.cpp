#include "session.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <pthread.h>
#include <unistd.h>
#include <utility>

namespace quartz::python {
namespace {

std::atomic<unsigned> forks{0};
std::atomic<bool> engines_were_opened{false};

/// In the child of a fork. The destructors of RocksDB's static objects would wait for its threads,
/// which are not there, so that such a process ends without what was to run before them. What
/// Python does at its end is done by then, and so is what the child itself asks for.
void note_fork() {
  ++forks;
  if (!engines_were_opened) return;
  ::on_exit(
      [](int status, void*) {
        std::fflush(nullptr);
        ::_exit(status);
      },
      nullptr);
}

}  // namespace

unsigned fork_count() noexcept {
  static const int registered = ::pthread_atfork(nullptr, nullptr, note_fork);
  static_cast<void>(registered);
  return forks.load(std::memory_order_relaxed);
}

Session::Session(StorageEngine engine)
    : engine_(std::move(engine)), forks_when_opened_(fork_count()) {
  engines_were_opened = true;
}

void Session::check_process() const {
  if (is_parents()) {
    fail(Errc::closed,
         "the database belongs to the process that opened it, of which this one is a fork; open "
         "databases behind the fork");
  }
}

StorageEngine& Session::engine() {
  check_process();
  if (closed_) fail(Errc::closed, "the database was closed");
  return engine_;
}

void Session::add(Known known) {
  const std::lock_guard lock(mutex_);
  if (pins_.size() >= pins_checked_at_) {
    std::erase_if(pins_, [](const Known& pin) { return pin.ended->try_wait(); });
    pins_checked_at_ = std::max<std::size_t>(64, pins_.size() * 2);
  }
  pins_.push_back(std::move(known));
}

Result<void> Session::close() {
  closed_ = true;
  const std::unique_lock no_users(users_);
  std::vector<Known> pins;
  {
    const std::lock_guard lock(mutex_);
    pins.swap(pins_);
  }
  for (const Known& known : pins) {
    if (const auto pin = known.pin.lock()) {
      pin->release();
    } else {
      known.ended->wait();
    }
  }
  return engine_.close();
}

}  // namespace quartz::python
