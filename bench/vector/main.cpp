// quartz-vector-bench: indexes of vectors side by side. `quartz-vector-bench --help` says more.
#include <algorithm>
#include <ctime>
#include <exception>
#include <filesystem>
#include <regex>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include "base/try.hpp"
#include "bench/run/machine.hpp"
#include "bench/vector/data_set.hpp"
#include "bench/vector/vector_measurement.hpp"
#include "bench/vector/vector_text_report.hpp"

namespace quartz::bench {
namespace {

namespace fs = std::filesystem;

struct Options {
  fs::path data;
  std::vector<std::string> sets = {"mnist-784", "sift-128"};
  std::string peers = ".*";
  std::size_t vectors = 0;
  std::size_t queries = 2000;
  std::vector<unsigned> build_threads = {1, 2};
  unsigned build_repetitions = 1;
  unsigned repetitions = 5;
  fs::path json;
};

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
  plan.progress = [](const std::string& what) { fmt::print(stderr, "\r\033[K{}", what); };
  return plan;
}

Result<VectorRunResult> run_plan(const VectorPlan& plan, const Options& options) {
  VectorRunResult run;
  run.machine = this_machine(options.data);
  run.started_at = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
  run.neighbours = plan.neighbours;
  for (const VectorPeerKind& kind : plan.peers) {
    run.versions[kind.name] = kind.version;
    if (!kind.remark.empty()) run.remarks[kind.name] = kind.remark;
  }
  for (const std::string& name : options.sets) {
    QUARTZ_ASSIGN(const DataSet set, read_data_set(options.data, name, options.queries));
    run.sets.push_back(measure(set, plan));
    plan.progress("");
    fmt::print("{}", vector_text_table(run.sets.back()));
    std::fflush(stdout);
  }
  return run;
}

Result<void> run(const Options& options) {
  QUARTZ_ASSIGN(const VectorPlan plan, plan_of(options));
  QUARTZ_ASSIGN(const VectorRunResult result, run_plan(plan, options));
  return {};
}

int parse_and_run(int argc, char** argv) {
  CLI::App app("Measures indexes of vectors beside each other.");
  Options options;
  app.add_option("data", options.data, "folder with <set>.base.u8bin and so on")->required();
  app.add_option("--sets", options.sets, "names of sets")->delimiter(',')->capture_default_str();
  app.add_option("--peers", options.peers, "only peers that match this regular expression");
  app.add_option("--queries", options.queries, "of each set")->capture_default_str();
  app.add_option("--build-threads", options.build_threads)->delimiter(',')->capture_default_str();
  app.add_option("--build-repetitions", options.build_repetitions)->capture_default_str();
  app.add_option("--repetitions", options.repetitions, "of searches")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  const auto done = run(options);
  if (done) return 0;
  fmt::print(stderr, "quartz-vector-bench: {}\n", done.error().to_string());
  return 1;
}

}  // namespace
}  // namespace quartz::bench

int main(int argc, char** argv) {
  try {
    return quartz::bench::parse_and_run(argc, argv);
  } catch (const std::exception& failure) {
    fmt::print(stderr, "quartz-vector-bench: {}\n", failure.what());
    return 1;
  }
}
