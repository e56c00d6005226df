// quartz-bench: Quartz beside its peers. `quartz-bench --help` says what it can do.
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <regex>
#include <string>
#include <unistd.h>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include "base/try.hpp"
#include "bench/report/comparison_report.hpp"
#include "bench/report/markdown_report.hpp"
#include "bench/report/plot.hpp"
#include "bench/report/readme_table.hpp"
#include "bench/report/results_file.hpp"
#include "bench/report/text_report.hpp"
#include "bench/run/machine.hpp"
#include "bench/run/programs.hpp"
#include "bench/run/runner.hpp"

namespace quartz::bench {
namespace {

namespace fs = std::filesystem;

struct Options {
  bool quick = false;
  std::string filter;
  std::string engines = ".*";
  std::uint64_t keys = 0;
  unsigned repetitions = 0;
  double seconds = 0;
  std::uint64_t seed = 20240501;
  fs::path directory = "quartz_bench.tmp";
  fs::path json;
  fs::path results;
  fs::path markdown;
  fs::path readme;
  fs::path plots;
  fs::path before;
  fs::path after;
};

// Progress on one line of a terminal, or a line each elsewhere.
void show_progress(const std::string& what) {
  static const bool terminal = ::isatty(STDERR_FILENO) == 1;
  if (terminal) {
    fmt::print(stderr, "\r\033[K{}", what);
  } else {
    fmt::print(stderr, "{}\n", what);
  }
  std::fflush(stderr);
}

Result<RunPlan> plan_of(const Options& options, std::vector<MeasuredEngine> engines) {
  RunPlan plan;
  const std::regex wanted_engines(options.engines);
  for (MeasuredEngine& engine : engines) {
    if (std::regex_search(engine.name, wanted_engines)) plan.engines.push_back(std::move(engine));
  }
  const std::regex wanted(options.filter);
  // Whoever asks for categories by name means them.
  const bool first_look = options.quick && options.filter.empty();
  for (const Category& category : categories()) {
    if (first_look && !category.in_first_look) continue;
    if (std::regex_search(category.name.begin(), category.name.end(), wanted)) {
      plan.categories.push_back(&category);
    }
  }
  if (plan.categories.empty()) {
    return Error(Errc::invalid_argument, "--filter: no category matches " + options.filter);
  }
  if (plan.engines.empty()) {
    return Error(Errc::invalid_argument, "--engines: no engine matches " + options.engines);
  }
  plan.directory = fs::absolute(options.directory);
  plan.keys = options.keys != 0 ? options.keys : options.quick ? 30'000 : 500'000;
  plan.repetitions = options.repetitions != 0 ? options.repetitions : options.quick ? 1 : 5;
  plan.seconds = options.seconds > 0 ? options.seconds : options.quick ? 0.05 : 0.2;
  plan.seed = options.seed;
  plan.progress = show_progress;
  return plan;
}

Result<RunResult> run_plan(const RunPlan& plan, const std::string& mode) {
  RunResult result;
  result.machine = this_machine(plan.directory);
  result.started_at = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
  result.seed = plan.seed;
  result.keys = plan.keys;
  result.mode = mode;
  for (const MeasuredEngine& engine : plan.engines) {
    result.versions[engine.name] = engine.version;
    if (!engine.remark.empty()) result.remarks[engine.name] = engine.remark;
  }
  QUARTZ_ASSIGN(result.series, run(plan));
  show_progress("done");
  fmt::print(stderr, "\n");
  return result;
}

fs::path own_folder() { return fs::read_symlink("/proc/self/exe").parent_path(); }

Result<void> run_verb(const Options& options) {
  QUARTZ_ASSIGN(auto engines, find_engines(own_folder()));
  for (const MeasuredEngine& engine : engines) {
    if (engine.remark.empty()) continue;
    fmt::print(stderr, "warning: {} {}: {}\n", engine.name, engine.version, engine.remark);
  }
  QUARTZ_ASSIGN(const RunPlan plan, plan_of(options, std::move(engines)));
  QUARTZ_ASSIGN(const RunResult result, run_plan(plan, options.quick ? "quick" : "standard"));
  if (!options.json.empty()) QUARTZ_TRY(write_results(result, options.json));
  fmt::print("{}", text_table(result));
  return {};
}

Result<void> write_text(const fs::path& file, const std::string& text) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (!out) return Error(Errc::io_error, file.string() + ": cannot be written");
  return {};
}

Result<std::string> read_text(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(in), {});
  if (!in) return Error(Errc::io_error, file.string() + ": cannot be read");
  return text;
}

