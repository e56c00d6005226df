#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <CLI/App.hpp>

#include "base/clock.hpp"
#include "base/try.hpp"
#include "cli/database.hpp"
#include "cli/row_options.hpp"
#include "cli/verb.hpp"

namespace quartz::cli {
namespace {

struct CompactOptions {
  std::string directory;
  std::string keyspace;
  KeyRange range;
  bool json = false;
};

// Files and bytes of the levels of all keyspaces.
struct Footprint {
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
};

Footprint footprint_of(const StorageEngine& engine) {
  Footprint footprint;
  for (const KeyspaceStatistics& keyspace : engine.statistics().keyspaces) {
    for (const LevelStatistics& level : keyspace.levels) {
      footprint.files += level.file_count;
      footprint.bytes += level.bytes;
    }
  }
  return footprint;
}

// A prefix narrows whichever end the bounds leave open.
Result<void> compact_keyspace(const CompactOptions& options, StorageEngine& engine,
                              const Keyspace& keyspace) {
  const std::string end = end_of_prefix(options.range.prefix);
  std::optional<std::string_view> first;
  std::optional<std::string_view> last;
  if (options.range.has_from()) first = options.range.from;
  if (options.range.has_to()) last = options.range.to;
  if (!options.range.prefix.empty() && !first) first = options.range.prefix;
  if (!end.empty() && !last) last = end;
  return engine.compact_range(first, last, &keyspace);
}

Result<ExitStatus> compact(CompactOptions& options, Console& console) {
  QUARTZ_TRY(options.range.decode());
  QUARTZ_ASSIGN(StorageEngine engine,
                open_database(console, options.directory, OpenMode::existing));
  const Stopwatch stopwatch;
  // So that both footprints count the same rows.
  QUARTZ_TRY(engine.flush());
  const Footprint before = footprint_of(engine);
  if (options.keyspace.empty()) {
    for (const Keyspace& keyspace : engine.keyspaces()) {
      QUARTZ_TRY(compact_keyspace(options, engine, keyspace));
    }
  } else {
    QUARTZ_ASSIGN(const Keyspace keyspace, engine.keyspace(options.keyspace));
    QUARTZ_TRY(compact_keyspace(options, engine, keyspace));
  }
  const Footprint after = footprint_of(engine);
  QUARTZ_TRY(engine.close());
  const double seconds = static_cast<double>(stopwatch.elapsed_ns()) / 1e9;
  if (options.json) {
    console.print(
        "{{\"files_before\":{},\"bytes_before\":{},\"files_after\":{},\"bytes_after\":{},"
        "\"seconds\":{:.6f}}}\n",
        before.files, before.bytes, after.files, after.bytes, seconds);
  } else {
    console.note("compacted {} in {} files to {} in {} files in {:.2f} s\n",
                 readable_bytes(before.bytes), before.files, readable_bytes(after.bytes),
                 after.files, seconds);
  }
  return ExitStatus::success;
}

}  // namespace

Action define_compact(CLI::App& app) {
  auto options = std::make_shared<CompactOptions>();
  add_directory(app, options->directory);
  options->range.define(app);
  add_text_format(app, "--key-format", options->range.key_format, "How bounds are written");
  add_keyspace(app, options->keyspace, "Only this keyspace; else all of them");
  app.add_flag("--json", options->json, "Print a summary as JSON on standard output");
  app.footer(
      "Flushes, then merges the levels into the deepest one and waits for it. Not needed in daily "
      "use: the engine compacts by itself.\n\n"
      "Example:\n"
      "  quartz compact data --keyspace orders");
  return [options](Console& console) { return compact(*options, console); };
}

}  // namespace quartz::cli
