#pragma once

#include <functional>

#include "cli/exit_status.hpp"

namespace CLI {  // NOLINT(readability-identifier-naming): the library's name.
class App;
}

namespace quartz::cli {

/// The whole tool: reads the command line, does what the verb says and reports errors. Never
/// throws.
ExitStatus run(int argument_count, const char* const* arguments) noexcept;

/// Shows `visit` the verbs and arguments that `run` takes, for what describes them.
void visit_command_line(const std::function<void(const CLI::App&)>& visit);

}  // namespace quartz::cli
