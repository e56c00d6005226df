#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include <CLI/App.hpp>
#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/try.hpp"
#include "cli/collection_options.hpp"
#include "cli/progress.hpp"
#include "cli/signals.hpp"
#include "cli/verb_vector.hpp"
#include "quartz/vector/vector_transfer.hpp"

namespace quartz::cli {
namespace {

struct ExportOptions {
  CollectionName name;
  std::string file;
  std::string ids;
  std::string payloads;
  std::string filter;
  VectorExportOptions to;
  bool json = false;
};

Result<VectorExportSummary> write_points(const ExportOptions& options,
                                         const VectorCollection& collection, Console& console) {
  VectorExportOptions to = options.to;
  to.ids_path = options.ids;
  to.payloads_path = options.payloads;
  if (!options.filter.empty()) {
    QUARTZ_ASSIGN(to.filter, Filter::parse(options.filter));
  }
  // Nobody knows how many match before all were looked at.
  const bool counted = options.filter.empty();
  Progress progress(console.progress_mode(), "exporting", 0);
  to.progress = [&](std::uint64_t done, std::uint64_t total) -> Result<void> {
    progress.set_total(counted ? total : 0);
    progress.update(done, fmt::format("{} points", grouped(done)));
    if (interruption()) return Error(Errc::cancelled, "interrupted");
    return {};
  };
  return export_vectors(collection, options.file, to);
}

void report(const ExportOptions& options, const VectorExportSummary& summary, double seconds,
            Console& console) {
  if (options.json) {
    console.print(
        "{{\"points\":{},\"vectors_left_out\":{},\"payloads_left_out\":{},\"seconds\":{:.6f}}}\n",
        summary.points, summary.vectors_left_out, summary.payloads_left_out, seconds);
    return;
  }
  console.note("exported {} points to {} in {:.2f} s\n", grouped(summary.points), options.file,
               seconds);
  if (summary.vectors_left_out + summary.payloads_left_out != 0) {
    console.note("left out {} more vectors of these points, and {} payloads\n",
                 grouped(summary.vectors_left_out), grouped(summary.payloads_left_out));
  }
}

Result<ExitStatus> export_file(const ExportOptions& options, Console& console) {
  remember_interruptions();
  QUARTZ_ASSIGN(OpenedCollection opened, open_collection(console, options.name));
  const Stopwatch stopwatch;
  const auto summary = write_points(options, opened.collection, console);
  if (!summary && interruption()) {
    return console.fail(*interruption(), "interrupted; nothing is exported", "run it again");
  }
  QUARTZ_TRY(summary);
  QUARTZ_TRY(opened.engine.close());
  report(options, *summary, static_cast<double>(stopwatch.elapsed_ns()) / 1e9, console);
  return ExitStatus::success;
}

}  // namespace

Action define_vector_export(CLI::App& app) {
  auto options = std::make_shared<ExportOptions>();
  options->name.define(app);
  app.add_option("FILE", options->file, "File of vectors to write")->required();
  add_vector_format(app, options->to.format);
  app.add_option("--ids", options->ids, "Where the ids go, one a line; else FILE.ids")
      ->type_name("FILE");
  app.add_option("--payloads", options->payloads,
                 "Where the payloads go, as JSON Lines; else nowhere")
      ->type_name("FILE");
  app.add_option("--filter", options->filter, "Only points that match")->type_name("FILTER");
  app.add_flag("--json", options->json, "Print a summary as JSON on standard output");
  app.footer(
      "Points are written in the order of their ids, of each its first vector. "
      "The files get their names when they are complete.\n\n"
      "Example:\n"
      "  quartz vector export data docs docs.fbin --payloads docs.jsonl\n"
      "  quartz vector import other docs docs.fbin --ids docs.fbin.ids --payloads docs.jsonl");
  return [options](Console& console) { return export_file(*options, console); };
}

}  // namespace quartz::cli
