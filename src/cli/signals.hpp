#pragma once

#include <optional>
#include <signal.h>

#include "cli/exit_status.hpp"

namespace quartz::cli {

/// Lets a write to a closed pipe fail with an error instead of ending the process, so that
/// `quartz scan | head` can close the database and end quietly.
void ignore_broken_pipes() noexcept;

/// From now on SIGINT and SIGTERM are remembered instead of ending the process, for work that
/// stops by itself at a safe point. A second one of the same kind ends the process. Call once.
void remember_interruptions() noexcept;

/// Waits until `descriptor` has something to read, or its end; returns early when a remembered
/// signal has arrived, before the call or during it.
void wait_until_readable(int descriptor) noexcept;

/// While it lives, SIGINT and SIGTERM are remembered, each time anew and however often they come;
/// behind it they do what they did before. One at a time, and not beside `remember_interruptions`.
class InterruptionWatch {
 public:
  InterruptionWatch() noexcept;
  InterruptionWatch(const InterruptionWatch&) = delete;
  InterruptionWatch& operator=(const InterruptionWatch&) = delete;
  ~InterruptionWatch();

 private:
  struct sigaction interrupt_ = {};
  struct sigaction terminate_ = {};
};

/// Readable once a remembered signal has arrived; -1 while none is remembered.
int interruption_descriptor() noexcept;

/// From now on SIGINT does nothing, until something else is asked for.
void ignore_interrupts() noexcept;

/// The status to exit with, once a remembered signal has arrived.
std::optional<ExitStatus> interruption() noexcept;

}  // namespace quartz::cli
