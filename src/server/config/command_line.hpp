#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "quartz/result.hpp"
#include "server/config/option_value.hpp"

namespace CLI {  // NOLINT(readability-identifier-naming): the library's name.
class App;
}

namespace quartz::server {

/// What the arguments of the program say.
struct CommandLine {
  OptionValues values;
  std::string config_file;  ///< Empty: none was named.
  bool print_config = false;
  bool check_config = false;
  std::string answer;  ///< Not empty: only this is to be printed (--help, --version).
};

/// `invalid_argument` naming the flag for anything that cannot be understood. `footer` ends the
/// text of --help.
Result<CommandLine> read_command_line(int count, const char* const* arguments,
                                      std::string_view footer);

/// Shows `visit` the flags that are read there, for what describes them.
void visit_command_line(std::string_view footer, const std::function<void(const CLI::App&)>& visit);

}  // namespace quartz::server
