#include "cli/reference/manual_page.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace quartz::cli {
namespace {

std::string upper(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return result;
}

// One line of text as troff prints it: its own signs are escaped, and a dash is one that can be
// copied into a shell.
std::string troff_escaped(std::string_view line) {
  std::string result;
  if (line.starts_with('.') || line.starts_with('\'')) result += "\\&";
  for (const char c : line) {
    if (c == '\\') {
      result += "\\e";
    } else if (c == '-') {
      result += "\\-";
    } else if (c == '"') {
      result += "\\(dq";
    } else {
      result += c;
    }
  }
  return result;
}

template <class Visit>
void for_each_part(std::string_view text, std::string_view separator, Visit visit) {
  while (!text.empty()) {
    const auto end = text.find(separator);
    if (const auto part = text.substr(0, end); !part.empty()) visit(part);
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + separator.size());
  }
}

// A footer is made of paragraphs; one that begins with a line such as "Examples:" is a list whose
// lines stay as they are.
void append_footer(std::string& page, std::string_view footer, bool of_program) {
  for_each_part(footer, "\n\n", [&](std::string_view paragraph) {
    const auto first_end = paragraph.find('\n');
    const auto first = paragraph.substr(0, first_end);
    if (first_end == std::string_view::npos || !first.ends_with(':') ||
        !paragraph.substr(first_end + 1).starts_with(' ')) {
      page += of_program ? ".SH NOTES\n" : ".PP\n";
      for_each_part(paragraph, "\n", [&](auto line) { page += troff_escaped(line) + "\n"; });
      return;
    }
    const auto title = first.substr(0, first.size() - 1);
    page += of_program ? fmt::format(".SH {}\n", upper(title)) : fmt::format(".PP\n{}:\n", title);
    page += ".PP\n.nf\n";
    for_each_part(paragraph.substr(first_end + 1), "\n",
                  [&](auto line) { page += troff_escaped(line) + "\n"; });
    page += ".fi\n";
  });
}

std::string heading_of(const ArgumentDescription& argument) {
  std::vector<std::string> names;
  names.reserve(argument.names.size());
  for (const std::string& name : argument.names) {
    names.push_back(fmt::format("\\fB{}\\fR", troff_escaped(name)));
  }
  std::string heading = fmt::format("{}", fmt::join(names, ", "));
  if (!argument.value.empty() && argument.names.front().starts_with('-')) {
    heading += " \\fI" + troff_escaped(argument.value) + "\\fR";
  }
  if (argument.repeated) heading += " ...";
  return heading;
}

void append_arguments(std::string& page, const std::vector<ArgumentDescription>& arguments) {
  std::string group;
  for (const ArgumentDescription& argument : arguments) {
    if (argument.group != group) {
      group = argument.group;
      page += fmt::format(".SS {}\n", troff_escaped(group.empty() ? "Others" : group));
    }
    page += ".TP\n" + heading_of(argument) + "\n" + troff_escaped(argument.description);
    if (argument.required && argument.names.front().starts_with('-')) page += " (required)";
    page += "\n";
  }
}

// Every verb has --help, which needs no telling each time.
std::vector<ArgumentDescription> own_options(const CommandDescription& command) {
  std::vector<ArgumentDescription> options = command.options;
  std::erase_if(options, [](const auto& option) { return option.names.back() == "--help"; });
  return options;
}

// "an embedded store", as lists of manual pages have it.
std::string summary_of(const CommandDescription& program) {
  std::string summary = troff_escaped(program.description);
  if (summary.ends_with('.')) summary.pop_back();
  if (!summary.empty()) summary.front() = static_cast<char>(std::tolower(summary.front()));
  return summary;
}

void append_command(std::string& page, const CommandDescription& command,
                    const std::string& above) {
  const std::string path = above + " " + command.name;
  page += fmt::format(".SS \"{} {}\"\n{}.\n", troff_escaped(path), troff_escaped(synopsis(command)),
                      troff_escaped(command.description));
  append_arguments(page, command.positionals);
  append_arguments(page, own_options(command));
  append_footer(page, command.footer, false);
  for (const CommandDescription& sub : command.commands) append_command(page, sub, path);
}

}  // namespace

std::string manual_page(const CommandDescription& program, const ManualPlace& place) {
  const std::string name = troff_escaped(program.name);
  std::string page = fmt::format(
      ".TH {} {} \"\" \"Quartz {}\"\n.SH NAME\n{} \\- {}\n.SH SYNOPSIS\n\\fB{}\\fR {}\n",
      upper(name), place.section, place.version, name, summary_of(program), name,
      troff_escaped(synopsis(program)));
  page += fmt::format(".SH DESCRIPTION\n{}\n.SH OPTIONS\n", troff_escaped(program.description));
  append_arguments(page, program.options);
  if (!program.commands.empty()) page += ".SH COMMANDS\n";
  for (const CommandDescription& command : program.commands) {
    append_command(page, command, program.name);
  }
  append_footer(page, program.footer, true);
  page += fmt::format(".SH SEE ALSO\n{}\n", troff_escaped(place.see_also));
  return page;
}

}  // namespace quartz::cli
