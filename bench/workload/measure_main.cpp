#include "bench/workload/measure_main.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "bench/report/results_file.hpp"
#include "bench/workload/category.hpp"

namespace quartz::bench {
namespace {

struct Arguments {
  std::string peer;
  std::string category;
  std::string start;
  std::filesystem::path directory;
  std::filesystem::path json;
  unsigned threads = 1;
  std::uint64_t keys = 0;
  std::uint64_t seed = 0;
  double seconds = 0;
};

int describe() {
  for (const PeerKind& kind : peer_kinds()) {
    fmt::print("{}\t{}\t{}\t{}\t{}\n", kind.name, kind.version, kind.remark,
               fmt::join(kind.only_categories, ","), fmt::join(kind.not_in_categories, ","));
  }
  return 0;
}

const PeerKind& named_peer(const Arguments& arguments) {
  const PeerKind* kind = find_peer_kind(arguments.peer);
  require(kind != nullptr, "no engine here is called " + arguments.peer);
  return *kind;
}

int load_directory(const Arguments& arguments) {
  const KeySet keys(arguments.seed, arguments.keys);
  Task task{
      .kind = named_peer(arguments), .options = {.directory = arguments.directory}, .keys = keys};
  require(arguments.start == "loaded" || arguments.start == "kilobytes",
          "--start is loaded or kilobytes");
  load(task, arguments.start == "loaded" ? Start::loaded : Start::kilobytes);
  return 0;
}

int measure(const Arguments& arguments) {
  const Category* category = find_category(arguments.category);
  require(category != nullptr, "no category is called " + arguments.category);
  const KeySet keys(arguments.seed, arguments.keys);
  Task task{.kind = named_peer(arguments),
            .options = {.directory = arguments.directory},
            .keys = keys,
            .threads = arguments.threads,
            .seconds = arguments.seconds};
  Measurement measured = category->measure(task);
  // The engine has closed by now: what it had put off is written.
  measured.written_bytes = process_usage().written_bytes - Window::written_bytes_at_begin();
  measured.disk_bytes = disk_bytes_below(arguments.directory);
  RunResult result;
  result.series.push_back({.category = arguments.category,
                           .engine = arguments.peer,
                           .threads = arguments.threads,
                           .repetitions = {measured}});
  const auto written = write_results(result, arguments.json);
  require(written.has_value(), written ? "" : written.error().to_string());
  return 0;
}

void add_options(CLI::App& verb, Arguments& arguments) {
  verb.add_option("--peer", arguments.peer)->required();
  verb.add_option("--directory", arguments.directory)->required();
  verb.add_option("--keys", arguments.keys)->required();
  verb.add_option("--seed", arguments.seed)->required();
}

}  // namespace

int measure_main(int argc, char** argv) {
  CLI::App app("Measures one engine; started by quartz-bench");
  app.require_subcommand(1);
  Arguments arguments;
  const CLI::App* describes = app.add_subcommand("describe", "what this program can measure");
  CLI::App* loads = app.add_subcommand("load", "fill a directory");
  add_options(*loads, arguments);
  loads->add_option("--start", arguments.start)->required();
  CLI::App* measures = app.add_subcommand("measure", "one measurement");
  add_options(*measures, arguments);
  measures->add_option("--category", arguments.category)->required();
  measures->add_option("--threads", arguments.threads)->required();
  measures->add_option("--seconds", arguments.seconds)->required();
  measures->add_option("--json", arguments.json)->required();
  CLI11_PARSE(app, argc, argv);
  if (describes->parsed()) return describe();
  return loads->parsed() ? load_directory(arguments) : measure(arguments);
}

}  // namespace quartz::bench
