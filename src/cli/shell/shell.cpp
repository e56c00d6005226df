#include "cli/shell/shell.hpp"

#include <algorithm>
#include <utility>

#include "base/ascii.hpp"
#include "base/clock.hpp"
#include "base/try.hpp"
#include "cli/progress.hpp"
#include "cli/shell/harmless_lines.hpp"
#include "cli/shell/listening.hpp"
#include "cli/shell/own_commands.hpp"
#include "cli/shell/words.hpp"
#include "cli/signals.hpp"

namespace quartz::cli {
namespace {

using protocol::RespType;

constexpr std::string_view kFirstDatabase = "0";

bool is_command(const std::vector<std::string>& words, std::string_view name) noexcept {
  return is_same_word(words.front(), name);
}

// CLIENT REPLY OFF and SKIP: nothing would come that could be waited for.
bool silences(const std::vector<std::string>& words) noexcept {
  return words.size() > 2 && is_command(words, "CLIENT") && is_same_word(words[1], "REPLY") &&
         !is_same_word(words[2], "ON");
}

// What a server says is often a part of an error, which goes to a terminal.
Error harmless(const Error& error) { return {error.code(), harmless_lines(error.message())}; }

// Of a command that was sent and never answered.
Error with_fate(const Error& error) {
  return {error.code(), error.message() + "; whether the command was carried out is not known"};
}

std::string_view without_blanks(std::string_view line) noexcept {
  constexpr std::string_view kBlanks = " \t\r\n\v\f";
  const std::size_t begin = line.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return line.substr(begin, line.find_last_not_of(kBlanks) - begin + 1);
}

}  // namespace

Shell::Shell(ShellConnection& connection, Console& console, ShellManner manner)
    : connection_(connection), console_(console), manner_(manner), database_(kFirstDatabase) {}

Result<void> Shell::connect() {
  const InterruptionWatch watch;
  Result<void> connected = connect_anew();
  if (connected && manner_.interactive) connected = learn_commands();
  return connected ? Result<void>() : harmless(connected.error());
}

std::string Shell::prompt() const {
  std::string text = connection_.name();
  if (database_ != kFirstDatabase) text += "[" + database_ + "]";
  return text + (in_transaction_ ? "(TX)> " : "> ");
}

LineOutcome Shell::run(std::string_view line) {
  line = without_blanks(line);
  if (line.empty() || line.starts_with('#')) return {};
  const InterruptionWatch watch;
  const Stopwatch stopwatch;
  const Result<void> done = run_line(line);
  LineOutcome outcome;
  if (!done) outcome = outcome_of(harmless(done.error()));
  console_.out().flush();
  if (timing_ && !leaving_) {
    const auto elapsed = static_cast<double>(stopwatch.elapsed_ns());
    console_.note("{}\n", console_.style().faint("(" + readable_nanoseconds(elapsed) + ")"));
  }
  outcome.leaves = outcome.leaves || leaving_;
  return outcome;
}

Result<void> Shell::run_line(std::string_view line) {
  if (line.starts_with('\\')) return run_own_command(*this, line);
  QUARTZ_ASSIGN(const std::vector<std::string> words, split_words(line));
  return run_words(words);
}

Result<void> Shell::run_words(const std::vector<std::string>& words) {
  if (is_command(words, "QUIT") || is_command(words, "EXIT")) {
    leave();
    return {};
  }
  if (silences(words)) {
    return Error(Errc::invalid_argument, "a shell waits for replies: it cannot do without them");
  }
  if (!connection_.connected()) QUARTZ_TRY(connect_anew());
  QUARTZ_TRY(connection_.send(words));
  return take_answer(words);
}

// Of commands that listen each topic is confirmed, in RESP3 by what looks as if it came unasked.
Result<void> Shell::take_answer(const std::vector<std::string>& words) {
  const Listening listening = listening_of(words);
  std::size_t confirmations = listening.confirmations;
  while (true) {
    auto received = connection_.receive();
    if (!received) return with_fate(received.error());
    const ReplyTree& reply = *received;
    const bool push = reply.type == RespType::push;
    const bool confirms = confirmations != 0 && (push || reply.type == RespType::array);
    if (confirms) --confirmations;
    if (!push && !confirms) {
      // An error, or QUEUED: nothing is listened to.
      QUARTZ_TRY(remember(words, reply));
      QUARTZ_TRY(print_answer(reply));
      const bool monitors = listening.goes_on && listening.confirmations == 0;
      return monitors && !in_transaction_ ? listen() : Result<void>();
    }
    print(reply);
    if (confirms && confirmations == 0) {
      return listening.goes_on ? listen() : Result<void>();
    }
  }
}

Result<void> Shell::listen() {
  console_.out().flush();
  if (manner_.interactive) console_.note("listening; Ctrl-C ends that\n");
  while (true) {
    console_.out().flush();
    auto heard = connection_.receive();
    if (heard) {
      print(*heard);
      if (console_.out().stopped()) leave();
      if (leaving_) return {};
      continue;
    }
    const bool enough = manner_.interactive && heard.error().code() == Errc::cancelled &&
                        interruption() == ExitStatus::interrupted;
    if (!enough) return heard.error();
    console_.note("\nno longer listening\n");
    was_connected_ = false;  // That it connects anew is nobody's surprise.
    return {};
  }
}

Result<void> Shell::connect_anew() {
  if (std::exchange(in_transaction_, false)) {
    return Error(Errc::io_error, connection_.name() +
                                     ": the connection was lost, and with it the transaction; "
                                     "nothing of it was carried out");
  }
  QUARTZ_TRY(connection_.connect());
  if (std::exchange(was_connected_, true))
    console_.note("connected to {} again\n", connection_.name());
  if (connection_.is_nobody()) {
    console_.note("the server wants to know who this is: AUTH user secret, or --user\n");
  }
  return select_again();
}

Result<void> Shell::select_again() {
  if (database_ == kFirstDatabase) return {};
  QUARTZ_TRY(connection_.send({"SELECT", database_}));
  QUARTZ_ASSIGN(const ReplyTree reply, connection_.receive());
  if (!reply.is_error()) return {};
  database_ = kFirstDatabase;
  return Error(Errc::invalid_argument, reply.text + "; database 0 is selected");
}

// What a command changes on the connection that the shell has to know.
Result<void> Shell::remember(const std::vector<std::string>& words, const ReplyTree& reply) {
  const bool ends = is_command(words, "EXEC") || is_command(words, "DISCARD");
  const bool resets = is_command(words, "RESET") && !reply.is_error();
  if (ends || resets) in_transaction_ = false;
  if (reply.is_error() || in_transaction_) return {};
  if (is_command(words, "MULTI")) {
    in_transaction_ = true;
  } else if (is_command(words, "SELECT") && words.size() == 2) {
    database_ = words[1];
  } else if (resets) {
    database_ = kFirstDatabase;
    connection_.authenticate_as({}, {});
    return connection_.greet();
  } else if (is_command(words, "AUTH") && words.size() > 1) {
    connection_.authenticate_as(words.size() > 2 ? words[1] : "", words.back());
    QUARTZ_TRY(connection_.greet());
    return manner_.interactive ? learn_commands() : Result<void>();
  }
  return {};
}

Result<ReplyTree> Shell::ask(const std::vector<std::string>& words) {
  if (in_transaction_) {
    return Error(Errc::invalid_argument, "not within a transaction: EXEC or DISCARD it before");
  }
  if (!connection_.connected()) QUARTZ_TRY(connect_anew());
  QUARTZ_TRY(connection_.send(words));
  while (true) {
    QUARTZ_ASSIGN(ReplyTree reply, connection_.receive());
    if (reply.type != RespType::push) return reply;
    print(reply);
  }
}

Result<ReplyTree> Shell::ask_for(const std::vector<std::string>& words) {
  QUARTZ_ASSIGN(ReplyTree reply, ask(words));
  if (reply.is_error()) return Error(Errc::invalid_argument, reply.text);
  return reply;
}

Result<void> Shell::learn_commands() {
  if (!catalogue_.entries().empty()) return {};
  QUARTZ_ASSIGN(const ReplyTree names, ask({"COMMAND", "LIST", "FILTERBY", "PATTERN", "*"}));
  QUARTZ_ASSIGN(const ReplyTree documents, ask({"COMMAND", "DOCS"}));
  catalogue_ = Catalogue(names, documents);
  return {};
}

void Shell::print(const Table& table) {
  console_.out().write(table_as(manner_.form, table, terminal_columns(), console_.style()));
}

void Shell::print(const ReplyTree& reply) {
  console_.out().write(reply_as(manner_.form, reply, console_.style()));
}

// What a server refuses is an answer to whoever types, and a failure of everything else.
Result<void> Shell::print_answer(const ReplyTree& reply) {
  if (reply.is_error() && !manner_.interactive) return Error(Errc::invalid_argument, reply.text);
  print(reply);
  return {};
}

LineOutcome Shell::outcome_of(const Error& error) {
  console_.out().flush();
  if (error.code() == Errc::cancelled) {
    const ExitStatus by = interruption().value_or(ExitStatus::interrupted);
    const bool leaves = !manner_.interactive || by == ExitStatus::terminated;
    if (manner_.interactive) console_.note("\n");  // Behind the terminal's "^C".
    console_.warn(error.message());
    in_transaction_ = false;
    was_connected_ = false;
    return {.status = by, .leaves = leaves};
  }
  if (manner_.interactive) {
    in_transaction_ = in_transaction_ && error.code() != Errc::io_error;
    console_.warn(error.message());
    return {.status = exit_status_of(error.code())};
  }
  return {.status = console_.fail(exit_status_of(error.code()), error.message(), "")};
}

}  // namespace quartz::cli
