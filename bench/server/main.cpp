// quartz-server-bench: servers side by side. `quartz-server-bench --help` says more.
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <exception>
#include <filesystem>
#include <regex>
#include <span>
#include <string>
#include <unistd.h>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include "base/try.hpp"
#include "bench/run/machine.hpp"
#include "bench/server/beast_server.hpp"
#include "bench/server/server_kinds.hpp"
#include "bench/server/server_measurement.hpp"
#include "bench/server/server_report.hpp"
#include "bench/server/server_results_file.hpp"
#include "io/file_system.hpp"

namespace quartz::bench {
namespace {

namespace fs = std::filesystem;

struct Options {
  fs::path server;
  fs::path directory = fs::temp_directory_path() / "quartz-server-bench";
  std::string filter = ".*";
  std::string peers = ".*";
  unsigned repetitions = 5;
  fs::path json;
  fs::path results;
  fs::path markdown;
  std::uint16_t port = 0;
};

// On one line of a terminal. Elsewhere there is too much of it.
void show_progress(const std::string& what) {
  static const bool terminal = ::isatty(STDERR_FILENO) == 1;
  if (terminal) fmt::print(stderr, "\r\033[K{}", what);
}

Result<void> run_verb(const Options& options) {
  ServerPlan plan;
  plan.repetitions = options.repetitions;
  plan.directory = options.directory;
  plan.progress = show_progress;
  QUARTZ_ASSIGN(const auto kinds,
                server_kinds(fs::absolute(options.server), fs::read_symlink("/proc/self/exe")));
  const std::regex wanted_peers(options.peers);
  for (const ServerKind& kind : kinds) {
    if (std::regex_search(kind.name, wanted_peers)) plan.servers.push_back(kind);
  }
  const std::regex wanted(options.filter);
  for (ServerCategory& category : server_categories()) {
    if (std::regex_search(category.name, wanted)) plan.categories.push_back(std::move(category));
  }
  ServerRunResult run;
  run.machine = this_machine(options.directory.parent_path());
  run.started_at = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
  for (const ServerKind& kind : plan.servers) run.versions[kind.name] = kind.version;
  QUARTZ_ASSIGN(run.rows, measure_servers(plan));
  show_progress("");
  fmt::print("{}", server_text_table(run));
  return options.json.empty() ? Result<void>() : write_server_results(run, options.json);
}

Result<void> report_verb(const Options& options) {
  QUARTZ_ASSIGN(const ServerRunResult run, read_server_results(options.results));
  if (options.markdown.empty()) {
    fmt::print("{}", server_text_table(run));
    return {};
  }
  const std::string text = server_markdown_report(run);
  return io::publish_file(io::posix_file_system(), options.markdown,
                          std::as_bytes(std::span(text)));
}

int verbs(int argc, char** argv) {
  CLI::App app("Measures Quartz's server beside its peers, by the processor time of a request.");
  app.require_subcommand(1);
  Options options;
  CLI::App* runs = app.add_subcommand("run", "measure, and print tables");
  runs->add_option("server", options.server, "the program quartz-server")
      ->required()
      ->check(CLI::ExistingFile);
  runs->add_option("--directory", options.directory, "for the servers' files")
      ->capture_default_str();
  runs->add_option("--filter", options.filter, "only categories that match");
  runs->add_option("--peers", options.peers, "only servers that match");
  runs->add_option("--repetitions", options.repetitions)
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  runs->add_option("--json", options.json, "write the results to this file, too");
  CLI::App* reports = app.add_subcommand("report", "turn results into tables or a document");
  reports->add_option("results", options.results, "what `run --json` wrote")->required();
  reports->add_option("--markdown", options.markdown, "write the document");
  CLI::App* serves = app.add_subcommand("serve-beast", "be a peer: a server of Boost.Beast alone");
  serves->add_option("port", options.port)->required();
  app.add_subcommand("categories", "list what can be measured")->callback([] {
    for (const ServerCategory& category : server_categories()) fmt::print("{}\n", category.name);
  });
  CLI11_PARSE(app, argc, argv);

  Result<void> done;
  if (runs->parsed()) done = run_verb(options);
  if (serves->parsed()) done = run_beast_server(options.port);
  if (reports->parsed()) done = report_verb(options);
  if (done) return 0;
  fmt::print(stderr, "quartz-server-bench: {}\n", done.error().to_string());
  return 1;
}

}  // namespace
}  // namespace quartz::bench

int main(int argc, char** argv) {
  try {
    return quartz::bench::verbs(argc, argv);
  } catch (const std::exception& failure) {
    fmt::print(stderr, "quartz-server-bench: {}\n", failure.what());
    return 1;
  }
}
