#include "cli/terminal.hpp"

#include <cstdlib>
#include <sys/ioctl.h>
#include <unistd.h>

namespace quartz::cli {

bool standard_output_is_terminal() noexcept { return ::isatty(STDOUT_FILENO) == 1; }
bool standard_error_is_terminal() noexcept { return ::isatty(STDERR_FILENO) == 1; }

std::size_t terminal_columns() noexcept {
  struct winsize size = {};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

Style Style::for_standard_output() noexcept {
  const char* const no_color = std::getenv("NO_COLOR");
  const char* const terminal = std::getenv("TERM");
  // Set but empty does not count, says the convention.
  const bool refused = no_color != nullptr && *no_color != '\0';
  const bool dumb = terminal == nullptr || std::string_view(terminal) == "dumb";
  return Style(standard_output_is_terminal() && !refused && !dumb);
}

std::string Style::paint(std::string_view sequence, std::string_view text) const {
  if (!enabled_) return std::string(text);
  std::string painted(sequence);
  painted += text;
  painted += "\033[0m";
  return painted;
}

}  // namespace quartz::cli
