#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <CLI/App.hpp>
#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/try.hpp"
#include "cli/database.hpp"
#include "cli/record_format.hpp"
#include "cli/record_options.hpp"
#include "cli/signals.hpp"
#include "cli/verb.hpp"

namespace quartz::cli {
namespace {

struct DumpOptions {
  std::string directory;
  std::string file = "-";
  std::string keyspace;
  std::optional<RecordFormat> format;
};

// One keyspace as of the snapshot; adds to `rows`.
Result<void> dump_keyspace(const StorageEngine& engine, const Keyspace& keyspace,
                           const Snapshot& snapshot, RecordWriter& writer, OutputStream& output,
                           Progress& progress, std::uint64_t& rows) {
  Scan scan =
      engine.scan({.snapshot = &snapshot, .keyspace = &keyspace, .fill_block_cache = false});
  for (const auto& [key, value] : scan) {
    writer.row(key, value, scan.attributes());
    ++rows;
    if (output.stopped()) return {};
    if (rows % 1024 != 0) continue;  // Often enough for a person who waits or presses Ctrl-C.
    progress.update(rows, fmt::format("{} rows", grouped(rows)));
    if (interruption()) return Error{Errc::cancelled, "interrupted"};
  }
  if (scan.error()) return *scan.error();
  return {};
}

// All keyspaces at one moment, or one of them. A whole dump names each but the default one, so that
// it can be loaded into an empty database; a single one can be loaded into any keyspace.
Result<std::uint64_t> dump_rows(const DumpOptions& options, const StorageEngine& engine,
                                OutputStream& output, Console& console) {
  const auto writer =
      make_record_writer(options.format.value_or(format_of_name(options.file)), output);
  const Snapshot snapshot = engine.snapshot();
  Progress progress(console.progress_mode(), "dumping", 0);
  std::uint64_t rows = 0;
  if (!options.keyspace.empty()) {
    QUARTZ_ASSIGN(const Keyspace keyspace, engine.keyspace(options.keyspace));
    QUARTZ_TRY(dump_keyspace(engine, keyspace, snapshot, *writer, output, progress, rows));
  } else {
    const std::string default_name = engine.default_keyspace().name();
    for (const Keyspace& keyspace : engine.keyspaces()) {
      if (keyspace.name() != default_name) writer->keyspace(keyspace.name());
      QUARTZ_TRY(dump_keyspace(engine, keyspace, snapshot, *writer, output, progress, rows));
    }
  }
  writer->end();
  return rows;
}

Result<ExitStatus> dump(const DumpOptions& options, Console& console) {
  remember_interruptions();
  QUARTZ_ASSIGN(StorageEngine engine,
                open_database(console, options.directory, OpenMode::existing));
  QUARTZ_ASSIGN(OutputStream output, OutputStream::create(options.file));
  const Stopwatch stopwatch;
  const auto rows = dump_rows(options, engine, output, console);
  if (!rows && interruption()) {
    return console.fail(*interruption(), "interrupted; the dump is not complete",
                        "run the command again");
  }
  if (!rows) return rows.error();
  QUARTZ_TRY(output.finish());
  QUARTZ_TRY(engine.close());
  // `quartz dump data | head` has what it wanted, and a count would be wrong.
  if (output.reader_gone()) return ExitStatus::success;
  console.note("dumped {} rows to {} in {:.2f} s\n", grouped(*rows), output.name(),
               static_cast<double>(stopwatch.elapsed_ns()) / 1e9);
  return ExitStatus::success;
}

}  // namespace

Action define_dump(CLI::App& app) {
  auto options = std::make_shared<DumpOptions>();
  add_directory(app, options->directory);
  app.add_option("FILE", options->file, "File to write; - or nothing: standard output");
  add_record_format(app, options->format);
  add_keyspace(app, options->keyspace, "Only this keyspace; else all of them");
  app.footer(
      "The dump shows the database at one moment. A file gets its name when it is complete.\n\n"
      "Examples:\n"
      "  quartz dump data backup.bin\n"
      "  quartz dump data --format jsonl --keyspace orders | jq -r .key");
  return [options](Console& console) { return dump(*options, console); };
}

}  // namespace quartz::cli
