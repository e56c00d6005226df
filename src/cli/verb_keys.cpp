#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <CLI/App.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "base/try.hpp"
#include "cli/database.hpp"
#include "cli/verb.hpp"
#include "server/auth/users.hpp"

namespace quartz::cli {
namespace {

struct KeysOptions {
  std::string directory;
  std::string name;
  std::vector<std::string> scopes;
  bool json = false;
  const CLI::App* create = nullptr;
  const CLI::App* list = nullptr;
  const CLI::App* revoke = nullptr;
  const CLI::App* rotate = nullptr;
};

Result<std::vector<server::Scope>> parse_scopes(const std::vector<std::string>& texts) {
  std::vector<server::Scope> scopes;
  for (const std::string& text : texts) {
    QUARTZ_ASSIGN(server::Scope scope, server::parse_scope(text));
    scopes.push_back(std::move(scope));
  }
  return scopes;
}

// A secret that nobody has received is lost, also if its reader only went away.
Result<void> hand_over(const std::string& secret, const std::string& user, Console& console) {
  console.print("{}\n", secret);
  const Result<void> written = console.out().finish();
  if (written && !console.out().reader_gone()) return {};
  return Error(written ? Errc::io_error : written.error().code(),
               fmt::format("the secret of \"{}\" was not received{}; `quartz keys rotate` makes "
                           "another",
                           user, written ? "" : ": " + written.error().message()));
}

Result<void> create(const KeysOptions& options, const std::vector<server::Scope>& scopes,
                    server::Users& users, Console& console) {
  QUARTZ_ASSIGN(const std::string secret, users.create(options.name, scopes));
  QUARTZ_TRY(hand_over(secret, options.name, console));
  console.note("The secret is kept nowhere: this is the only time that it is told.\n");
  return {};
}

Result<void> rotate(const KeysOptions& options, server::Users& users, Console& console) {
  QUARTZ_ASSIGN(const std::string secret, users.rotate(options.name));
  QUARTZ_TRY(hand_over(secret, options.name, console));
  console.note("The secret before it stays valid until the next rotation.\n");
  return {};
}

Result<void> list(const KeysOptions& options, const server::Users& users, Console& console) {
  QUARTZ_ASSIGN(const std::vector<server::User> all, users.all());
  boost::json::array array;
  for (const server::User& user : all) {
    boost::json::array scopes;
    std::string line = user.name;
    for (const server::Scope& scope : user.scopes) {
      scopes.emplace_back(to_string(scope));
      line += " " + to_string(scope);
    }
    array.push_back(boost::json::object{
        {"name", user.name}, {"secrets", user.secrets.size()}, {"scopes", std::move(scopes)}});
    if (!options.json) console.print("{}\n", line);
  }
  if (options.json) console.print("{}\n", boost::json::serialize(array));
  return {};
}

Result<ExitStatus> manage(const KeysOptions& options, Console& console) {
  // Before there is a database: a mistake is not to leave one behind.
  QUARTZ_ASSIGN(const std::vector<server::Scope> scopes, parse_scopes(options.scopes));
  QUARTZ_ASSIGN(StorageEngine engine,
                open_database(console, options.directory,
                              options.create->parsed() ? OpenMode::create : OpenMode::existing));
  {
    QUARTZ_ASSIGN(const std::unique_ptr<server::Users> users, server::Users::open(engine));
    if (options.create->parsed()) QUARTZ_TRY(create(options, scopes, *users, console));
    if (options.rotate->parsed()) QUARTZ_TRY(rotate(options, *users, console));
    if (options.revoke->parsed()) QUARTZ_TRY(users->revoke(options.name));
    if (options.list->parsed()) QUARTZ_TRY(list(options, *users, console));
  }
  QUARTZ_TRY(engine.close());
  return ExitStatus::success;
}

}  // namespace

Action define_keys(CLI::App& app) {
  auto options = std::make_shared<KeysOptions>();
  app.require_subcommand(1);
  const auto add = [&](const std::string& name, const std::string& summary, bool takes_name) {
    CLI::App* const sub = app.add_subcommand(name, summary);
    sub->fallthrough();  // So that --quiet may stand behind it as well.
    add_directory(*sub, options->directory);
    if (takes_name) sub->add_option("NAME", options->name, "The user's name")->required();
    return sub;
  };
  CLI::App* const create = add("create", "Make a user and print its secret", true);
  create
      ->add_option("SCOPES", options->scopes,
                   "What it may do: kv:read[:PREFIX], kv:write[:PREFIX], pubsub, vectors:read, "
                   "vectors:write, stats:read, admin")
      ->required();
  options->create = create;
  CLI::App* const list = add("list", "Print all users and what they may do", false);
  list->add_flag("--json", options->json, "As an array of JSON");
  options->list = list;
  options->rotate = add("rotate", "Print a further secret of a user", true);
  options->revoke = add("revoke", "Remove a user", true);
  app.footer(
      "The server must not have the database open; while it does, /api/v1/admin/keys does the "
      "same.\n"
      "Examples:\n"
      "  quartz keys create data shop kv:read kv:write:orders/\n"
      "  quartz keys rotate data shop");
  return [options](Console& console) { return manage(*options, console); };
}

}  // namespace quartz::cli
