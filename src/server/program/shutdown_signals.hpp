#pragma once

#include <cstdint>

namespace quartz::server {

enum class Signal : std::uint8_t {
  stop,    ///< SIGTERM or SIGINT.
  reload,  ///< SIGHUP.
};

/// Keeps those signals for `wait_for_signal`, in this thread and those that it starts, and lets
/// writes to closed connections fail instead of ending the process. Before any other thread.
void hold_signals() noexcept;

/// Waits for the next one.
Signal wait_for_signal() noexcept;

/// From now on SIGTERM and SIGINT end the process.
void let_signals_through() noexcept;

}  // namespace quartz::server
