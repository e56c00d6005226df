#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <CLI/App.hpp>
#include <fmt/format.h>

#include "base/try.hpp"
#include "cli/database.hpp"
#include "cli/row_options.hpp"
#include "cli/verb.hpp"
#include "quartz/storage/write_batch.hpp"

namespace quartz::cli {
namespace {

struct DeleteOptions {
  std::string directory;
  std::vector<std::string> keys;
  std::string keyspace;
  KeyRange range;
  Durability durability = Durability::process;
};

// [first, last) of the prefix and the bounds together. No end: up to the last key there is.
struct Span {
  std::string first;
  std::optional<std::string> last;
};

// The narrowest range that all options together allow.
Span span_of(const KeyRange& range) {
  Span span{range.prefix, std::nullopt};
  if (range.has_from() && range.from > span.first) span.first = range.from;
  if (std::string end = end_of_prefix(range.prefix); !end.empty()) span.last = std::move(end);
  if (range.has_to() && (!span.last || range.to < *span.last)) span.last = range.to;
  return span;
}

Result<ExitStatus> delete_range(const DeleteOptions& options, StorageEngine& engine,
                                const Keyspace& keyspace) {
  Span span = span_of(options.range);
  WriteBatch batch;
  if (!span.last) {
    // A range needs an end, and the last key there is belongs to it.
    ScanOptions everything;
    everything.keyspace = &keyspace;
    Cursor cursor = engine.cursor(everything);
    cursor.seek_to_last();
    if (cursor.error()) return *cursor.error();
    if (!cursor.valid() || cursor.key() < span.first) return ExitStatus::success;
    span.last = std::string(cursor.key());
    batch.remove(keyspace, *span.last);
  }
  batch.remove_range(keyspace, span.first, *span.last);
  QUARTZ_TRY(engine.write(batch, {.durability = options.durability}));
  return ExitStatus::success;
}

// Says which keys were not there, which the engine's remove does not tell.
Result<ExitStatus> delete_keys(const DeleteOptions& options, StorageEngine& engine,
                               const Keyspace& keyspace, Console& console) {
  WriteBatch batch;
  std::vector<std::string> missing;
  for (const std::string& argument : options.keys) {
    QUARTZ_ASSIGN(const std::string key,
                  decode_argument(options.range.key_format, argument, "KEY"));
    QUARTZ_ASSIGN(const bool present, engine.contains(keyspace, key));
    if (!present) missing.push_back(escaped(key));
    batch.remove(keyspace, key);
  }
  QUARTZ_TRY(engine.write(batch, {.durability = options.durability}));
  if (missing.empty()) return ExitStatus::success;
  if (console.quiet) return ExitStatus::not_found;
  return console.fail(
      ExitStatus::not_found,
      fmt::format("not_found: no key \"{}\" in keyspace {}", missing.front(), keyspace.name()),
      missing.size() == 1 ? "all others that were named are gone"
                          : fmt::format("so were {} more; all others that were named are gone",
                                        missing.size() - 1));
}

Result<ExitStatus> delete_rows(DeleteOptions& options, Console& console) {
  const bool by_range =
      options.range.has_from() || options.range.has_to() || !options.range.prefix.empty();
  if (by_range == !options.keys.empty()) {
    return Error{Errc::invalid_argument, "give either keys, or --prefix, --from and --to"};
  }
  QUARTZ_TRY(options.range.decode());
  QUARTZ_ASSIGN(StorageEngine engine,
                open_database(console, options.directory, OpenMode::existing));
  QUARTZ_ASSIGN(const Keyspace keyspace,
                find_keyspace(engine, options.keyspace, OpenMode::existing));
  QUARTZ_ASSIGN(const ExitStatus status, by_range
                                             ? delete_range(options, engine, keyspace)
                                             : delete_keys(options, engine, keyspace, console));
  QUARTZ_TRY(engine.close());
  return status;
}

}  // namespace

Action define_delete(CLI::App& app) {
  auto options = std::make_shared<DeleteOptions>();
  add_directory(app, options->directory);
  app.add_option("KEY", options->keys, "Keys to remove, all in one atomic batch");
  options->range.define(app);
  add_text_format(app, "--key-format", options->range.key_format, "How keys are written");
  add_keyspace(app, options->keyspace, "Keyspace to remove from");
  add_durability(app, options->durability);
  app.footer(
      "Exits with 1 if a named key does not exist. A range may be empty.\n\n"
      "Examples:\n"
      "  quartz delete data user:1 user:2\n"
      "  quartz delete data --prefix session:\n"
      "  quartz delete data --from 2023 --to 2024");
  return [options](Console& console) { return delete_rows(*options, console); };
}

}  // namespace quartz::cli
