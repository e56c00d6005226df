#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "quartz/result.hpp"

namespace quartz::cli {

class Shell;

/// Carries out a line that begins with a backslash. `invalid_argument` for one that is wrong;
/// otherwise what the server or the connection said.
Result<void> run_own_command(Shell& shell, std::string_view line);

/// The names of all, with their backslashes, in their order.
std::vector<std::string> own_command_names();

/// What all of them do, for people.
std::string own_command_help();

}  // namespace quartz::cli
