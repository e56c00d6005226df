#include <memory>
#include <string>

#include <CLI/App.hpp>

#include "base/clock.hpp"
#include "base/try.hpp"
#include "cli/database.hpp"
#include "cli/verb.hpp"

namespace quartz::cli {
namespace {

struct CheckpointOptions {
  std::string directory;
  std::string target;
};

Result<ExitStatus> checkpoint(const CheckpointOptions& options, Console& console) {
  QUARTZ_ASSIGN(StorageEngine engine,
                open_database(console, options.directory, OpenMode::existing));
  const Stopwatch stopwatch;  // Without the opening, which is no part of copying.
  QUARTZ_TRY(engine.checkpoint(options.target));
  QUARTZ_TRY(engine.close());
  console.note("copied {} to {} in {}\n", options.directory, options.target,
               readable_nanoseconds(static_cast<double>(stopwatch.elapsed_ns())));
  return ExitStatus::success;
}

}  // namespace

Action define_checkpoint(CLI::App& app) {
  auto options = std::make_shared<CheckpointOptions>();
  add_directory(app, options->directory);
  app.add_option("TARGET", options->target, "Directory of the copy; must not exist yet")
      ->required();
  app.footer(
      "The copy is a database of its own. On the same file system it shares files with the "
      "original and takes hardly any space.\n\n"
      "Example:\n"
      "  quartz checkpoint data backup-$(date +%F)");
  return [options](Console& console) { return checkpoint(*options, console); };
}

}  // namespace quartz::cli
