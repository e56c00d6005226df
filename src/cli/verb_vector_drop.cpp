#include <memory>

#include <CLI/App.hpp>

#include "base/try.hpp"
#include "cli/collection_options.hpp"
#include "cli/database.hpp"
#include "cli/verb_vector.hpp"

namespace quartz::cli {
namespace {

Result<ExitStatus> drop(const CollectionName& name, Console& console) {
  QUARTZ_ASSIGN(StorageEngine engine, open_database(console, name.directory, OpenMode::existing));
  QUARTZ_TRY(VectorCollection::drop(engine, name.name));
  QUARTZ_TRY(engine.close());
  return ExitStatus::success;
}

}  // namespace

Action define_vector_drop(CLI::App& app) {
  auto name = std::make_shared<CollectionName>();
  name->define(app);
  return [name](Console& console) { return drop(*name, console); };
}

}  // namespace quartz::cli
