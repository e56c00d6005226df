#include <memory>
#include <string>

#include <CLI/App.hpp>
#include <fmt/format.h>

#include "base/try.hpp"
#include "cli/database.hpp"
#include "cli/row_options.hpp"
#include "cli/verb.hpp"

namespace quartz::cli {
namespace {

struct GetOptions {
  std::string directory;
  std::string key;
  std::string keyspace;
  TextFormat key_format = TextFormat::text;
  TextFormat value_format = TextFormat::text;
  bool raw = false;
  bool json = false;
};

struct Row {
  std::string value;
  RowAttributes attributes;
};

void print_value(const GetOptions& options, std::string_view key, const Row& row,
                 Console& console) {
  std::string text;
  if (options.json) {
    append_json_row(text, options.keyspace, key, row.value, row.attributes);
  } else {
    text = encoded(options.value_format, row.value);
    if (!options.raw) text += '\n';
  }
  console.out().write(text);
}

Result<std::optional<Row>> find_row(const StorageEngine& engine, const Keyspace& keyspace,
                                    std::string_view key) {
  QUARTZ_ASSIGN(const auto pinned, engine.get_pinned(keyspace, key));
  if (!pinned) return std::optional<Row>();
  return std::optional(
      Row{.value = std::string(pinned->view()), .attributes = pinned->attributes()});
}

Result<ExitStatus> get(const GetOptions& options, Console& console) {
  QUARTZ_ASSIGN(const std::string key, decode_argument(options.key_format, options.key, "KEY"));
  QUARTZ_ASSIGN(StorageEngine engine,
                open_database(console, options.directory, OpenMode::existing));
  QUARTZ_ASSIGN(const Keyspace keyspace,
                find_keyspace(engine, options.keyspace, OpenMode::existing));
  QUARTZ_ASSIGN(const std::optional<Row> row, find_row(engine, keyspace, key));
  QUARTZ_TRY(engine.close());
  // Closed by now: nobody waits for the lock while a slow reader takes the value.
  if (row) {
    print_value(options, key, *row, console);
    return ExitStatus::success;
  }
  // A script that asks whether a key is there wants the status alone.
  if (!console.quiet) {
    return console.fail(
        ExitStatus::not_found,
        fmt::format("not_found: no key \"{}\" in keyspace {}", escaped(key), keyspace.name()),
        "`quartz scan` lists the keys that are there");
  }
  return ExitStatus::not_found;
}

}  // namespace

Action define_get(CLI::App& app) {
  auto options = std::make_shared<GetOptions>();
  add_directory(app, options->directory);
  app.add_option("KEY", options->key, "Key to look up")->required();
  add_text_format(app, "--key-format", options->key_format, "How KEY is written");
  add_text_format(app, "--value-format", options->value_format, "How to print the value");
  add_keyspace(app, options->keyspace, "Keyspace to look in");
  auto* const raw = app.add_flag("--raw", options->raw, "Only the value's bytes, no newline");
  app.add_flag("--json", options->json, "Print the row as a line of JSON")->excludes(raw);
  app.footer(
      "Exits with 1 if the key does not exist; silently with --quiet.\n\n"
      "Examples:\n"
      "  quartz get data user:1\n"
      "  quartz get data picture --raw > cat.jpg\n"
      "  quartz get data 00ff --key-format hex --json");
  return [options](Console& console) { return get(*options, console); };
}

}  // namespace quartz::cli
