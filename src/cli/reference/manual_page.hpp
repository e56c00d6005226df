#pragma once

#include <string>

#include "cli/reference/command_tree.hpp"

namespace quartz::cli {

/// Where a manual page belongs.
struct ManualPlace {
  int section = 1;
  std::string version;   ///< Of the program: "1.2.3".
  std::string see_also;  ///< Another page: "quartz(1)".
};

/// The manual page of a program with all of its verbs, for `man`.
std::string manual_page(const CommandDescription& program, const ManualPlace& place);

}  // namespace quartz::cli
