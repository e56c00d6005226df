#pragma once

#include <optional>

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

/// The status to exit with, once a remembered signal has arrived.
std::optional<ExitStatus> interruption() noexcept;

}  // namespace quartz::cli
