#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <CLI/App.hpp>
#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/try.hpp"
#include "cli/database.hpp"
#include "cli/record_format.hpp"
#include "cli/record_options.hpp"
#include "cli/signals.hpp"
#include "cli/verb.hpp"
#include "quartz/storage/write_batch.hpp"

namespace quartz::cli {
namespace {

// A batch with huge values ends early, so that it stays far from the limit and memory stays small.
constexpr std::size_t kBatchBytesTarget = std::size_t{8} << 20;

struct LoadOptions {
  std::string directory;
  std::string file;
  std::string keyspace;
  std::optional<RecordFormat> format;
  std::uint64_t batch_rows = 1000;
  Durability durability = Durability::process;
  bool json = false;
};

// What has happened so far, and what stopped it.
struct LoadResult {
  std::uint64_t rows = 0;  // Written.
  std::uint64_t batches = 0;
  std::optional<Error> malformed;  // The input's fault, with the place.
  std::optional<ExitStatus> interruption;
};

// Gathers rows into batches and writes them.
class Loader {
 public:
  Loader(const LoadOptions& options, StorageEngine& engine, RecordReader& reader)
      : options_(options), engine_(engine), reader_(reader) {}

  // Errors are the engine's or the file system's; `result` is right in any case.
  Result<void> run(const InputStream& input, Progress& progress, LoadResult& result) {
    while (true) {
      const auto step = reader_.next(record_);
      if (!step) return stop(step.error(), result);
      if (*step == RecordReader::Step::end) return write_batch(result);
      const auto keyspace = keyspace_of_record();
      // A name of the command line is not the input's fault.
      if (!keyspace) {
        return record_.keyspace.empty() ? keyspace.error() : stop(keyspace.error(), result);
      }
      if (*step == RecordReader::Step::keyspace) continue;
      batch_.put(**keyspace, record_.key, record_.value, record_.attributes);
      if (batch_.error()) return stop(*batch_.error(), result);
      if (batch_.operation_count() < options_.batch_rows && batch_.bytes() < kBatchBytesTarget) {
        continue;
      }
      QUARTZ_TRY(write_batch(result));
      progress.update(input.position(), fmt::format("{} rows", grouped(result.rows)));
      if ((result.interruption = interruption())) return {};
    }
  }

 private:
  // A bad row costs its batch; an interruption writes what was complete; the rest is passed on.
  Result<void> stop(const Error& error, LoadResult& result) {
    switch (error.code()) {
      case Errc::cancelled:
        result.interruption = interruption();
        return write_batch(result);
      case Errc::invalid_argument:
      case Errc::too_large:
        result.malformed = Error{error.code(), reader_.place() + ": " + error.message()};
        return {};
      default:
        return error;
    }
  }

  Result<void> write_batch(LoadResult& result) {
    if (batch_.empty()) return {};
    QUARTZ_TRY(engine_.write(batch_, {.durability = options_.durability}));
    result.rows += batch_.operation_count();
    ++result.batches;
    batch_.clear();
    return {};
  }

  // What the row says, else what the command line says; looked up once for each name.
  Result<const Keyspace*> keyspace_of_record() {
    const std::string& name = record_.keyspace.empty() ? options_.keyspace : record_.keyspace;
    auto known = keyspaces_.find(name);
    if (known == keyspaces_.end()) {
      QUARTZ_ASSIGN(Keyspace keyspace, find_keyspace(engine_, name, OpenMode::create));
      known = keyspaces_.emplace(name, std::move(keyspace)).first;
    }
    return &known->second;
  }

  const LoadOptions& options_;
  StorageEngine& engine_;
  RecordReader& reader_;
  Record record_;
  WriteBatch batch_;
  std::map<std::string, Keyspace> keyspaces_;
};

// Also after a failure: the user has to know how far it came.
void report(const LoadOptions& options, const LoadResult& result, bool complete,
            const InputStream& input, double seconds, Console& console) {
  if (options.json) {
    console.print(
        "{{\"rows\":{},\"batches\":{},\"bytes\":{},\"seconds\":{:.6f},\"complete\":{}}}\n",
        result.rows, result.batches, input.position(), seconds, complete);
    return;
  }
  console.note("loaded {} rows in {} batches from {} in {:.2f} s ({} rows/s)\n",
               grouped(result.rows), grouped(result.batches), input.name(), seconds,
               grouped(static_cast<std::uint64_t>(static_cast<double>(result.rows) / seconds)));
}

Result<ExitStatus> load(const LoadOptions& options, Console& console) {
  remember_interruptions();
  QUARTZ_ASSIGN(InputStream input, InputStream::open(options.file));
  const auto reader =
      make_record_reader(options.format.value_or(format_of_name(options.file)), input);
  QUARTZ_ASSIGN(StorageEngine engine, open_database(console, options.directory, OpenMode::create));
  const Stopwatch stopwatch;
  LoadResult result;
  const auto loaded = [&] {
    Progress progress(console.progress_mode(), "loading", input.size().value_or(0));
    return Loader(options, engine, *reader).run(input, progress, result);
  }();
  const bool complete = loaded && !result.malformed && !result.interruption;
  report(options, result, complete, input, static_cast<double>(stopwatch.elapsed_ns() + 1) / 1e9,
         console);
  QUARTZ_TRY(loaded);
  QUARTZ_TRY(engine.close());
  if (result.malformed) {
    return console.fail(
        ExitStatus::malformed_input, result.malformed->message(),
        fmt::format("{} rows before it are loaded, none of its batch; correct the input and load "
                    "it again (a row that is loaded twice does no harm)",
                    grouped(result.rows)));
  }
  if (result.interruption) {
    return console.fail(*result.interruption,
                        fmt::format("interrupted; {} rows are loaded", grouped(result.rows)),
                        "load the same input again to complete it");
  }
  return ExitStatus::success;
}

}  // namespace

Action define_load(CLI::App& app) {
  auto options = std::make_shared<LoadOptions>();
  add_directory(app, options->directory);
  app.add_option("FILE", options->file, "File to read; - reads standard input")->required();
  add_record_format(app, options->format);
  add_keyspace(app, options->keyspace,
               "For rows that name no keyspace themselves; made if missing");
  app.add_option("--batch", options->batch_rows, "Rows in one atomic batch (1000)")
      ->type_name("ROWS")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000}).description(""));
  add_durability(app, options->durability);
  app.add_flag("--json", options->json, "Print a summary as JSON on standard output");
  app.footer(
      "Creates the database if there is none. A bad row ends the load: its batch is not written, "
      "those before it are. Ctrl-C finishes the current batch first.\n\n"
      "Examples:\n"
      "  quartz load data orders.tsv --keyspace orders\n"
      "  quartz dump old --format binary | quartz load new - --format binary");
  return [options](Console& console) { return load(*options, console); };
}

}  // namespace quartz::cli
