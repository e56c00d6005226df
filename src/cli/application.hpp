#pragma once

#include "cli/exit_status.hpp"

namespace quartz::cli {

/// The whole tool: reads the command line, does what the verb says and reports errors. Never
/// throws.
ExitStatus run(int argument_count, const char* const* arguments) noexcept;

}  // namespace quartz::cli
