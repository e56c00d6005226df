#include <cstdio>
#include <functional>
#include <map>
#include <string>

#include <fmt/format.h>

#include "cli/application.hpp"
#include "cli/reference/command_tree.hpp"
#include "cli/reference/completion.hpp"
#include "cli/reference/manual_page.hpp"
#include "quartz/version.hpp"
#ifdef QUARTZ_REFERENCE_SERVER
#include "server/config/command_line.hpp"
#include "server/program/exit_status.hpp"
#endif

// Writes what goes with an installed program, of what the program itself declares: for the build.
namespace {

using quartz::cli::CommandDescription;

bool describe_program(const std::string& name, CommandDescription& program) {
  const auto keep = [&](const CLI::App& app) { program = quartz::cli::describe(app); };
  if (name == "quartz") {
    quartz::cli::visit_command_line(keep);
    return true;
  }
#ifdef QUARTZ_REFERENCE_SERVER
  if (name == "quartz-server") {
    quartz::server::visit_command_line(quartz::server::exit_status_help(), keep);
    return true;
  }
#endif
  return false;
}

std::string page_of(const CommandDescription& program) {
  const bool server = program.name == "quartz-server";
  return quartz::cli::manual_page(program, {.section = server ? 8 : 1,
                                            .version = std::string(quartz::version()),
                                            .see_also = server ? "quartz(1)" : "quartz-server(8)"});
}

}  // namespace

int main(int count, char** arguments) {
  const std::map<std::string, std::function<std::string(const CommandDescription&)>> forms = {
      {"man", page_of},
      {"bash", quartz::cli::bash_completion},
      {"zsh", quartz::cli::zsh_completion},
      {"fish", quartz::cli::fish_completion}};
  CommandDescription program;
  if (count != 3 || !forms.contains(arguments[2]) || !describe_program(arguments[1], program)) {
    std::fputs("usage: quartz_reference quartz|quartz-server man|bash|zsh|fish\n", stderr);
    return 2;
  }
  const std::string text = forms.at(arguments[2])(program);
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() ? 0 : 5;
}
