#pragma once

#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace quartz {

/// The built tool on a pseudo-terminal of 200 columns, as somebody would meet it who types. It is
/// killed if it still runs at the end of the scope.
class TerminalTool {
 public:
  /// `home`: where it finds and leaves its files, $HOME and $XDG_STATE_HOME.
  TerminalTool(const std::vector<std::string>& arguments, const std::string& home);
  TerminalTool(const TerminalTool&) = delete;
  TerminalTool& operator=(const TerminalTool&) = delete;
  ~TerminalTool();

  /// Presses keys.
  void type(std::string_view keys);
  void signal(int number);
  /// Waits until `text` has appeared behind everything that was waited for before, and returns what
  /// is between, `text` included; without escape sequences and carriage returns. A test that waits
  /// in vain fails, and gets what there was.
  std::string wait_for(std::string_view text);
  /// Waits for the end, and gives the status; a signal's number plus 128 stands for it.
  int finish();
  /// Everything that has appeared since the last wait.
  const std::string& rest() const noexcept { return seen_; }

 private:
  bool read_more();

  int terminal_ = -1;
  pid_t id_ = -1;
  std::string raw_;   // The beginning of an escape sequence.
  std::string seen_;  // What was not waited for yet.
};

}  // namespace quartz
