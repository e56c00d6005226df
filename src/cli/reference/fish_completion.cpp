#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/reference/completion.hpp"

namespace quartz::cli {
namespace {

using Place = ArgumentDescription::Place;

std::string options_for_values(const ArgumentDescription& argument) {
  if (!argument.choices.empty()) {
    return " -x -a " + shell_quoted(fmt::format("{}", fmt::join(argument.choices, " ")));
  }
  if (argument.place == Place::directory) return " -x -a '(__fish_complete_directories)'";
  return argument.place == Place::file ? " -r -F" : " -x";
}

std::vector<std::string> paths_of(const CommandDescription& command, const std::string& path) {
  std::vector<std::string> paths;
  for (const CommandDescription& sub : command.commands) {
    const std::string below = path.empty() ? sub.name : path + " " + sub.name;
    paths.push_back(shell_quoted(below));
    for (std::string& deeper : paths_of(sub, below)) paths.push_back(std::move(deeper));
  }
  return paths;
}

void append_lines(std::string& script, const CommandDescription& command, const std::string& path,
                  const std::string& begin) {
  const std::string line = begin + " -n " + shell_quoted("_" + begin.substr(12) + "_at " + path);
  for (const ArgumentDescription& option : command.options) {
    script += line;
    for (const std::string& name : option.names) {
      script += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
    }
    if (!option.value.empty()) script += options_for_values(option);
    script += " -d " + shell_quoted(option.description) + "\n";
  }
  for (const ArgumentDescription& positional : command.positionals) {
    if (positional.place == Place::directory)
      script += line + " -a '(__fish_complete_directories)'\n";
    if (positional.place == Place::file) script += line + " -F\n";
  }
  for (const CommandDescription& sub : command.commands) {
    script += line + " -a " + sub.name + " -d " + shell_quoted(sub.description) + "\n";
  }
  for (const CommandDescription& sub : command.commands) {
    append_lines(script, sub, path.empty() ? sub.name : path + " " + sub.name, begin);
  }
}

}  // namespace

std::string fish_completion(const CommandDescription& program) {
  std::string script = fmt::format(
      "# fish completion of {0}\n\n"
      "# Whether these are the verbs that stand on the command line.\n"
      "function _{0}_at\n"
      "  set -l path\n"
      "  for word in (commandline -opc)[2..-1]\n"
      "    contains -- (string join -- ' ' $path $word) {1}\n"
      "    and set -a path $word\n"
      "  end\n"
      "  test \"$path\" = \"$argv\"\n"
      "end\n\n"
      "complete -c {0} -f\n",
      program.name, fmt::join(paths_of(program, ""), " "));
  append_lines(script, program, "", "complete -c " + program.name);
  return script;
}

}  // namespace quartz::cli
