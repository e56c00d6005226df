#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/reference/completion.hpp"

namespace quartz::cli {
namespace {

using Place = ArgumentDescription::Place;

// What may stand at a place, for the function `offer` of the script.
std::string words_offered(const ArgumentDescription& argument) {
  if (!argument.choices.empty()) return fmt::format("{}", fmt::join(argument.choices, " "));
  if (argument.place == Place::directory) return "@directory";
  return argument.place == Place::file ? "@file" : "@nothing";
}

// What the script knows of one command, and of those below it.
void append_tables(const CommandDescription& command, const std::string& path, std::string& tables,
                   std::string& values) {
  std::vector<std::string> commands;
  commands.reserve(command.commands.size());
  for (const CommandDescription& sub : command.commands) commands.push_back(sub.name);
  std::vector<std::string> names;
  std::vector<std::string> valued;
  for (const ArgumentDescription& option : command.options) {
    names.insert(names.end(), option.names.begin(), option.names.end());
    if (option.value.empty()) continue;
    std::vector<std::string> patterns;
    patterns.reserve(option.names.size());
    for (const std::string& name : option.names) {
      valued.push_back(name);
      patterns.push_back(shell_quoted(fmt::format("{} {}", path, name)));
    }
    values += fmt::format("    {}) offer={} ;;\n", fmt::join(patterns, " | "),
                          shell_quoted(words_offered(option)));
  }
  std::vector<std::string> places;
  places.reserve(command.positionals.size());
  for (const ArgumentDescription& positional : command.positionals) {
    places.push_back(shell_quoted(words_offered(positional)));
  }
  tables += fmt::format(
      "    {})\n      commands={}\n      options={}\n      valued={}\n      places=({})\n      "
      ";;\n",
      shell_quoted(path), shell_quoted(fmt::format("{}", fmt::join(commands, " "))),
      shell_quoted(fmt::format("{}", fmt::join(names, " "))),
      shell_quoted(fmt::format("{}", fmt::join(valued, " "))), fmt::join(places, " "));
  for (const CommandDescription& sub : command.commands) {
    append_tables(sub, path + " " + sub.name, tables, values);
  }
}

// FUNCTION, PROGRAM, TABLES and VALUES are put in. Variables are those of the caller.
constexpr const char* kScript = R"(# bash completion of PROGRAM

FUNCTION_command() {
  case "$1" in
TABLES  esac
}

FUNCTION_values() {
  case "$1" in
VALUES  esac
}

FUNCTION_offer() {
  case "$1" in
    @directory) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- "$2") ;;
    @file) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$2") ;;
    @nothing | '') ;;
    *) mapfile -t COMPREPLY < <(compgen -W "$1" -- "$2") ;;
  esac
}

FUNCTION() {
  local current="${COMP_WORDS[COMP_CWORD]}" path=PROGRAM option='' position=0 offer='' word index
  local commands='' options='' valued='' places=()
  COMPREPLY=()
  FUNCTION_command "$path"
  # An equals sign is a word of its own.
  for ((index = 1; index < COMP_CWORD; ++index)); do
    word="${COMP_WORDS[index]}"
    if [[ "$word" == = ]]; then
      continue
    elif [[ -n "$option" ]]; then
      option=''
    elif [[ "$word" == -?* ]]; then
      [[ " $valued " != *" $word "* ]] || option="$word"
    elif ((position == 0)) && [[ " $commands " == *" $word "* ]]; then
      path+=" $word"
      FUNCTION_command "$path"
    else
      ((++position))
    fi
  done
  [[ "$current" != = ]] || current=''
  if [[ -n "$option" ]]; then
    FUNCTION_values "$path $option"
    FUNCTION_offer "$offer" "$current"
  elif [[ "$current" == -* ]]; then
    FUNCTION_offer "$options" "$current"
  elif [[ -n "$commands" ]]; then
    FUNCTION_offer "$commands" "$current"
  else
    FUNCTION_offer "${places[position]:-}" "$current"
  fi
}

complete -F FUNCTION PROGRAM
)";

void replace_all(std::string& text, const std::string& what, const std::string& with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
}

}  // namespace

std::string function_name(const std::string& program) {
  std::string name = "_" + program;
  replace_all(name, "-", "_");
  return name;
}

std::string shell_quoted(const std::string& text) {
  std::string inner = text;
  replace_all(inner, "'", "'\\''");
  return "'" + inner + "'";
}

std::string bash_completion(const CommandDescription& program) {
  std::string tables;
  std::string values;
  append_tables(program, program.name, tables, values);
  std::string script = kScript;
  replace_all(script, "FUNCTION", function_name(program.name));
  replace_all(script, "PROGRAM", program.name);
  replace_all(script, "TABLES", tables);
  replace_all(script, "VALUES", values);
  return script;
}

}  // namespace quartz::cli
