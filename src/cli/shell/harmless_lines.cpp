#include "cli/shell/harmless_lines.hpp"

#include <algorithm>

#include "cli/text_encoding.hpp"

namespace quartz::cli {

std::string harmless_lines(std::string_view text) {
  std::string lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    std::string harmless = escaped(line);
    // A backslash by itself is nothing to be afraid of.
    for (auto at = harmless.find("\\\\"); at != std::string::npos;
         at = harmless.find("\\\\", at + 1)) {
      harmless.erase(at, 1);
    }
    lines += harmless;
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!text.empty()) lines += '\n';
  }
  return lines;
}

}  // namespace quartz::cli
