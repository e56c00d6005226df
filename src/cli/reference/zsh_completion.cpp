#include <string_view>

#include <fmt/format.h>

#include "cli/reference/completion.hpp"

namespace quartz::cli {
namespace {

using Place = ArgumentDescription::Place;

// Signs that a specification of `_arguments` gives a meaning to.
std::string specification_text(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') result += '\\';
    result += c;
  }
  return result;
}

std::string action(const ArgumentDescription& argument) {
  if (!argument.choices.empty()) {
    std::string list;
    for (const std::string& choice : argument.choices) list += (list.empty() ? "" : " ") + choice;
    return "(" + list + ")";
  }
  if (argument.place == Place::directory) return "_directories";
  return argument.place == Place::file ? "_files" : " ";
}

void append_option(std::string& script, const ArgumentDescription& option) {
  for (const std::string& name : option.names) {
    std::string spec = (option.repeated ? "*" : "") + name;
    if (!option.value.empty() && name.starts_with("--")) spec += "=";
    spec += "[" + specification_text(option.description) + "]";
    if (!option.value.empty())
      spec += ":" + specification_text(option.value) + ":" + action(option);
    script += " \\\n    " + shell_quoted(spec);
  }
}

void append_function(std::string& script, const CommandDescription& command,
                     const std::string& function) {
  for (const CommandDescription& sub : command.commands) {
    append_function(script, sub, function + "_" + sub.name);
  }
  script += fmt::format("\n{}() {{\n", function);
  if (!command.commands.empty()) {
    script += "  local curcontext=\"$curcontext\" state line\n  local -a commands\n";
  }
  script += "  _arguments -S -C";
  for (const ArgumentDescription& option : command.options) append_option(script, option);
  for (const ArgumentDescription& positional : command.positionals) {
    const std::string spec = positional.repeated ? "*" : positional.required ? "" : ":";
    script += " \\\n    " + shell_quoted(spec + ":" + specification_text(positional.names.front()) +
                                         ":" + action(positional));
  }
  if (command.commands.empty()) {
    script += "\n}\n";
    return;
  }
  script +=
      " \\\n    '1:command:->command' '*::argument:->argument'\n  case $state in\n    command)\n   "
      "   commands=(";
  for (const CommandDescription& sub : command.commands) {
    script += "\n        " + shell_quoted(sub.name + ":" + specification_text(sub.description));
  }
  script +=
      "\n      )\n      _describe command commands\n      ;;\n    argument)\n      case $line[1] "
      "in\n";
  for (const CommandDescription& sub : command.commands) {
    script += fmt::format("        {}) {}_{} ;;\n", sub.name, function, sub.name);
  }
  script += "      esac\n      ;;\n  esac\n}\n";
}

}  // namespace

std::string zsh_completion(const CommandDescription& program) {
  const std::string function = function_name(program.name);
  std::string script = fmt::format("#compdef {}\n", program.name);
  append_function(script, program, function);
  // Both when the file is loaded as the function itself, and when it is sourced.
  script += fmt::format(
      "\nif [[ $funcstack[1] == {0} ]]; then\n  {0} \"$@\"\nelse\n  compdef {0} {1}\nfi\n",
      function, program.name);
  return script;
}

}  // namespace quartz::cli
