#include "server/config/command_line.hpp"

#include <deque>
#include <utility>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>

#include "quartz/version.hpp"

namespace quartz::server {
namespace {

struct Flag {
  const Option* option;
  CLI::Option* flag = nullptr;
  std::string text = {};
};

std::string group_of(const Option& option) {
  return option.section.empty() ? "Server" : std::string(option.section);
}

void add_flags(CLI::App& app, std::deque<Flag>& flags) {
  const Settings defaults;
  for (const Option& option : all_options()) {
    Flag& flag = flags.emplace_back(Flag{&option});
    const std::string value = option.get(defaults);
    flag.flag =
        app.add_option(option.flag(), flag.text,
                       fmt::format("{}{}{}{}", option.description, value.empty() ? "" : " [", value,
                                   value.empty() ? "" : "]"))
            ->type_name(std::string(type_word(option)))
            ->group(group_of(option));
  }
}

constexpr const char* kProgram = "quartz-server";
constexpr const char* kDescription =
    "Serves a Quartz database over HTTP and the protocol of Redis.";

// CLI11 keeps references into `line` and `flags`.
void define(CLI::App& app, std::string_view footer, CommandLine& line, std::deque<Flag>& flags) {
  app.set_version_flag("--version", fmt::format("quartz-server {}", version()));
  app.footer(
      fmt::format("Every option may also stand in the file, as in --print-config, or in a "
                  "variable:\nQUARTZ_PORT for --port. Flags win over variables, and those "
                  "over the file.\n\n{}",
                  footer));
  app.add_option("-c,--config", line.config_file, "Configuration in TOML; also $QUARTZ_CONFIG")
      ->type_name("FILE");
  app.add_flag("--print-config", line.print_config,
               "Print the configuration as TOML, with where each value comes from, and exit");
  app.add_flag("--check-config", line.check_config, "Check the configuration and exit");
  add_flags(app, flags);
}

}  // namespace

void visit_command_line(std::string_view footer,
                        const std::function<void(const CLI::App&)>& visit) {
  CLI::App app{kDescription, kProgram};
  CommandLine line;
  std::deque<Flag> flags;
  define(app, footer, line, flags);
  visit(app);
}

Result<CommandLine> read_command_line(int count, const char* const* arguments,
                                      std::string_view footer) {
  CLI::App app{kDescription, kProgram};
  CommandLine line;
  std::deque<Flag> flags;
  define(app, footer, line, flags);
  try {
    app.parse(count, arguments);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() != static_cast<int>(CLI::ExitCodes::Success)) {
      return Error(Errc::invalid_argument, error.what());
    }
    // Help and version arrive as exceptions; the text of --version is the exception's own.
    const bool version_asked = error.get_name() == "CallForVersion";
    line.answer = version_asked ? std::string(error.what()) + "\n" : app.help();
    return line;
  }
  for (Flag& flag : flags) {
    if (flag.flag->count() == 0) continue;
    line.values.push_back({flag.option, std::move(flag.text), flag.option->flag()});
  }
  return line;
}

}  // namespace quartz::server
