#pragma once

#include <string>
#include <vector>

namespace CLI {  // NOLINT(readability-identifier-naming): the library's name.
class App;
}

namespace quartz::cli {

/// An option or a positional argument of a command, as manual pages and completions need it.
struct ArgumentDescription {
  /// What may stand in place of a value.
  enum class Place { anything, file, directory };

  std::vector<std::string> names;    ///< "-k", "--keyspace"; of a positional, "DIR".
  std::string value;                 ///< "ROWS"; empty: a flag.
  std::vector<std::string> choices;  ///< The values that there are; empty: any.
  Place place = Place::anything;
  std::string description;
  std::string group;  ///< The heading that it stands under; empty: none of its own.
  bool required = false;
  bool repeated = false;
};

/// A program, or a verb of one, with the verbs below it.
struct CommandDescription {
  std::string name;
  std::string description;
  std::string footer;
  std::vector<ArgumentDescription> options;
  std::vector<ArgumentDescription> positionals;
  std::vector<CommandDescription> commands;
};

/// What `--help` of `app` and of its subcommands shows; what that hides is left out.
CommandDescription describe(const CLI::App& app);

/// "[OPTIONS] DIR KEY": what follows the name of a command.
std::string synopsis(const CommandDescription& command);

}  // namespace quartz::cli
