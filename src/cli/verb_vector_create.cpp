#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <CLI/App.hpp>
#include <fmt/format.h>

#include "base/try.hpp"
#include "cli/collection_options.hpp"
#include "cli/database.hpp"
#include "cli/verb_vector.hpp"

namespace quartz::cli {
namespace {

struct CreateOptions {
  CollectionName name;
  std::size_t dimensions = 0;
  std::optional<Metric> metric;
  IndexOptions index;
  std::vector<std::string> payload_indexes;
};

Result<ExitStatus> create(const CreateOptions& options, Console& console) {
  VectorCollectionConfig config{.dimensions = options.dimensions,
                                .metric = options.metric.value_or(Metric::cosine),
                                .index = options.index.over({})};
  QUARTZ_ASSIGN(config.payload_indexes, parse_payload_indexes(options.payload_indexes));
  QUARTZ_ASSIGN(StorageEngine engine,
                open_database(console, options.name.directory, OpenMode::create));
  const auto existing = VectorCollection::open(engine, options.name.name);
  if (existing) {
    return Error(Errc::already_exists,
                 fmt::format("there is a collection \"{}\" already", options.name.name));
  }
  if (existing.error().code() != Errc::not_found) return existing.error();
  QUARTZ_TRY(VectorCollection::open(engine, options.name.name, config));
  QUARTZ_TRY(engine.close());
  return ExitStatus::success;
}

}  // namespace

Action define_vector_create(CLI::App& app) {
  auto options = std::make_shared<CreateOptions>();
  options->name.define(app);
  app.add_option("--dimensions", options->dimensions, "Components of each vector")
      ->type_name("N")
      ->required();
  add_metric(app, options->metric);
  options->index.define(app);
  add_payload_indexes(app, options->payload_indexes);
  app.footer(
      "Creates the database if there is none. Names are made of letters, digits, dot, dash and "
      "underscore.\n\n"
      "Examples:\n"
      "  quartz vector create data digits --dimensions 784 --metric l2\n"
      "  quartz vector create data docs --dimensions 384 --payload-index year:integer");
  return [options](Console& console) { return create(*options, console); };
}

}  // namespace quartz::cli
