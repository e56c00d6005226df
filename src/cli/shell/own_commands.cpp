#include "cli/shell/own_commands.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/try.hpp"
#include "cli/shell/own_tables.hpp"
#include "cli/shell/shell.hpp"
#include "cli/shell/words.hpp"

namespace quartz::cli {
namespace {

using Words = std::vector<std::string>;

struct OwnCommand {
  std::string_view name;
  std::string_view arguments;
  std::string_view summary;
  Result<void> (*run)(Shell& shell, const Words& words);
};

Result<void> help(Shell& shell, const Words& words);

Result<void> quit(Shell& shell, const Words& /*words*/) {
  shell.leave();
  return {};
}

Result<void> set_timing(Shell& shell, const Words& words) {
  const bool on = words.size() < 2 ? !shell.timing() : is_same_word(words[1], "on");
  if (words.size() > 1 && !on && !is_same_word(words[1], "off")) {
    return Error(Errc::invalid_argument, "\\timing is on or off");
  }
  shell.set_timing(on);
  shell.console().note("timing is {}\n", on ? "on" : "off");
  return {};
}

constexpr std::array<OwnCommand, 8> kOwnCommands = {{
    {"\\help", "[COMMAND | GROUP]", "What the shell can do, or what the server says of a command",
     help},
    {"\\scan", "[PREFIX [N]]", "The first N keys (20) with what they hold", show_keys},
    {"\\databases", "", "How many keys each database holds", show_databases},
    {"\\collections", "[PATTERN]", "Vector sets, and what they are made of", show_collections},
    {"\\nearest", "KEY K (NUMBER... | ELE NAME)", "The K elements of a vector set that are nearest",
     show_nearest},
    {"\\stats", "[SECTION]", "What INFO tells, as tables", show_statistics},
    {"\\timing", "[on | off]", "How long each command took", set_timing},
    {"\\quit", "", "Leaves; so does Ctrl-D", quit},
}};

Table help_on(std::string_view name, const CatalogueEntry& entry) {
  Table table{.titles = {"command", "group", "what it does"}};
  table.rows.push_back({std::string(name), entry.group, entry.summary});
  for (const std::string& subcommand : entry.subcommands) {
    table.rows.push_back({fmt::format("{} {}", name, subcommand), entry.group, ""});
  }
  return table;
}

// Subcommands have words of their own.
Result<void> help_on_command(Shell& shell, const std::string& name, const CatalogueEntry& entry) {
  Words question = {"COMMAND", "DOCS"};
  for (const std::string& each : entry.subcommands)
    question.push_back(fmt::format("{}|{}", name, each));
  Table table = help_on(name, entry);
  if (!entry.subcommands.empty()) {
    QUARTZ_ASSIGN(const ReplyTree told, shell.ask_for(question));
    for (std::size_t i = 0; i < entry.subcommands.size(); ++i) {
      const ReplyTree* const of = told.find(question[i + 2]);
      const ReplyTree* const summary = of == nullptr ? nullptr : of->find("summary");
      if (summary != nullptr) table.rows[i + 1][2] = summary->text;
    }
  }
  shell.print(table);
  return {};
}

Result<void> help(Shell& shell, const Words& words) {
  if (words.size() == 1) {
    shell.console().print("{}", own_command_help());
    return {};
  }
  QUARTZ_TRY(shell.learn_commands());
  const std::string& subject = words[1];
  if (const CatalogueEntry* const entry = shell.catalogue().find(subject)) {
    std::string name = subject;
    std::ranges::transform(name, name.begin(), to_lower);
    return help_on_command(shell, name, *entry);
  }
  Table table{.titles = {"command", "what it does"}};
  for (const auto& [name, entry] : shell.catalogue().entries()) {
    if (is_same_word(entry.group, subject)) table.rows.push_back({name, entry.summary});
  }
  if (table.rows.empty()) {
    return Error(Errc::not_found, subject + " is neither a command nor a group of commands");
  }
  shell.print(table);
  return {};
}

}  // namespace

Result<void> run_own_command(Shell& shell, std::string_view line) {
  QUARTZ_ASSIGN(const Words words, split_words(line));
  const auto* const found = std::ranges::find(kOwnCommands, words.front(), &OwnCommand::name);
  if (found == kOwnCommands.end()) {
    return Error(Errc::invalid_argument,
                 in_quotes(words.front()) + " is no command of the shell; \\help names them");
  }
  return found->run(shell, words);
}

std::vector<std::string> own_command_names() {
  std::vector<std::string> names;
  names.reserve(kOwnCommands.size());
  for (const OwnCommand& each : kOwnCommands) names.emplace_back(each.name);
  return names;
}

std::string own_command_help() {
  std::string text =
      "A line is a command of the Redis protocol: SET user:1 \"two words\"\n"
      "or one of the shell's own:\n";
  for (const OwnCommand& each : kOwnCommands) {
    text +=
        fmt::format("  {:<45}{}\n", fmt::format("{} {}", each.name, each.arguments), each.summary);
  }
  return text;
}

}  // namespace quartz::cli
