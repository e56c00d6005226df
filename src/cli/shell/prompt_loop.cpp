#include "cli/shell/prompt_loop.hpp"

#include <string>

#include "cli/shell/history_file.hpp"
#include "cli/shell/line_editor.hpp"
#include "cli/shell/own_commands.hpp"
#include "cli/signals.hpp"

namespace quartz::cli {

ExitStatus prompt_loop(Shell& shell, Console& console) {
  // Between the editor's keys and a command that is under way nothing is to be interrupted.
  ignore_interrupts();
  LineEditor editor([&shell](std::string_view before_cursor) {
    return complete(shell.catalogue(), own_command_names(), before_cursor);
  });
  HistoryFile history(HistoryFile::usual_path());
  for (const std::string& line : history.load()) editor.remember(line);
  console.note("\\help tells what to type, Ctrl-D leaves\n");
  while (true) {
    console.out().flush();
    const LineEditor::Typed typed = editor.read(shell.prompt());
    if (typed.how == LineEditor::How::ended) {
      console.print("\n");
      return ExitStatus::success;
    }
    if (typed.how == LineEditor::How::interrupted) {
      console.print("^C\n");
      console.out().flush();
      if (typed.line.empty()) console.note("\\quit or Ctrl-D leaves\n");
      continue;
    }
    if (typed.line.find_first_not_of(" \t") == std::string::npos) continue;
    if (!is_confidential(typed.line)) {
      editor.remember(typed.line);
      history.append(typed.line);
    }
    const LineOutcome outcome = shell.run(typed.line);
    if (outcome.leaves) return outcome.status;
  }
}

}  // namespace quartz::cli
