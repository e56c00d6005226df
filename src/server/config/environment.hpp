#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/config/option_value.hpp"

namespace quartz::server {

/// What the variables of a process say.
struct Environment {
  OptionValues values;
  std::string config_file;           ///< $QUARTZ_CONFIG.
  std::vector<std::string> unknown;  ///< Names that begin like ours and are none.
};

/// `variables` are "NAME=value".
Environment read_environment(std::span<const std::string> variables);

/// Those of this process.
std::vector<std::string> process_variables();

}  // namespace quartz::server
