#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "cli/console.hpp"
#include "cli/exit_status.hpp"
#include "cli/shell/catalogue.hpp"
#include "cli/shell/connection.hpp"
#include "cli/shell/reply_text.hpp"
#include "cli/shell/table.hpp"
#include "quartz/result.hpp"

namespace quartz::cli {

/// How a shell talks to whoever uses it.
struct ShellManner {
  ReplyForm form = ReplyForm::pretty;
  bool interactive = false;  ///< Someone types; otherwise lines come from elsewhere.
};

/// What became of a line.
struct LineOutcome {
  ExitStatus status = ExitStatus::success;  ///< Another one if it was wrong, or refused.
  bool leaves = false;                      ///< The shell is to be left, with that status.
};

/// Carries out lines, each a command of the Redis protocol or one of the shell's own, which begin
/// with a backslash, and prints what comes of it. Threads: one.
class Shell {
 public:
  /// Both outlive it.
  Shell(ShellConnection& connection, Console& console, ShellManner manner);

  /// Connects, so that whoever cannot hears of it first. Errors: those of
  /// `ShellConnection::connect`.
  Result<void> connect();
  /// What went wrong is printed: to standard error, unless someone types.
  LineOutcome run(std::string_view line);

  /// What stands in front of what is typed.
  std::string prompt() const;
  /// What commands there are, as far as the server has told yet. Never waits.
  const Catalogue& catalogue() const noexcept { return catalogue_; }

  // For the shell's own commands.

  /// Sends and waits; what is heard unasked meanwhile is printed. Connects if need be. An error
  /// reply is a reply.
  Result<ReplyTree> ask(const std::vector<std::string>& words);
  /// The same, but an error reply is an error.
  Result<ReplyTree> ask_for(const std::vector<std::string>& words);
  /// Asks what commands there are, unless that is known.
  Result<void> learn_commands();
  void print(const Table& table);
  void print(const ReplyTree& reply);
  Console& console() noexcept { return console_; }
  bool timing() const noexcept { return timing_; }
  void set_timing(bool on) noexcept { timing_ = on; }
  void leave() noexcept { leaving_ = true; }

 private:
  Result<void> run_line(std::string_view line);
  Result<void> run_words(const std::vector<std::string>& words);
  Result<void> take_answer(const std::vector<std::string>& words);
  Result<void> listen();
  Result<void> connect_anew();
  Result<void> select_again();
  Result<void> remember(const std::vector<std::string>& words, const ReplyTree& reply);
  Result<void> print_answer(const ReplyTree& reply);
  LineOutcome outcome_of(const Error& error);

  ShellConnection& connection_;
  Console& console_;
  const ShellManner manner_;
  Catalogue catalogue_;
  std::string database_ = "0";
  bool was_connected_ = false;
  bool in_transaction_ = false;
  bool timing_ = false;
  bool leaving_ = false;
};

}  // namespace quartz::cli
