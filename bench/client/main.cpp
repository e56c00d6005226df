// quartz-client-bench: clients side by side. `quartz-client-bench --help` says more.
#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <exception>
#include <filesystem>
#include <memory>
#include <regex>
#include <sched.h>
#include <span>
#include <string>
#include <thread>
#include <unistd.h>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include "base/try.hpp"
#include "bench/client/allocation_count.hpp"
#include "bench/client/client_kinds.hpp"
#include "bench/client/client_measurement.hpp"
#include "bench/client/client_report.hpp"
#include "bench/client/client_results_file.hpp"
#include "bench/run/machine.hpp"
#include "bench/server/server_kinds.hpp"
#include "bench/server/server_process.hpp"
#include "io/file_system.hpp"

namespace quartz::bench {
namespace {

namespace fs = std::filesystem;

constexpr unsigned kKeys = 10'000;
constexpr std::size_t kValueBytes = 100;
/// The server has the first one.
constexpr unsigned kClientProcessor = 1;

struct Options {
  fs::path server;
  std::string against = "quartz-server";
  fs::path directory = fs::temp_directory_path() / "quartz-client-bench";
  std::string filter = ".*";
  std::string clients = ".*";
  unsigned repetitions = 5;
  std::uint64_t operations = 0;
  fs::path json;
  fs::path results;
  fs::path markdown;
};

// On one line of a terminal. Elsewhere there is too much of it.
void show_progress(const std::string& what) {
  static const bool terminal = ::isatty(STDERR_FILENO) == 1;
  if (terminal) fmt::print(stderr, "\r\033[K{}", what);
}

// A machine with one processor has none to choose.
Result<void> leave_processor_of_server() {
  if (std::thread::hardware_concurrency() <= kClientProcessor) return {};
  cpu_set_t processors;
  CPU_ZERO(&processors);
  CPU_SET(kClientProcessor, &processors);
  if (::sched_setaffinity(0, sizeof(processors), &processors) == 0) return {};
  return Error(Errc::io_error,
               fmt::format("processor {}: {}", kClientProcessor, std::strerror(errno)));
}

struct Served {
  std::string version;
  std::uint16_t port = 0;
  std::unique_ptr<ServerProcess> process;
};

Result<Served> start_server(const Options& options) {
  QUARTZ_ASSIGN(const auto kinds,
                server_kinds(fs::absolute(options.server), fs::read_symlink("/proc/self/exe")));
  const auto kind = std::ranges::find(kinds, options.against, &ServerKind::name);
  if (kind == kinds.end()) return Error(Errc::not_found, options.against + " is not installed");
  const std::string directory = fs::absolute(options.directory / "server").string();
  fs::remove_all(directory);
  fs::create_directories(directory);
  QUARTZ_ASSIGN(const std::uint16_t port, free_port());
  QUARTZ_ASSIGN(const auto command, kind->command(port, directory));
  QUARTZ_ASSIGN(auto process, ServerProcess::start(command, directory, port));
  return Served{kind->version, port, std::move(process)};
}

Result<ClientPlan> plan_of(const Options& options) {
  ClientPlan plan;
  plan.repetitions = options.repetitions;
  plan.progress = show_progress;
  plan.load.value_bytes = kValueBytes;
  plan.load.allocations = allocation_count;
  for (unsigned i = 0; i < kKeys; ++i) plan.load.keys.push_back(fmt::format("key:{:012}", i));
  const std::regex wanted_clients(options.clients);
  for (ClientKind& kind : client_kinds()) {
    if (std::regex_search(kind.name, wanted_clients)) plan.clients.push_back(std::move(kind));
  }
  const std::regex wanted(options.filter);
  for (ClientCategory category : client_categories()) {
    if (options.operations > 0) category.operations = options.operations;
    if (std::regex_search(category.name, wanted)) plan.categories.push_back(std::move(category));
  }
  if (plan.clients.empty()) return Error(Errc::invalid_argument, "no client of such a name");
  if (plan.categories.empty()) return Error(Errc::invalid_argument, "no category of such a name");
  return plan;
}

Result<void> run_verb(const Options& options) {
  QUARTZ_ASSIGN(ClientPlan plan, plan_of(options));
  QUARTZ_ASSIGN(const Served served, start_server(options));
  QUARTZ_TRY(leave_processor_of_server());
  plan.load.port = served.port;
  ClientRunResult run;
  run.machine = this_machine(options.directory);
  run.server = served.version;
  run.started_at = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
  for (const ClientKind& kind : plan.clients) run.versions[kind.name] = kind.version;
  show_progress("storing the keys");
  QUARTZ_TRY(store_keys(plan.load));
  QUARTZ_ASSIGN(run.rows, measure_clients(plan));
  show_progress("");
  fmt::print("{}", client_text_table(run));
  return options.json.empty() ? Result<void>() : write_client_results(run, options.json);
}

Result<void> report_verb(const Options& options) {
  QUARTZ_ASSIGN(const ClientRunResult run, read_client_results(options.results));
  if (options.markdown.empty()) {
    fmt::print("{}", client_text_table(run));
    return {};
  }
  const std::string text = client_markdown_report(run);
  return io::publish_file(io::posix_file_system(), options.markdown,
                          std::as_bytes(std::span(text)));
}

int verbs(int argc, char** argv) {
  CLI::App app("Measures Quartz's client beside its peers, by the processor time of an operation.");
  app.require_subcommand(1);
  Options options;
  CLI::App* runs = app.add_subcommand("run", "measure, and print tables");
  runs->add_option("server", options.server, "the program quartz-server")
      ->required()
      ->check(CLI::ExistingFile);
  runs->add_option("--against", options.against, "which server the clients ask")
      ->capture_default_str()
      ->check(CLI::IsMember({"quartz-server", "redis-server"}));
  runs->add_option("--directory", options.directory, "for the server's files")
      ->capture_default_str();
  runs->add_option("--filter", options.filter, "only categories that match");
  runs->add_option("--clients", options.clients, "only clients that match");
  runs->add_option("--repetitions", options.repetitions)
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  runs->add_option("--operations", options.operations, "of each repetition, for a first look")
      ->check(CLI::PositiveNumber);
  runs->add_option("--json", options.json, "write the results to this file, too");
  CLI::App* reports = app.add_subcommand("report", "turn results into tables or a document");
  reports->add_option("results", options.results, "what `run --json` wrote")->required();
  reports->add_option("--markdown", options.markdown, "write the document");
  app.add_subcommand("categories", "list what can be measured")->callback([] {
    for (const ClientCategory& category : client_categories()) fmt::print("{}\n", category.name);
  });
  CLI11_PARSE(app, argc, argv);

  Result<void> done;
  if (runs->parsed()) done = run_verb(options);
  if (reports->parsed()) done = report_verb(options);
  if (done) return 0;
  fmt::print(stderr, "quartz-client-bench: {}\n", done.error().to_string());
  return 1;
}

}  // namespace
}  // namespace quartz::bench

int main(int argc, char** argv) {
  try {
    return quartz::bench::verbs(argc, argv);
  } catch (const std::exception& failure) {
    fmt::print(stderr, "quartz-client-bench: {}\n", failure.what());
    return 1;
  }
}
