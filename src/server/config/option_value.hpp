#pragma once

#include <string>
#include <utility>
#include <vector>

#include "server/config/option.hpp"

namespace quartz::server {

/// What one source says about one option.
struct OptionValue {
  const Option* option = nullptr;
  std::string text;
  std::string origin;  ///< For people: "quartz.toml:12", "QUARTZ_PORT", "--port".
};

/// In the order in which they were found; of several for an option the last holds.
using OptionValues = std::vector<OptionValue>;

}  // namespace quartz::server
