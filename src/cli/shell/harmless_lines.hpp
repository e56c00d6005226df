#pragma once

#include <string>
#include <string_view>

namespace quartz::cli {

/// Lines of text, with escapes for everything in them that a terminal would obey. Backslashes stay
/// single.
std::string harmless_lines(std::string_view text);

}  // namespace quartz::cli
