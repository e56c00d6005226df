#include <memory>

#include <CLI/App.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "base/try.hpp"
#include "cli/collection_description.hpp"
#include "cli/collection_options.hpp"
#include "cli/verb_vector.hpp"

namespace quartz::cli {
namespace {

struct InfoOptions {
  CollectionName name;
  bool json = false;
};

Result<ExitStatus> describe(const InfoOptions& options, Console& console) {
  QUARTZ_ASSIGN(OpenedCollection opened, open_collection(console, options.name));
  const VectorCollectionConfig config = opened.collection.config();
  const VectorStatistics statistics = opened.collection.statistics();
  QUARTZ_TRY(opened.engine.close());
  if (options.json) {
    const boost::json::object object = {{"name", options.name.name},
                                        {"config", to_json(config)},
                                        {"statistics", to_json(statistics)}};
    console.print("{}\n", boost::json::serialize(object));
  } else {
    console.out().write(
        describe_collection(options.name.name, config, statistics, console.style()));
  }
  return ExitStatus::success;
}

}  // namespace

Action define_vector_info(CLI::App& app) {
  auto options = std::make_shared<InfoOptions>();
  options->name.define(app);
  app.add_flag("--json", options->json,
               "As JSON, with every field of the configuration and of "
               "VectorStatistics");
  return [options](Console& console) { return describe(*options, console); };
}

}  // namespace quartz::cli
