#include <cstdint>
#include <memory>

#include <CLI/App.hpp>
#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/try.hpp"
#include "cli/collection_options.hpp"
#include "cli/collection_wait.hpp"
#include "cli/progress.hpp"
#include "cli/signals.hpp"
#include "cli/verb_vector.hpp"

namespace quartz::cli {
namespace {

struct ReindexOptions {
  CollectionName name;
  IndexOptions index;
  std::uint32_t threads = 0;
};

Result<ExitStatus> reindex(const ReindexOptions& options, Console& console) {
  remember_interruptions();
  QUARTZ_ASSIGN(OpenedCollection opened, open_collection(console, options.name, options.threads));
  VectorCollection& collection = opened.collection;
  const VectorIndexConfig config = options.index.over(collection.config().index);
  const Stopwatch stopwatch;
  const CollectionWork work = [&](const auto& progress) -> Result<void> {
    QUARTZ_TRY(collection.reindex(config, progress));
    // It takes over as soon as it is useful, with the last points still to come.
    return collection.wait_until_indexed(progress);
  };
  QUARTZ_TRY(wait_for(opened.engine, console, "indexing", work));
  const std::uint64_t points = collection.count();
  const double seconds = static_cast<double>(stopwatch.elapsed_ns()) / 1e9;
  QUARTZ_TRY(opened.engine.close());
  console.note("indexed {} points in {:.2f} s: {}, m {}, ef_construction {}\n", grouped(points),
               seconds, to_string(config.quantization), config.m, config.ef_construction);
  return ExitStatus::success;
}

}  // namespace

Action define_vector_reindex(CLI::App& app) {
  auto options = std::make_shared<ReindexOptions>();
  options->name.define(app);
  options->index.define(app);
  app.add_option("--threads", options->threads, "Threads that build the index; 0: all there are")
      ->type_name("N");
  app.footer(
      "What is not named stays as it is. An interruption leaves the present index.\n\n"
      "Example:\n"
      "  quartz vector reindex data digits --quantization sq4 --m 24");
  return [options](Console& console) { return reindex(*options, console); };
}

}  // namespace quartz::cli
