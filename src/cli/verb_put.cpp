#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include <CLI/App.hpp>

#include "base/try.hpp"
#include "cli/database.hpp"
#include "cli/row_options.hpp"
#include "cli/streams.hpp"
#include "cli/verb.hpp"
#include "quartz/storage/limits.hpp"

namespace quartz::cli {
namespace {

struct PutOptions {
  std::string directory;
  std::string key;
  std::string value;
  std::string file;
  std::string keyspace;
  TextFormat key_format = TextFormat::text;
  TextFormat value_format = TextFormat::text;
  Durability durability = Durability::process;
  std::int64_t expire_in_ms = 0;
  const CLI::Option* value_option = nullptr;
  const CLI::Option* expire_option = nullptr;
};

/// `30s` and the like as milliseconds.
CLI::AsNumberWithUnit duration_in_ms() {
  const std::map<std::string, std::int64_t> units = {
      {"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}};
  return CLI::AsNumberWithUnit(units, CLI::AsNumberWithUnit::UNIT_REQUIRED, "DURATION");
}

// Empty attributes unless the row shall expire.
Result<RowAttributes> attributes_of(const PutOptions& options, const StorageEngine& engine) {
  if (options.expire_option->count() == 0) return RowAttributes();
  const ExpiryTime now = engine.now();
  const std::chrono::milliseconds expire_in(options.expire_in_ms);
  if (expire_in > kExpiryTimeMax - now) {
    return Error{Errc::invalid_argument, "--expire-in: that is longer than a row can live"};
  }
  return RowAttributes{.expires_at = now + expire_in};
}

// All of a file. One byte more than a value may have is enough for the engine to refuse it by name.
Result<std::string> read_whole(const std::string& path) {
  QUARTZ_ASSIGN(InputStream input, InputStream::open(path));
  std::string content;
  QUARTZ_TRY(input.read(content, kValueBytesMax + 1));
  return content;
}

// Judged before the database is opened, so that a mistake creates nothing.
Result<std::string> value_of(const PutOptions& options) {
  const bool given = options.value_option->count() > 0;
  if (given == !options.file.empty()) {
    return Error{Errc::invalid_argument, "give either VALUE or --file"};
  }
  if (!given) return read_whole(options.file);
  if (options.value == "-" && options.value_format == TextFormat::text) return read_whole("-");
  return decode_argument(options.value_format, options.value, "VALUE");
}

Result<ExitStatus> put(const PutOptions& options, Console& console) {
  if (options.expire_option->count() > 0 && options.expire_in_ms <= 0) {
    return Error{Errc::invalid_argument, "--expire-in must be a time from now on"};
  }
  QUARTZ_ASSIGN(const std::string key, decode_argument(options.key_format, options.key, "KEY"));
  QUARTZ_ASSIGN(const std::string value, value_of(options));
  QUARTZ_ASSIGN(StorageEngine engine, open_database(console, options.directory, OpenMode::create));
  QUARTZ_ASSIGN(const Keyspace keyspace, find_keyspace(engine, options.keyspace, OpenMode::create));
  QUARTZ_ASSIGN(const RowAttributes attributes, attributes_of(options, engine));
  QUARTZ_TRY(engine.put(keyspace, key, value, attributes, {.durability = options.durability}));
  QUARTZ_TRY(engine.close());
  return ExitStatus::success;
}

}  // namespace

Action define_put(CLI::App& app) {
  auto options = std::make_shared<PutOptions>();
  add_directory(app, options->directory);
  app.add_option("KEY", options->key, "Key of the row")->required();
  options->value_option =
      app.add_option("VALUE", options->value, "Its value; - reads standard input");
  app.add_option("--file", options->file, "Read the value from a file instead")->type_name("FILE");
  add_text_format(app, "--key-format", options->key_format, "How KEY is written");
  add_text_format(app, "--value-format", options->value_format, "How VALUE is written");
  add_keyspace(app, options->keyspace, "Keyspace; made if missing");
  options->expire_option =
      app.add_option("--expire-in", options->expire_in_ms,
                     "Let the row expire after so long: a number with ms, s, m, h or d")
          ->transform(duration_in_ms().description(""))
          ->type_name("TIME");
  add_durability(app, options->durability);
  app.footer(
      "Creates the database if there is none. Write -- in front of a KEY or VALUE that begins with "
      "a dash.\n\n"
      "Examples:\n"
      "  quartz put data user:1 Alice\n"
      "  quartz put data picture --file cat.jpg\n"
      "  date | quartz put data now -\n"
      "  quartz put data session:7 token --expire-in 30m\n"
      "  quartz put data 00ff '\\x00\\x01' --key-format hex --value-format escaped");
  return [options](Console& console) { return put(*options, console); };
}

}  // namespace quartz::cli
