#include "server/config/environment.hpp"

#include <algorithm>
#include <unistd.h>

namespace quartz::server {
namespace {

constexpr std::string_view kPrefix = "QUARTZ_";
constexpr std::string_view kConfigFile = "QUARTZ_CONFIG";

}  // namespace

Environment read_environment(std::span<const std::string> variables) {
  Environment environment;
  for (const std::string& variable : variables) {
    const std::size_t equals = variable.find('=');
    if (equals == std::string::npos || !variable.starts_with(kPrefix)) continue;
    const std::string name = variable.substr(0, equals);
    std::string value = variable.substr(equals + 1);
    if (name == kConfigFile) {
      environment.config_file = std::move(value);
      continue;
    }
    const auto options = all_options();
    const auto option =
        std::ranges::find_if(options, [&](const Option& each) { return each.variable() == name; });
    if (option != options.end()) {
      environment.values.push_back({&*option, std::move(value), name});
    } else {
      environment.unknown.push_back(name);
    }
  }
  return environment;
}

std::vector<std::string> process_variables() {
  std::vector<std::string> variables;
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
    variables.emplace_back(*variable);
  }
  return variables;
}

}  // namespace quartz::server
