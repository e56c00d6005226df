#include "cli/application.hpp"

#include <exception>
#include <map>
#include <memory>
#include <string>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>

#include "cli/console.hpp"
#include "cli/signals.hpp"
#include "cli/verb.hpp"
#include "quartz/version.hpp"

namespace quartz::cli {
namespace {

constexpr const char* kProgram = "quartz";
constexpr const char* kDescription = "An embedded key-value store in a directory.";

// What to do for each verb; CLI11 knows the verbs by their objects.
using Actions = std::map<const CLI::App*, Action>;

// The flags that every verb has are declared here once, so that none can lack them.
void define_verbs(CLI::App& app, Console& console, Actions& actions) {
  for (const Verb& verb : verbs()) {
    CLI::App* const sub = app.add_subcommand(std::string(verb.name), std::string(verb.summary));
    if (verb.hidden) sub->group("");
    sub->add_flag("-q,--quiet", console.quiet, "No progress and no remarks, only errors");
    sub->add_flag("-v,--verbose", console.verbose, "Also what the engine has to say");
    actions[sub] = verb.define(*sub);
  }
}

// The subcommand that the user named, or the whole application before any was.
const CLI::App& innermost(const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  return chosen.empty() ? app : innermost(*chosen.front());
}

// "quartz keyspace list": what the user has to type to get here.
std::string path_of(const CLI::App& app) {
  const CLI::App* const parent = app.get_parent();
  return parent == nullptr ? "quartz" : path_of(*parent) + " " + app.get_name();
}

// CLI11 ends its parsing with an exception for help, for the version and for mistakes alike.
ExitStatus answer_parse_error(const CLI::App& app, const CLI::ParseError& error, Console& console) {
  if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) {
    // --help and --version arrive as exceptions; the text of --version is the exception's own.
    const bool version = error.get_name() == "CallForVersion";
    console.print("{}", version ? std::string(error.what()) + "\n" : innermost(app).help());
    const auto finished = console.out().finish();
    return finished ? ExitStatus::success : console.fail(finished.error());
  }
  const std::string path = path_of(innermost(app));
  if (path != "quartz") console.set_verb(path.substr(std::string_view("quartz ").size()));
  return console.fail(ExitStatus::usage, error.what(),
                      fmt::format("`{} --help` describes the arguments", path));
}

ExitStatus perform(const Action& action, Console& console) {
  const Result<ExitStatus> status = action(console);
  if (!status) return console.fail(status.error());
  // Results that could not be written are a failure, whatever the verb made of its work.
  const Result<void> finished = console.out().finish();
  if (!finished) return console.fail(finished.error());
  return *status;
}

void define_application(CLI::App& app, Console& console, Actions& actions) {
  // Exactly one, which also keeps CLI11 from taking a key named "get" for a second verb.
  app.require_subcommand(1);
  app.set_version_flag("--version", fmt::format("quartz {}", version()));
  app.footer(
      fmt::format("{}\n\n`quartz VERB --help` describes one verb; `quartz demo` shows them "
                  "at work.",
                  exit_status_help()));
  define_verbs(app, console, actions);
}

ExitStatus run_with(Console& console, int argument_count, const char* const* arguments) {
  CLI::App app{kDescription, kProgram};
  Actions actions;
  define_application(app, console, actions);
  try {
    app.parse(argument_count, arguments);
  } catch (const CLI::ParseError& error) {
    return answer_parse_error(app, error, console);
  }
  const CLI::App* const chosen = app.get_subcommands().front();
  console.set_verb(chosen->get_name());
  return perform(actions.at(chosen), console);
}

}  // namespace

void visit_command_line(const std::function<void(const CLI::App&)>& visit) {
  CLI::App app{kDescription, kProgram};
  Console console;
  Actions actions;
  define_application(app, console, actions);
  visit(app);
}

ExitStatus run(int argument_count, const char* const* arguments) noexcept {
  ignore_broken_pipes();
  try {
    Console console;
    try {
      return run_with(console, argument_count, arguments);
    } catch (const std::exception& error) {
      // The engine throws nothing of its own; what arrives here is bad_alloc or a defect.
      return console.fail(ExitStatus::internal, error.what(),
                          "what was acknowledged is safe; free memory and run the command again");
    }
  } catch (...) {
    write_to_standard_error("quartz: out of memory\n");
    return ExitStatus::internal;
  }
}

}  // namespace quartz::cli
