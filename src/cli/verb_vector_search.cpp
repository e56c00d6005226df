#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <CLI/App.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include "base/try.hpp"
#include "cli/collection_options.hpp"
#include "cli/hit_output.hpp"
#include "cli/verb_vector.hpp"
#include "io/file_system.hpp"
#include "vector/vector_file_reader.hpp"

namespace quartz::cli {
namespace {

struct VectorQueryOptions {
  CollectionName name;
  SearchOptions search;
  std::optional<std::string> vector;
  std::optional<std::string> id;
  std::optional<std::string> file;
  std::optional<VectorFormat> format;
  std::uint64_t row = 0;
  bool exact = false;
  bool with_payload = false;
  bool explain = false;
  bool json = false;
};

Result<std::vector<float>> parse_vector(const std::string& text) {
  boost::system::error_code failure;
  const boost::json::value value = boost::json::parse(text, failure);
  const Error malformed{Errc::invalid_argument,
                        "--vector: is not an array of numbers such as [0.5, -1, 2]"};
  if (failure || !value.is_array()) return malformed;
  std::vector<float> vector;
  for (const boost::json::value& component : value.get_array()) {
    if (!component.is_number()) return malformed;
    vector.push_back(static_cast<float>(component.to_number<double>()));
  }
  return vector;
}

Result<std::vector<float>> read_row(const VectorQueryOptions& options) {
  QUARTZ_ASSIGN(auto reader, vector::VectorFileReader::open(io::posix_file_system(), *options.file,
                                                            options.format));
  QUARTZ_TRY(reader.seek(options.row));
  std::vector<float> vector(reader.dimensions());
  QUARTZ_ASSIGN(const std::size_t got, reader.read(std::span<float>(vector)));
  if (got == 1) return vector;
  return Error(Errc::invalid_argument, fmt::format("{}: there is no row {}, only {} rows",
                                                   *options.file, options.row, reader.count()));
}

Result<VectorSearchExplanation> search(const VectorQueryOptions& options,
                                       const VectorCollection& collection) {
  QUARTZ_ASSIGN(VectorSearchOptions search, options.search.to_search());
  search.exact = options.exact;
  search.with_payload = options.with_payload;
  if (!options.id) {
    QUARTZ_ASSIGN(const std::vector<float> query,
                  options.vector ? parse_vector(*options.vector) : read_row(options));
    return collection.explain(query, search);
  }
  QUARTZ_ASSIGN(auto hits, collection.search_by_id(*options.id, search));
  if (!hits) {
    return Error(Errc::not_found, fmt::format("there is no point \"{}\" in collection \"{}\"",
                                              *options.id, collection.name()));
  }
  VectorSearchExplanation found;
  found.hits = *std::move(hits);
  return found;
}

Result<ExitStatus> print_nearest(const VectorQueryOptions& options, Console& console) {
  const int queries = (options.vector ? 1 : 0) + (options.id ? 1 : 0) + (options.file ? 1 : 0);
  if (queries != 1) {
    return Error(Errc::invalid_argument, "give one of --vector, --id and --file");
  }
  if (options.explain && options.id) {
    return Error(Errc::invalid_argument,
                 "--explain is for --vector and --file: a stored point may be several searches");
  }
  QUARTZ_ASSIGN(OpenedCollection opened, open_collection(console, options.name));
  QUARTZ_ASSIGN(const VectorSearchExplanation found, search(options, opened.collection));
  // Printing may wait for a slow reader, and nobody should have to wait for the lock with it.
  QUARTZ_TRY(opened.engine.close());
  if (options.json) {
    console.out().write(hits_as_json(found.hits, options.explain ? &found : nullptr));
    return ExitStatus::success;
  }
  console.out().write(hits_as_text(found.hits));
  if (options.explain) console.print("\n{}", explanation_as_text(found));
  return ExitStatus::success;
}

void add_text(CLI::App& app, const std::string& name, std::optional<std::string>& text,
              const std::string& description, const std::string& type_name) {
  app.add_option_function<std::string>(
         name, [&text](const std::string& given) { text = given; }, description)
      ->type_name(type_name);
}

}  // namespace

Action define_vector_search(CLI::App& app) {
  auto options = std::make_shared<VectorQueryOptions>();
  options->name.define(app);
  add_text(app, "--vector", options->vector, "What to be near to: an array of JSON", "JSON");
  add_text(app, "--id", options->id, "What to be near to: a point, which is not found itself",
           "ID");
  add_text(app, "--file", options->file, "What to be near to: a row of a file of vectors", "FILE");
  app.add_option("--row", options->row, "Which row of --file (0)")->type_name("N");
  add_vector_format(app, options->format);
  options->search.define(app);
  app.add_flag("--exact", options->exact, "Compare with every point");
  app.add_flag("--with-payload", options->with_payload, "Print payloads as well");
  app.add_flag("--explain", options->explain, "Print how the search was carried out as well");
  app.add_flag("--json", options->json, "As JSON");
  app.footer(
      "Prints id, score and payload of the nearest points, the nearest first, with tabs between "
      "them.\n\n"
      "Examples:\n"
      "  quartz vector search data digits --file queries.u8bin --row 7 -k 5\n"
      "  quartz vector search data docs --vector '[0.1, 0.9]' --filter \"lang == 'en'\"\n"
      "  quartz vector search data docs --id doc:1 --recall 0.99 --json");
  return [options](Console& console) { return print_nearest(*options, console); };
}

}  // namespace quartz::cli
