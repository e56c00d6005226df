#include <cstdint>
#include <memory>
#include <string>

#include <CLI/App.hpp>
#include <fmt/format.h>

#include "base/try.hpp"
#include "cli/database.hpp"
#include "cli/numbered_records.hpp"
#include "cli/verb.hpp"

namespace quartz::cli {
namespace {

struct WriterOptions {
  std::string directory;
  std::uint64_t first = 1;
  std::uint64_t count = 0;
  Durability durability = Durability::process;
};

// Writes record after record and says each number once the engine has acknowledged it, not sooner:
// whoever reads the numbers may hold the engine to its word.
Result<ExitStatus> write_records(const WriterOptions& options, Console& console) {
  QUARTZ_ASSIGN(StorageEngine engine, open_database(console, options.directory, OpenMode::create));
  QUARTZ_ASSIGN(const Keyspace keyspace,
                find_keyspace(engine, std::string(kNumberedKeyspace), OpenMode::create));
  OutputStream& acknowledgements = console.out();
  for (std::uint64_t done = 0; options.count == 0 || done < options.count; ++done) {
    const std::uint64_t number = options.first + done;
    QUARTZ_TRY(engine.put(keyspace, numbered_key(number), numbered_value(number),
                          {.durability = options.durability}));
    acknowledgements.write(fmt::format("{}\n", number));
    acknowledgements.flush();
    if (acknowledgements.stopped()) break;
  }
  QUARTZ_TRY(engine.close());
  return ExitStatus::success;
}

}  // namespace

Action define_demo_writer(CLI::App& app) {
  auto options = std::make_shared<WriterOptions>();
  add_directory(app, options->directory);
  app.add_option("--first", options->first, "Number of the first record")->type_name("NUMBER");
  app.add_option("--count", options->count, "How many; 0: until killed or nobody listens")
      ->type_name("RECORDS");
  add_durability(app, options->durability);
  app.footer("Prints the number of each record after it was acknowledged.");
  return [options](Console& console) { return write_records(*options, console); };
}

}  // namespace quartz::cli
