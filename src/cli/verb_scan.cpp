#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <CLI/App.hpp>

#include "base/try.hpp"
#include "cli/database.hpp"
#include "cli/row_options.hpp"
#include "cli/verb.hpp"

namespace quartz::cli {
namespace {

struct ScanRequest {
  std::string directory;
  std::string keyspace;
  KeyRange range;
  TextFormat value_format = TextFormat::escaped;
  std::size_t limit = 0;
  bool reverse = false;
  bool keys_only = false;
  bool count = false;
  bool json = false;
};

// Escaped, unless the user wants something else: a row is a line, whatever its bytes are.
void append_line(std::string& line, const ScanRequest& options, std::string_view key,
                 std::string_view value, const RowAttributes& attributes) {
  if (options.json) {
    const auto shown = options.keys_only ? std::nullopt : std::optional(value);
    append_json_row(line, options.keyspace, key, shown, attributes);
    return;
  }
  const bool hex = options.range.key_format == TextFormat::hex;
  line += encoded(hex ? TextFormat::hex : TextFormat::escaped, key);
  if (!options.keys_only) {
    line += '\t';
    line += encoded(options.value_format, value);
  }
  line += '\n';
}

Result<std::uint64_t> print_rows(const ScanRequest& options, const StorageEngine& engine,
                                 const Keyspace& keyspace, Console& console) {
  ScanOptions scan_options = options.range.scan_options();
  scan_options.keyspace = &keyspace;
  scan_options.limit = options.limit;
  scan_options.reverse = options.reverse;
  scan_options.fill_block_cache = false;  // The process ends with the scan.
  std::uint64_t rows = 0;
  std::string line;
  Scan scan = engine.scan(scan_options);
  for (const auto& [key, value] : scan) {
    ++rows;
    if (options.count) continue;
    line.clear();
    append_line(line, options, key, value, scan.attributes());
    console.out().write(line);
    if (console.out().stopped()) break;  // `head` has all that it wants.
  }
  if (scan.error()) return *scan.error();
  return rows;
}

Result<ExitStatus> scan_rows(ScanRequest& options, Console& console) {
  QUARTZ_TRY(options.range.decode());
  QUARTZ_ASSIGN(StorageEngine engine,
                open_database(console, options.directory, OpenMode::existing));
  QUARTZ_ASSIGN(const Keyspace keyspace,
                find_keyspace(engine, options.keyspace, OpenMode::existing));
  QUARTZ_ASSIGN(const std::uint64_t rows, print_rows(options, engine, keyspace, console));
  if (options.count && options.json) console.print("{{\"rows\":{}}}\n", rows);
  if (options.count && !options.json) console.print("{}\n", rows);
  QUARTZ_TRY(engine.close());
  return ExitStatus::success;
}

}  // namespace

Action define_scan(CLI::App& app) {
  auto options = std::make_shared<ScanRequest>();
  add_directory(app, options->directory);
  options->range.define(app);
  app.add_option("--limit", options->limit, "At most so many rows; 0: all")->type_name("ROWS");
  app.add_flag("--reverse", options->reverse, "From the last row backwards");
  app.add_flag("--keys-only", options->keys_only, "Leave the values out");
  app.add_flag("--count", options->count, "Only how many rows there are");
  app.add_flag("--json", options->json, "Rows as lines of JSON");
  add_text_format(app, "--key-format", options->range.key_format,
                  "How bounds are written; hex prints keys in hex as well");
  add_text_format(app, "--value-format", options->value_format,
                  "How to print values (escaped, unless told otherwise)");
  add_keyspace(app, options->keyspace, "Keyspace to scan");
  app.footer(
      "A row is a line: key, tab, value, with \\t \\n \\r \\\\ and \\xNN for what would break "
      "it.\n\n"
      "Examples:\n"
      "  quartz scan data --prefix user: --limit 10\n"
      "  quartz scan data --from 2024-01 --to 2024-02 --reverse --json\n"
      "  quartz scan data --count");
  return [options](Console& console) { return scan_rows(*options, console); };
}

}  // namespace quartz::cli
