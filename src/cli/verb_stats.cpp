#include <memory>
#include <string>

#include <CLI/App.hpp>
#include <boost/json/serialize.hpp>

#include "base/try.hpp"
#include "cli/database.hpp"
#include "cli/statistics_text.hpp"
#include "cli/verb.hpp"
#include "storage/statistics_json.hpp"

namespace quartz::cli {
namespace {

struct StatsOptions {
  std::string directory;
  bool json = false;
};

Result<ExitStatus> print_statistics(const StatsOptions& options, Console& console) {
  QUARTZ_ASSIGN(StorageEngine engine,
                open_database(console, options.directory, OpenMode::existing));
  const Statistics statistics = engine.statistics();
  // Printing may wait for a slow reader, and nobody should have to wait for the lock with it.
  QUARTZ_TRY(engine.close());
  if (options.json) {
    console.print("{}\n", boost::json::serialize(json_of_statistics(statistics)));
  } else {
    console.out().write(to_text(statistics, console.style()));
  }
  return ExitStatus::success;
}

}  // namespace

Action define_stats(CLI::App& app) {
  auto options = std::make_shared<StatsOptions>();
  add_directory(app, options->directory);
  app.add_flag("--json", options->json, "Every field of quartz::Statistics as JSON");
  app.footer(
      "Opens the database, so counters and latencies begin with that; sizes are those of the "
      "stored data.\n\n"
      "Examples:\n"
      "  quartz stats data\n"
      "  quartz stats data --json | jq .keyspaces");
  return [options](Console& console) { return print_statistics(*options, console); };
}

}  // namespace quartz::cli
