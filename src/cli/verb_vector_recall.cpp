#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>

#include <CLI/App.hpp>

#include "base/try.hpp"
#include "cli/collection_options.hpp"
#include "cli/collection_wait.hpp"
#include "cli/progress.hpp"
#include "cli/signals.hpp"
#include "cli/verb_vector.hpp"

namespace quartz::cli {
namespace {

struct RecallOptions {
  CollectionName name;
  SearchOptions search;
  std::size_t samples = 100;
  bool json = false;
};

Result<ExitStatus> measure(const RecallOptions& options, Console& console) {
  remember_interruptions();
  QUARTZ_ASSIGN(const VectorSearchOptions search, options.search.to_search());
  QUARTZ_ASSIGN(OpenedCollection opened, open_collection(console, options.name));
  const VectorCollection& collection = opened.collection;
  // Points that are not in the graph yet are found always, and would embellish the figure.
  QUARTZ_TRY(wait_for(opened.engine, console, "indexing", [&](const auto& progress) {
    return collection.wait_until_indexed(progress);
  }));
  double recall = 0;
  QUARTZ_TRY(wait_for(opened.engine, console, "measuring", [&](const auto&) -> Result<void> {
    QUARTZ_ASSIGN(recall, collection.measure_recall(search, options.samples));
    return {};
  }));
  const std::uint64_t samples = std::min<std::uint64_t>(options.samples, collection.count());
  QUARTZ_TRY(opened.engine.close());
  if (options.json) {
    console.print("{{\"k\":{},\"samples\":{},\"recall\":{}}}\n", search.k, samples, recall);
  } else {
    console.print("recall@{} = {:.4f}, with {} of the points as queries\n", search.k, recall,
                  grouped(samples));
  }
  return ExitStatus::success;
}

}  // namespace

Action define_vector_recall(CLI::App& app) {
  auto options = std::make_shared<RecallOptions>();
  options->name.define(app);
  options->search.define(app);
  app.add_option("--samples", options->samples, "Points to search from (100)")
      ->type_name("N")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}).description(""));
  app.add_flag("--json", options->json, "As JSON");
  app.footer(
      "Searches from points of the collection, by the graph and exactly, and prints the share of "
      "the exactly nearest that the graph finds.\n\n"
      "Examples:\n"
      "  quartz vector recall data digits -k 10\n"
      "  quartz vector recall data digits --ef-search 50 --samples 1000");
  return [options](Console& console) { return measure(*options, console); };
}

}  // namespace quartz::cli
