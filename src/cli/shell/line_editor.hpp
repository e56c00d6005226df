#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/shell/catalogue.hpp"

namespace quartz::cli {

/// Reads lines from a terminal with editing, history and completion (libedit, which obeys the
/// user's ~/.editrc). One at a time in a process. Threads: one.
class LineEditor {
 public:
  enum class How : std::uint8_t {
    line,         ///< Entered.
    interrupted,  ///< Ctrl-C: what was typed is dropped.
    ended,        ///< Ctrl-D in an empty line, or the terminal has gone.
  };
  struct Typed {
    How how = How::ended;
    std::string line = {};  ///< Without its newline. Of an interruption what was dropped.
  };
  /// What the text in front of the cursor may go on with.
  using Completer = std::function<Completion(std::string_view before_cursor)>;

  explicit LineEditor(Completer completer);
  LineEditor(const LineEditor&) = delete;
  LineEditor& operator=(const LineEditor&) = delete;
  ~LineEditor();

  Typed read(const std::string& prompt);
  /// For the arrow keys and for Ctrl-R.
  void remember(const std::string& line);

 private:
  class Terminal;

  std::unique_ptr<Terminal> terminal_;
};

}  // namespace quartz::cli
