#include <memory>
#include <string>

#include <CLI/App.hpp>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "base/try.hpp"
#include "cli/database.hpp"
#include "cli/verb_vector.hpp"
#include "quartz/vector/vector_collection.hpp"

namespace quartz::cli {
namespace {

struct ListOptions {
  std::string directory;
  bool json = false;
};

Result<ExitStatus> list(const ListOptions& options, Console& console) {
  QUARTZ_ASSIGN(StorageEngine engine,
                open_database(console, options.directory, OpenMode::existing));
  boost::json::array names;
  for (const std::string& name : VectorCollection::list(engine)) {
    if (options.json) {
      names.emplace_back(name);
    } else {
      console.print("{}\n", name);
    }
  }
  if (options.json) console.print("{}\n", boost::json::serialize(names));
  QUARTZ_TRY(engine.close());
  return ExitStatus::success;
}

}  // namespace

Action define_vector_list(CLI::App& app) {
  auto options = std::make_shared<ListOptions>();
  add_directory(app, options->directory);
  app.add_flag("--json", options->json, "As an array of JSON");
  return [options](Console& console) { return list(*options, console); };
}

}  // namespace quartz::cli
