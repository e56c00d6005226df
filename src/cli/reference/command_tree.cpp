#include "cli/reference/command_tree.hpp"

#include <string_view>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

namespace quartz::cli {
namespace {

using Place = ArgumentDescription::Place;

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const auto end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

Place place_of(std::string_view value) {
  if (value == "DIR") return Place::directory;
  if (value.starts_with("FILE") || value == "PEM" || value == "TARGET") return Place::file;
  return Place::anything;
}

// "text|hex" is how options name their values; "FORMAT:{a,b}" is what CLI11 makes of a check.
void describe_value(ArgumentDescription& argument, std::string type) {
  const auto brace = type.find(":{");
  if (brace != std::string::npos && type.ends_with('}')) {
    argument.choices =
        split(std::string_view(type).substr(brace + 2, type.size() - brace - 3), ',');
    type.resize(brace);
  } else if (type.find('|') != std::string::npos) {
    argument.choices = split(type, '|');
  }
  argument.value = std::move(type);
  argument.place = place_of(argument.value);
}

ArgumentDescription describe_option(const CLI::Option& option) {
  ArgumentDescription argument;
  for (const std::string& name : option.get_snames()) argument.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) argument.names.push_back("--" + name);
  argument.description = option.get_description();
  if (option.get_group() != "Options") argument.group = option.get_group();
  argument.required = option.get_required();
  argument.repeated = option.get_items_expected_max() > 1;
  // Flags take no value.
  if (option.get_items_expected_max() > 0 && option.get_type_size_max() > 0) {
    describe_value(argument, option.get_type_name());
  }
  return argument;
}

}  // namespace

CommandDescription describe(const CLI::App& app) {
  CommandDescription command;
  command.name = app.get_name();
  command.description = app.get_description();
  command.footer = app.get_footer();
  for (const CLI::Option* const option : app.get_options()) {
    if (option->get_group().empty()) continue;
    ArgumentDescription argument = describe_option(*option);
    if (option->get_positional()) {
      argument.names = {option->get_name(true)};
      argument.place = place_of(argument.names.front());
      command.positionals.push_back(std::move(argument));
    } else {
      command.options.push_back(std::move(argument));
    }
  }
  for (const CLI::App* const sub : app.get_subcommands({})) {
    if (!sub->get_group().empty()) command.commands.push_back(describe(*sub));
  }
  return command;
}

std::string synopsis(const CommandDescription& command) {
  std::string text = "[OPTIONS]";
  for (const ArgumentDescription& argument : command.positionals) {
    std::string name = argument.names.front() + (argument.repeated ? "..." : "");
    text += argument.required ? " " + name : " [" + name + "]";
  }
  if (!command.commands.empty()) text += " COMMAND";
  return text;
}

}  // namespace quartz::cli
