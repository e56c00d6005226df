#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

#include "base/mutex.hpp"

namespace quartz::server {

/// Whether commands are held back, and until when. Threads: any number at a time.
class ClientPauses {
 public:
  using Clock = std::chrono::steady_clock;
  enum class Kind : std::uint8_t { none, writes, all };

  /// Holds commands of that kind from now on. What is held already stays so: it becomes more, or
  /// longer, never less.
  void begin(Kind kind, Clock::time_point until);
  void end();
  /// The server stops: no pause has an effect from now on.
  void end_for_good();

  /// False: nothing is held. Cost: a load.
  bool any() const noexcept { return kind_.load() != Kind::none; }
  /// Until when a command has to wait; nothing if it need not.
  std::optional<Clock::time_point> until(bool writes, Clock::time_point now);

 private:
  // Sequentially consistent: a client says that it runs commands, then looks here; who pauses
  // writes here, then looks whether clients run commands. One of the two notices.
  std::atomic<Kind> kind_{Kind::none};
  Mutex mutex_;
  Clock::time_point until_ QUARTZ_GUARDED_BY(mutex_);
  bool never_again_ QUARTZ_GUARDED_BY(mutex_) = false;
};

}  // namespace quartz::server
