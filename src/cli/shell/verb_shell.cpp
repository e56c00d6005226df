#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

#include "base/try.hpp"
#include "cli/database.hpp"
#include "cli/shell/prompt_loop.hpp"
#include "cli/shell/shell.hpp"
#include "cli/shell/target.hpp"
#include "cli/streams.hpp"
#include "cli/verb.hpp"
#include "quartz/embedded/open_client.hpp"
#include "quartz/server/server.hpp"

namespace quartz::cli {
namespace {

constexpr std::size_t kLineBytesMax = std::size_t{64} << 20;

struct ShellOptions {
  std::string target;
  std::vector<std::string> commands;
  std::string file;
  std::optional<ReplyForm> form;
  ShellUser user;
  ClientTlsConfig tls;
  bool create = false;
  bool keep_going = false;
};

/// A database of this process, and what serves it. In this order they end.
struct Embedded {
  std::shared_ptr<StorageEngine> engine;
  std::optional<Server> server;

  Result<void> close() {
    server.reset();
    return engine ? engine->close() : Result<void>();
  }
};

Result<Embedded> serve_directory(Console& console, const std::string& directory, bool create) {
  QUARTZ_ASSIGN(StorageEngine opened,
                open_database(console, directory, create ? OpenMode::create : OpenMode::existing));
  Embedded embedded{.engine = std::make_shared<StorageEngine>(std::move(opened)), .server = {}};
  QUARTZ_ASSIGN(embedded.server, Server::start(embedded.engine, EmbeddedConfig::embedded_server()));
  return embedded;
}

/// Runs lines until one fails, unless they are to go on; the status of the first that failed.
class Script {
 public:
  Script(Shell& shell, Console& console, bool keep_going)
      : shell_(shell), console_(console), keep_going_(keep_going) {}

  /// False: no more lines.
  bool run(std::string_view line) {
    const LineOutcome outcome = shell_.run(line);
    const bool failed = outcome.status != ExitStatus::success;
    if (failed && status_ == ExitStatus::success) status_ = outcome.status;
    return !outcome.leaves && (!failed || keep_going_) && !console_.out().stopped();
  }

  Result<ExitStatus> run_lines(const std::string& path) {
    QUARTZ_ASSIGN(InputStream input, InputStream::open(path));
    std::string line;
    while (true) {
      QUARTZ_ASSIGN(const bool more, input.read_line(line, kLineBytesMax));
      if (!more || !run(line)) return status_;
    }
  }

  ExitStatus status() const noexcept { return status_; }

 private:
  Shell& shell_;
  Console& console_;
  const bool keep_going_;
  ExitStatus status_ = ExitStatus::success;
};

Result<ExitStatus> talk(const ShellOptions& options, ShellConnection& connection,
                        Console& console) {
  const bool scripted = !options.commands.empty() || !options.file.empty();
  const bool interactive =
      !scripted && ::isatty(STDIN_FILENO) == 1 && standard_output_is_terminal();
  const ReplyForm usual = standard_output_is_terminal() ? ReplyForm::pretty : ReplyForm::raw;
  Shell shell(connection, console,
              {.form = options.form.value_or(usual), .interactive = interactive});
  QUARTZ_TRY(shell.connect());
  if (interactive) return prompt_loop(shell, console);
  Script script(shell, console, options.keep_going);
  for (const std::string& command : options.commands) {
    if (!script.run(command)) return script.status();
  }
  if (!options.file.empty()) return script.run_lines(options.file);
  return options.commands.empty() ? script.run_lines("-") : script.status();
}

Result<ExitStatus> open_shell(const ShellOptions& options, Console& console) {
  QUARTZ_ASSIGN(const std::optional<std::string> directory, directory_in(options.target));
  Embedded embedded;
  ShellTarget target;
  if (directory) {
    QUARTZ_ASSIGN(embedded, serve_directory(console, *directory, options.create));
    target.name = *directory;
    target.local = embedded.server->local_service();
  } else {
    QUARTZ_ASSIGN(target, server_in(options.target, options.user, options.tls));
  }
  // Sessions of a database run in the connection, which outlives the server for that.
  ShellConnection connection(std::move(target));
  Result<ExitStatus> status = talk(options, connection, console);
  connection.close();
  QUARTZ_TRY(embedded.close());
  return status;
}

void add_form(CLI::App& app, std::optional<ReplyForm>& form) {
  static const std::map<std::string, ReplyForm> kForms = {
      {"pretty", ReplyForm::pretty}, {"raw", ReplyForm::raw}, {"json", ReplyForm::json}};
  app.add_option_function<std::string>(
         "--format", [&form](const std::string& name) { form = kForms.at(name); },
         "How replies are printed: pretty (on a terminal), raw (elsewhere) or json")
      ->check(CLI::IsMember({"pretty", "raw", "json"}))
      ->type_name("FORMAT");
}

void add_tls(CLI::App& app, ClientTlsConfig& tls) {
  static const std::map<std::string, ServerProof> kProofs = {
      {"host-name", ServerProof::host_name},
      {"certificate", ServerProof::certificate},
      {"none", ServerProof::none}};
  app.add_option("--ca-file", tls.ca_file, "Authorities that are believed; else the system's")
      ->type_name("PEM");
  app.add_option("--certificate-file", tls.certificate_file, "What to show of oneself")
      ->type_name("PEM");
  app.add_option("--key-file", tls.key_file, "Its private key")->type_name("PEM");
  app.add_option_function<std::string>(
         "--server-proof", [&tls](const std::string& name) { tls.proof = kProofs.at(name); },
         "What a server has to prove: host-name (the default), certificate or none")
      ->check(CLI::IsMember({"host-name", "certificate", "none"}))
      ->type_name("PROOF");
}

}  // namespace

Action define_shell(CLI::App& app) {
  auto options = std::make_shared<ShellOptions>();
  app.add_option("TARGET", options->target,
                 "Directory of a database, host:port of a server, or a URL of either")
      ->required();
  app.add_option("-c,--command", options->commands, "Run this and end; any number of times")
      ->type_name("LINE")
      ->allow_extra_args(false);
  app.add_option("-f,--file", options->file, "Run the lines of a file, or of -, and end");
  app.add_flag("--keep-going", options->keep_going, "Run what is left after a failure, too");
  app.add_flag("--create", options->create, "Make the database if there is none");
  add_form(app, options->form);
  app.add_option("--user", options->user.name, "Who one is to a server")->type_name("NAME");
  app.add_option("--secret-file", options->user.secret_file,
                 "Its first line is the user's secret; else $QUARTZ_SHELL_SECRET")
      ->type_name("FILE");
  add_tls(app, options->tls);
  app.footer(
      "Without -c and --file, and on a terminal, the shell asks for lines; \\help names what it "
      "can do, Ctrl-D leaves it.\n\n"
      "Examples:\n"
      "  quartz shell data\n"
      "  quartz shell localhost:7379 --user shop --secret-file secret.txt\n"
      "  quartz shell rediss://db.example.org -c 'GET user:1'\n"
      "  quartz shell data --file changes.txt --keep-going");
  return [options](Console& console) { return open_shell(*options, console); };
}

}  // namespace quartz::cli
