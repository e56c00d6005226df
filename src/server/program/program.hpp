#pragma once

#include "server/program/exit_status.hpp"

namespace quartz::server {

/// What `quartz-server` does, from its arguments to its end. To be called on the main thread
/// before there are others: signals are taken from all of them.
ExitStatus run_program(int argument_count, const char* const* arguments) noexcept;

}  // namespace quartz::server
