#include "cli/console.hpp"

#include "cli/signals.hpp"

namespace quartz::cli {

void Console::warn(std::string_view text) const {
  write_to_standard_error(fmt::format("quartz: {}\n", text));
}

Progress::Mode Console::progress_mode() const noexcept {
  if (quiet) return Progress::Mode::off;
  return standard_error_is_terminal() ? Progress::Mode::bar : Progress::Mode::lines;
}

ExitStatus Console::fail(const Error& error) {
  const ExitStatus status = error.code() == Errc::cancelled
                                ? interruption().value_or(ExitStatus::interrupted)
                                : exit_status_of(error.code());
  return fail(status, error.to_string(), hint_for(error.code()));
}

ExitStatus Console::fail(ExitStatus status, std::string_view message, std::string_view hint) {
  // Results that were complete before the failure belong in front of it.
  out_.flush();
  std::string text = "quartz: ";
  for (const std::string* part : {&verb_, &subject_}) {
    if (!part->empty()) text += *part + ": ";
  }
  text += message;
  text += '\n';
  if (!hint.empty()) text += fmt::format("  hint: {}\n", hint);
  write_to_standard_error(text);
  return status;
}

}  // namespace quartz::cli
