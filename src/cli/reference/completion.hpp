#pragma once

#include <string>

#include "cli/reference/command_tree.hpp"

namespace quartz::cli {

/// What each shell reads to complete verbs, options and values of a program.
std::string bash_completion(const CommandDescription& program);
std::string zsh_completion(const CommandDescription& program);
std::string fish_completion(const CommandDescription& program);

/// "_quartz_server": how the functions of a completion are called.
std::string function_name(const std::string& program);

/// `text` in single quotes, for all three.
std::string shell_quoted(const std::string& text);

}  // namespace quartz::cli