Result<void> write_readme(const fs::path& file, const RunResult& result) {
  QUARTZ_ASSIGN(const std::string now, read_text(file));
  const auto then = with_benchmark(now, readme_table(result));
  if (!then) return Error(then.error().code(), file.string() + ": " + then.error().message());
  return write_text(file, *then);
}

Result<void> report_verb(const Options& options) {
  QUARTZ_ASSIGN(const RunResult result, read_results(options.results));
  if (options.markdown.empty() && options.readme.empty()) {
    fmt::print("{}", text_table(result));
    return {};
  }
  if (!options.readme.empty()) QUARTZ_TRY(write_readme(options.readme, result));
  if (options.markdown.empty()) return {};
  const fs::path plots =
      options.plots.empty() ? options.markdown.parent_path() / "plots" : options.plots;
  fs::create_directories(plots);
  for (const PlotFile& plot : plot_files(result)) {
    QUARTZ_TRY(write_text(plots / plot.name, plot.svg));
  }
  const fs::path folder = fs::relative(plots, options.markdown.parent_path());
  return write_text(options.markdown, markdown_report(result, folder.string()));
}

// Two builds of Quartz take turns as if they were two engines.
Result<void> compare_verb(const Options& options) {
  std::vector<MeasuredEngine> builds;
  for (const auto& [name, folder] :
       {std::pair("before", options.before), std::pair("after", options.after)}) {
    QUARTZ_ASSIGN(const auto engines, find_engines(folder));
    builds.push_back(engines.front());
    builds.back().name = name;
  }
  Options all = options;
  all.engines = ".*";
  QUARTZ_ASSIGN(const RunPlan plan, plan_of(all, std::move(builds)));
  QUARTZ_ASSIGN(const RunResult both, run_plan(plan, "compare"));
  RunResult before = both;
  RunResult after = both;
  std::erase_if(before.series, [](const Series& series) { return series.engine != "before"; });
  std::erase_if(after.series, [](const Series& series) { return series.engine != "after"; });
  fmt::print("{}", comparison_table(before, after));
  return {};
}

void add_plan_options(CLI::App& verb, Options& options) {
  verb.add_flag("--quick", options.quick,
                "for a first look, not for figures: fewer keys and categories, one repetition");
  verb.add_option("--filter", options.filter,
                  "only categories that match this regular expression, and all of them");
  verb.add_option("--keys", options.keys, "keys of a loaded database; 500,000, quick 30,000");
  verb.add_option("--repetitions", options.repetitions, "5, quick 1")->check(CLI::Range(1, 1000));
  verb.add_option("--seconds", options.seconds,
                  "longest time for one measurement; engines that are slower do fewer operations");
  verb.add_option("--seed", options.seed, "of keys, values and orders")->capture_default_str();
  verb.add_option("--directory", options.directory,
                  "for the databases; emptied before and removed afterwards")
      ->capture_default_str();
}

int verbs(int argc, char** argv) {
  CLI::App app("Measures Quartz beside its peers.");
  app.require_subcommand(1);
  Options options;
  CLI::App* runs = app.add_subcommand("run", "measure, and print a table");
  add_plan_options(*runs, options);
  runs->add_option("--engines", options.engines, "only engines that match");
  runs->add_option("--json", options.json, "write the results to this file, too");
  CLI::App* reports = app.add_subcommand("report", "turn results into a table or a document");
  reports->add_option("results", options.results, "what `run --json` wrote")->required();
  reports->add_option("--markdown", options.markdown, "write the document and its plots");
  reports->add_option("--readme", options.readme,
                      "put a short table between the marks of a README");
  reports->add_option("--plots", options.plots, "folder of the plots; `plots` beside the document");
  CLI::App* compares =
      app.add_subcommand("compare", "two builds of Quartz side by side, in turns; for regressions");
  compares->add_option("before", options.before, "folder with a build's benchmarks")->required();
  compares->add_option("after", options.after, "folder with the other's")->required();
  add_plan_options(*compares, options);
  app.add_subcommand("categories", "list what can be measured")->callback([] {
    for (const Category& category : categories()) fmt::print("{}\n", category.name);
  });
  CLI11_PARSE(app, argc, argv);

  Result<void> done;
  if (runs->parsed()) done = run_verb(options);
  if (reports->parsed()) done = report_verb(options);
  if (compares->parsed()) done = compare_verb(options);
  if (done) return 0;
  fmt::print(stderr, "quartz-bench: {}\n", done.error().to_string());
  return 1;
}

}  // namespace
}  // namespace quartz::bench

int main(int argc, char** argv) {
  try {
    return quartz::bench::verbs(argc, argv);
  } catch (const std::exception& failure) {
    // The file system's and regular expressions' own complaints name what is wrong.
    fmt::print(stderr, "quartz-bench: {}\n", failure.what());
    return 1;
  }
}
