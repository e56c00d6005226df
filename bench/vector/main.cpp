// quartz-vector-bench: indexes of vectors side by side. `quartz-vector-bench --help` says more.
#include <cstdio>
#include <ctime>
#include <exception>
#include <filesystem>
#include <regex>
#include <span>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include "base/try.hpp"
#include "bench/run/machine.hpp"
#include "bench/vector/collection_measurement.hpp"
#include "bench/vector/data_set.hpp"
#include "bench/vector/recall_plot.hpp"
#include "bench/vector/vector_markdown_report.hpp"
#include "bench/vector/vector_measurement.hpp"
#include "bench/vector/vector_results_file.hpp"
#include "bench/vector/vector_text_report.hpp"
#include "io/file_system.hpp"

namespace quartz::bench {
namespace {

namespace fs = std::filesystem;

struct Options {
  fs::path data;
  std::vector<std::string> sets = {"mnist-784", "sift-128"};
  std::string peers = ".*";
  std::size_t queries = 2000;
  std::vector<unsigned> build_threads = {1, 2};
  unsigned build_repetitions = 1;
  unsigned repetitions = 5;
  bool collection = true;
  fs::path json;
  fs::path results;
  fs::path markdown;
  fs::path plots;
};

// On one line of a terminal. Elsewhere there is too much of it.
void show_progress(const std::string& what) {
  static const bool terminal = ::isatty(STDERR_FILENO) == 1;
  if (terminal) fmt::print(stderr, "\r\033[K{}", what);
}

Result<VectorPlan> plan_of(const Options& options) {
  VectorPlan plan;
  const std::regex wanted(options.peers);
  for (VectorPeerKind& kind : vector_peer_kinds()) {
    if (std::regex_search(kind.name, wanted)) plan.peers.push_back(std::move(kind));
  }
  if (plan.peers.empty()) {
    return Error(Errc::invalid_argument, "--peers: no peer matches " + options.peers);
  }
  plan.build_threads = options.build_threads;
  plan.build_repetitions = options.build_repetitions;
  plan.repetitions = options.repetitions;
  plan.progress = show_progress;
  return plan;
}

Result<VectorSetResult> measure_set(const Options& options, const VectorPlan& plan,
                                    const std::string& name) {
  QUARTZ_ASSIGN(const DataSet set,
                read_data_set(options.data, name, options.queries, plan.neighbours));
  VectorSetResult result = measure(set, plan);
  if (options.collection) {
    result.collection = measure_collection(set, {.repetitions = options.repetitions,
                                                 .neighbours = plan.neighbours,
                                                 .progress = show_progress});
  }
  show_progress("");
  return result;
}

Result<void> run_verb(const Options& options) {
  QUARTZ_ASSIGN(const VectorPlan plan, plan_of(options));
  VectorRunResult run;
  run.machine = this_machine(options.data);
  run.started_at = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
  run.neighbours = plan.neighbours;
  for (const VectorPeerKind& kind : plan.peers) {
    run.versions[kind.name] = kind.version;
    if (!kind.remark.empty()) run.remarks[kind.name] = kind.remark;
  }
  for (const std::string& name : options.sets) {
    QUARTZ_ASSIGN(VectorSetResult set, measure_set(options, plan, name));
    run.sets.push_back(std::move(set));
    fmt::print("{}", vector_text_table(run.sets.back()));
    std::fflush(stdout);
  }
  return options.json.empty() ? Result<void>() : write_vector_results(run, options.json);
}

Result<void> write_text(const fs::path& file, const std::string& text) {
  return io::publish_file(io::posix_file_system(), file, std::as_bytes(std::span(text)));
}

Result<void> report_verb(const Options& options) {
  QUARTZ_ASSIGN(const VectorRunResult run, read_vector_results(options.results));
  if (options.markdown.empty()) {
    fmt::print("{}", vector_text_table(run));
    return {};
  }
  const fs::path plots =
      options.plots.empty() ? options.markdown.parent_path() / "plots" : options.plots;
  fs::create_directories(plots);
  for (const VectorSetResult& set : run.sets) {
    QUARTZ_TRY(write_text(plots / recall_plot_file(set), recall_plot(set)));
  }
  const fs::path folder = fs::relative(plots, options.markdown.parent_path());
  return write_text(options.markdown, vector_markdown_report(run, folder.string()));
}

void add_run_options(CLI::App& runs, Options& options) {
  runs.add_option("data", options.data,
                  "folder with <set>.base.u8bin, <set>.query.u8bin and <set>.groundtruth-l2.ibin")
      ->required();
  runs.add_option("--sets", options.sets, "names of sets")->delimiter(',')->capture_default_str();
  runs.add_option("--peers", options.peers, "only peers that match this regular expression");
  runs.add_option("--queries", options.queries, "of each set")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  runs.add_option("--build-threads", options.build_threads, "builds, each on so many threads")
      ->delimiter(',')
      ->capture_default_str()
      ->check(CLI::Range(1, 1024));
  runs.add_option("--build-repetitions", options.build_repetitions)
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  runs.add_option("--repetitions", options.repetitions, "of searches")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  runs.add_flag("--collection,!--no-collection", options.collection,
                "whether to measure filters, upserts and openings of a collection, too");
  runs.add_option("--json", options.json, "write the results to this file, too");
}

int verbs(int argc, char** argv) {
  CLI::App app("Measures Quartz's search for nearest vectors beside its peers.");
  app.require_subcommand(1);
  Options options;
  CLI::App* runs = app.add_subcommand("run", "measure, and print a table");
  add_run_options(*runs, options);
  CLI::App* reports = app.add_subcommand("report", "turn results into a table or a document");
  reports->add_option("results", options.results, "what `run --json` wrote")->required();
  reports->add_option("--markdown", options.markdown, "write the document and its plots");
  reports->add_option("--plots", options.plots, "folder of the plots; `plots` beside the document");
  app.add_subcommand("peers", "list what this build can measure")->callback([] {
    for (const VectorPeerKind& kind : vector_peer_kinds()) fmt::print("{}\n", kind.name);
  });
  CLI11_PARSE(app, argc, argv);

  Result<void> done;
  if (runs->parsed()) done = run_verb(options);
  if (reports->parsed()) done = report_verb(options);
  if (done) return 0;
  fmt::print(stderr, "quartz-vector-bench: {}\n", done.error().to_string());
  return 1;
}

}  // namespace
}  // namespace quartz::bench

int main(int argc, char** argv) {
  try {
    return quartz::bench::verbs(argc, argv);
  } catch (const std::exception& failure) {
    fmt::print(stderr, "quartz-vector-bench: {}\n", failure.what());
    return 1;
  }
}
