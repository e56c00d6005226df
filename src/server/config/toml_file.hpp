#pragma once

#include <string>
#include <string_view>

#include "quartz/result.hpp"
#include "server/config/option_value.hpp"

namespace quartz::server {

/// The options in a file. `not_found` and `io_error` as from the system; `invalid_argument` naming
/// file and line for what is no TOML, and for keys and values that no option has.
Result<OptionValues> read_toml_file(const std::string& path);

/// The same of the text of a file; `path` is for messages.
Result<OptionValues> read_toml(std::string_view text, const std::string& path);

/// `text` as a string of TOML.
std::string toml_string(std::string_view text);

}  // namespace quartz::server
