#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace quartz::protocol {

/// Cuts a line that somebody types into words, replacing `words`: at spaces, but not between
/// quotes. Between double quotes `\n`, `\r`, `\t`, `\b`, `\a` and `\xHH` are what they are in C,
/// and a backslash in front of anything else stands for that; between single quotes only `\'` does.
/// False if a quote is not closed, or closed in the middle of a word.
bool split_resp_line(std::string_view line, std::vector<std::string>& words);

}  // namespace quartz::protocol
