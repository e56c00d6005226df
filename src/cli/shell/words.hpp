#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "quartz/result.hpp"

namespace quartz::cli {

/// The words of a line, as redis-cli takes it apart. Between double quotes `\n` `\r` `\t` `\b` `\a`
/// and `\xNN` stand for bytes and a backslash before anything else for that; between single quotes
/// `\'` alone does. `invalid_argument` says which quotes are wrong.
Result<std::vector<std::string>> split_words(std::string_view line);

/// The same of a line that may be wrong: its words as they stand there, quotes and all.
std::vector<std::string> rough_words(std::string_view line);

/// `bytes` between double quotes, so that `split_words` gives them back. UTF-8 stays as it is.
std::string in_quotes(std::string_view bytes);

}  // namespace quartz::cli
