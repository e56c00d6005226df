#pragma once

#include "cli/console.hpp"
#include "cli/exit_status.hpp"
#include "cli/shell/shell.hpp"

namespace quartz::cli {

/// Asks for lines on the terminal and runs them, until the user leaves; the status to exit with.
ExitStatus prompt_loop(Shell& shell, Console& console);

}  // namespace quartz::cli
