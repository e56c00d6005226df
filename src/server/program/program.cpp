#include "server/program/program.hpp"

#include <cstdio>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/try.hpp"
#include "quartz/server/server.hpp"
#include "quartz/storage/storage_engine.hpp"
#include "quartz/version.hpp"
#include "server/config/command_line.hpp"
#include "server/config/configuration.hpp"
#include "server/config/environment.hpp"
#include "server/config/toml_file.hpp"
#include "server/program/live_configuration.hpp"
#include "server/program/program_log.hpp"
#include "server/program/service_notifier.hpp"
#include "server/program/shutdown_signals.hpp"
#include "server/transport/server_log.hpp"

namespace quartz::server {
namespace {

void complain(std::string_view message, std::string_view hint) {
  std::string text = fmt::format("quartz-server: {}\n", message);
  if (!hint.empty()) text += fmt::format("  hint: {}\n", hint);
  std::fputs(text.c_str(), stderr);
}

ExitStatus fail(const Error& error) {
  complain(error.to_string(), hint_for(error.code()));
  return exit_status_of(error.code());
}

ExitStatus print(const std::string& text) {
  if (std::fputs(text.c_str(), stdout) >= 0 && std::fflush(stdout) == 0) return ExitStatus::success;
  return fail(Error(Errc::io_error, "standard output cannot be written"));
}

// Defaults, then the file, then variables, then flags.
Result<Configuration> configure(const CommandLine& line, const Environment& environment) {
  Configuration configuration;
  const std::string& file = line.config_file.empty() ? environment.config_file : line.config_file;
  if (!file.empty()) {
    QUARTZ_ASSIGN(const OptionValues values, read_toml_file(file));
    QUARTZ_TRY(configuration.apply(values));
  }
  QUARTZ_TRY(configuration.apply(environment.values));
  QUARTZ_TRY(configuration.apply(line.values));
  QUARTZ_TRY(configuration.check());
  return configuration;
}

// What differs and has to wait for the next start.
Result<std::vector<std::string>> reload(const CommandLine& line, const Environment& environment,
                                        Server& server, LiveConfiguration& live) {
  QUARTZ_ASSIGN(const Configuration configuration, configure(line, environment));
  QUARTZ_TRY(server.reload_certificates());
  return live.take_over(configuration.settings());
}

void say_reloaded(const ServerLog& say, const Result<std::vector<std::string>>& waiting) {
  if (!waiting) {
    say.error("nothing was reloaded after: {}", waiting.error().to_string());
  } else if (waiting->empty()) {
    say.info("reloaded certificates and configuration");
  } else {
    say.warn("reloaded certificates and configuration; these wait for the next start: {}",
             fmt::join(*waiting, ", "));
  }
}

void announce(const Server& server, const Settings& settings) {
  const auto say = [](std::string_view scheme, const ListenerConfig& listener,
                      std::optional<std::uint16_t> port) {
    if (!port) return;
    const bool v6 = listener.address.find(':') != std::string::npos;
    std::fputs(fmt::format("quartz-server: {}://{}{}{}:{}\n", scheme, v6 ? "[" : "",
                           listener.address, v6 ? "]" : "", *port)
                   .c_str(),
               stdout);
  };
  const bool tls = !settings.server.tls.certificate_file.empty();
  say(tls ? "https" : "http", settings.server.http, server.http_port());
  say(tls ? "rediss" : "redis", settings.server.resp, server.resp_port());
  std::fflush(stdout);
}

ServerConfig server_config(const Settings& settings, const ProgramLog& log,
                           LiveConfiguration& live) {
  ServerConfig config = settings.server;
  config.logger = log.logger();
  config.access_log = log.access_log();
  config.live_options = live.options();
  // Without a log the engine refuses every promise but its own.
  if (settings.storage.enable_wal) config.durability = settings.storage.durability;
  return config;
}

Result<void> serve(const CommandLine& line, const Environment& environment,
                   const Settings& settings) {
  ProgramLog log(settings.log);
  const ServerLog say(log.logger());
  const ServiceNotifier service = ServiceNotifier::from_environment();
  for (const std::string& name : environment.unknown) {
    say.warn("the variable {} is none that quartz-server knows", name);
  }
  StorageConfig storage = settings.storage;
  storage.logger = log.logger();
  QUARTZ_ASSIGN(StorageEngine engine, StorageEngine::open(settings.data_dir, std::move(storage)));
  LiveConfiguration live(settings, log);
  QUARTZ_ASSIGN(Server server, Server::start(engine, server_config(settings, log, live)));
  live.attach(server);
  announce(server, settings);
  say.info("quartz-server {} serves {}", version(), settings.data_dir);
  service.ready();
  while (wait_for_signal() == Signal::reload) {
    service.reloading();
    say_reloaded(say, reload(line, environment, server, live));
    service.ready();
  }
  service.stopping();
  say.info("stopping");
  // Whoever asks twice does not want to wait for the first time.
  let_signals_through();
  server.stop();
  QUARTZ_TRY(engine.close());
  say.info("stopped");
  return {};
}

ExitStatus run(int argument_count, const char* const* arguments) {
  const auto line = read_command_line(argument_count, arguments, exit_status_help());
  if (!line) return fail(line.error());
  if (!line->answer.empty()) return print(line->answer);
  const Environment environment = read_environment(process_variables());
  const auto configuration = configure(*line, environment);
  if (!configuration) return fail(configuration.error());
  if (line->print_config) return print(configuration->print());
  if (line->check_config) {
    const auto usable = configuration->check_files();
    return usable ? print("quartz-server: the configuration is fine\n") : fail(usable.error());
  }
  const auto served = serve(*line, environment, configuration->settings());
  return served ? ExitStatus::success : fail(served.error());
}

}  // namespace

ExitStatus run_program(int argument_count, const char* const* arguments) noexcept {
  hold_signals();
  try {
    return run(argument_count, arguments);
  } catch (const std::exception& error) {
    // Neither engine nor server throw of their own; what arrives here is bad_alloc or a defect.
    std::fputs("quartz-server: ", stderr);
    std::fputs(error.what(), stderr);
    std::fputs("\n", stderr);
    return ExitStatus::internal;
  }
}

}  // namespace quartz::server
