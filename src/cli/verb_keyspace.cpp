#include <memory>
#include <string>

#include <CLI/App.hpp>

#include "base/try.hpp"
#include "cli/database.hpp"
#include "cli/verb.hpp"

namespace quartz::cli {
namespace {

struct KeyspaceOptions {
  std::string directory;
  std::string name;
  bool json = false;
  const CLI::App* list = nullptr;
  const CLI::App* create = nullptr;
  const CLI::App* drop = nullptr;
};

void print_names(const KeyspaceOptions& options, const StorageEngine& engine, Console& console) {
  // Names are made of letters, digits, dots, dashes and underscores: nothing to escape in JSON.
  std::string list;
  for (const Keyspace& keyspace : engine.keyspaces()) {
    if (options.json) {
      list += list.empty() ? "[\"" : ",\"";
      list += keyspace.name() + "\"";
    } else {
      list += keyspace.name() + "\n";
    }
  }
  if (options.json) list += list.empty() ? "[]\n" : "]\n";
  console.out().write(list);
}

Result<ExitStatus> manage(const KeyspaceOptions& options, Console& console) {
  const bool create = options.create->parsed();
  QUARTZ_ASSIGN(
      StorageEngine engine,
      open_database(console, options.directory, create ? OpenMode::create : OpenMode::existing));
  if (options.list->parsed()) print_names(options, engine, console);
  if (create) QUARTZ_TRY(engine.create_keyspace(options.name));
  if (options.drop->parsed()) {
    QUARTZ_ASSIGN(const Keyspace keyspace, engine.keyspace(options.name));
    QUARTZ_TRY(engine.drop_keyspace(keyspace));
  }
  QUARTZ_TRY(engine.close());
  return ExitStatus::success;
}

}  // namespace

Action define_keyspace(CLI::App& app) {
  auto options = std::make_shared<KeyspaceOptions>();
  app.require_subcommand(1);
  const auto add = [&](const std::string& name, const std::string& summary, bool takes_name) {
    CLI::App* const sub = app.add_subcommand(name, summary);
    sub->fallthrough();  // So that --quiet may stand behind it as well.
    add_directory(*sub, options->directory);
    if (takes_name) {
      sub->add_option("NAME", options->name, "Name: letters, digits, dot, dash, underscore")
          ->required();
    }
    return sub;
  };
  CLI::App* const list = add("list", "Print the names of all keyspaces", false);
  list->add_flag("--json", options->json, "As an array of JSON");
  options->list = list;
  options->create = add("create", "Make an empty keyspace", true);
  options->drop = add("drop", "Remove a keyspace and all of its rows for good", true);
  app.footer(
      "Examples:\n"
      "  quartz keyspace create data orders\n"
      "  quartz keyspace list data");
  return [options](Console& console) { return manage(*options, console); };
}

}  // namespace quartz::cli
