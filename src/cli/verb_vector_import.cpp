#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <CLI/App.hpp>
#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/try.hpp"
#include "cli/collection_options.hpp"
#include "cli/collection_wait.hpp"
#include "cli/database.hpp"
#include "cli/progress.hpp"
#include "cli/signals.hpp"
#include "cli/verb_vector.hpp"
#include "quartz/vector/vector_transfer.hpp"
#include "vector/vector_format.hpp"

namespace quartz::cli {
namespace {

struct ImportOptions {
  CollectionName name;
  std::string file;
  std::string ids;
  std::string payloads;
  VectorImportOptions import;
  std::uint32_t threads = 0;
  bool no_wait = false;
  bool json = false;
};

// What has happened so far.
struct ImportResult {
  std::uint64_t points = 0;
  double import_seconds = 0;
  double index_seconds = 0;
  bool complete = false;
};

Result<void> import_rows(const ImportOptions& options, const VectorCollection& collection,
                         Console& console, ImportResult& result) {
  const Stopwatch stopwatch;
  Progress progress(console.progress_mode(), "importing", 0);
  VectorImportOptions import = options.import;
  import.ids_path = options.ids;
  import.payloads_path = options.payloads;
  import.progress = [&](std::uint64_t done, std::uint64_t total) -> Result<void> {
    result.points = done;
    progress.set_total(total);
    progress.update(done, fmt::format("{} of {} points", grouped(done), grouped(total)));
    if (interruption()) return Error(Errc::cancelled, "interrupted");
    return {};
  };
  auto imported = import_vectors(collection, options.file, import);
  result.import_seconds = seconds_of(stopwatch);
  if (!imported) return imported.error();
  return {};
}

// Also after a failure: the user has to know how far it came.
void report(const ImportOptions& options, const ImportResult& result, Console& console) {
  if (options.json) {
    console.print(
        "{{\"points\":{},\"import_seconds\":{:.6f},\"index_seconds\":{:.6f},\"complete\":{}}}\n",
        result.points, result.import_seconds, result.index_seconds, result.complete);
    return;
  }
  console.note("imported {} points from {} in {:.2f} s ({} points/s)\n", grouped(result.points),
               options.file, result.import_seconds,
               grouped(static_cast<std::uint64_t>(static_cast<double>(result.points) /
                                                  result.import_seconds)));
  if (result.index_seconds > 0) {
    console.note("indexed after {:.2f} s more\n", result.index_seconds);
  }
}

// The file's faults have a status of their own, as those of `load` have.
Result<ExitStatus> fail(const Error& error, const ImportResult& result, Console& console) {
  switch (error.code()) {
    case Errc::cancelled:
      return console.fail(
          interruption().value_or(ExitStatus::interrupted),
          fmt::format("interrupted; {} points are imported", grouped(result.points)),
          result.complete ? "the index is completed when the collection is next opened"
                          : "import the same file again to complete it");
    case Errc::invalid_argument:
    case Errc::too_large:
    case Errc::corruption:
      return console.fail(ExitStatus::malformed_input, error.message(),
                          "correct the file and import it again (a row that is imported twice does "
                          "no harm)");
    case Errc::not_found:
      return console.fail(ExitStatus::io_error, error.message(), "check the path of the file");
    default:
      return error;
  }
}

Result<ExitStatus> import_file(const ImportOptions& options, Console& console) {
  remember_interruptions();
  if (!options.import.format) QUARTZ_TRY(vector::format_of(options.file));
  QUARTZ_ASSIGN(OpenedCollection opened, open_collection(console, options.name, options.threads));
  ImportResult result;
  auto done = import_rows(options, opened.collection, console, result);
  result.complete = done.has_value();
  if (done && !options.no_wait) {
    const Stopwatch stopwatch;
    done = wait_for(opened.engine, console, "indexing", [&](const auto& progress) {
      return opened.collection.wait_until_indexed(progress);
    });
    result.index_seconds = seconds_of(stopwatch);
  }
  report(options, result, console);
  // Closing once more after an interruption changes nothing.
  const auto closed = opened.engine.close();
  if (!done) return fail(done.error(), result, console);
  QUARTZ_TRY(closed);
  return ExitStatus::success;
}

}  // namespace

Action define_vector_import(CLI::App& app) {
  auto options = std::make_shared<ImportOptions>();
  VectorImportOptions& import = options->import;
  options->name.define(app);
  app.add_option("FILE", options->file, "File of vectors to read")->required();
  add_vector_format(app, import.format);
  app.add_option("--ids", options->ids, "A text with the id of each row, one a line")
      ->type_name("FILE");
  app.add_option("--payloads", options->payloads,
                 "JSON Lines with the payload of each row; an empty line is none")
      ->type_name("FILE");
  app.add_option("--id-prefix", import.id_prefix, "Without --ids: goes before the row's number")
      ->type_name("TEXT")
      ->excludes("--ids");
  app.add_option("--first-id", import.first_id, "Without --ids: the number of row 0 (0)")
      ->type_name("N")
      ->excludes("--ids");
  app.add_option("--id-digits", import.id_digits, "Without --ids: at least so many digits")
      ->type_name("N")
      ->excludes("--ids");
  app.add_option("--offset", import.offset, "First row to import (0)")->type_name("ROW");
  app.add_option("--limit", import.limit, "At most so many rows")->type_name("ROWS");
  app.add_option("--batch", import.batch_rows, "Rows in one atomic batch (256)")
      ->type_name("ROWS")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{100'000}).description(""));
  app.add_option("--threads", options->threads, "Threads that build the index; 0: all there are")
      ->type_name("N");
  app.add_flag("--no-wait", options->no_wait,
               "Do not wait for the index; it is completed when the collection is next opened");
  add_durability(app, import.durability);
  app.add_flag("--json", options->json, "Print a summary as JSON on standard output");
  app.footer(
      "The collection has to exist. A row that cannot be stored ends the import: its batch is not "
      "written, those before it are. Without --ids, ids are the numbers of the rows, with zeros in "
      "front so that they sort. Ctrl-C finishes the current batch first.\n\n"
      "Examples:\n"
      "  quartz vector import data digits mnist.u8bin\n"
      "  quartz vector import data docs embeddings.npy --ids embeddings.txt --payloads docs.jsonl");
  return [options](Console& console) { return import_file(*options, console); };
}

}  // namespace quartz::cli
