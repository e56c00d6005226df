#pragma once

#include <string>
#include <vector>

#include "quartz/result.hpp"

namespace quartz::cli {

class Shell;

// Commands of the shell that ask the server for several things and show them as a table; `words`
// begins with the command's name. Errors: `invalid_argument` for wrong words, and those of
// `Shell::ask_for`.

/// `[PREFIX [N]]`: keys, their types, when they expire, and what they hold, or how much of it.
Result<void> show_keys(Shell& shell, const std::vector<std::string>& words);
/// Databases by their numbers.
Result<void> show_databases(Shell& shell, const std::vector<std::string>& words);
/// `[PATTERN]`: vector sets.
Result<void> show_collections(Shell& shell, const std::vector<std::string>& words);
/// `KEY K NUMBER...` or `KEY K ELE NAME`: a search.
Result<void> show_nearest(Shell& shell, const std::vector<std::string>& words);
/// `[SECTION]`: INFO.
Result<void> show_statistics(Shell& shell, const std::vector<std::string>& words);

}  // namespace quartz::cli
