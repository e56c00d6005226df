#include "cli/collection_options.hpp"

#include <map>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/processors.hpp"
#include "base/try.hpp"
#include "cli/database.hpp"

namespace quartz::cli {
namespace {

// The names of enumerators, as users write them.
template <class Enumeration>
std::map<std::string, Enumeration> names_of(std::initializer_list<Enumeration> values) {
  std::map<std::string, Enumeration> names;
  for (const Enumeration value : values) names.emplace(to_string(value), value);
  return names;
}

const std::map<std::string, PayloadIndexKind>& payload_index_kinds() {
  static const auto kinds =
      names_of({PayloadIndexKind::keyword, PayloadIndexKind::prefix, PayloadIndexKind::integer,
                PayloadIndexKind::floating, PayloadIndexKind::boolean});
  return kinds;
}

// An option that is one word of several, and stays empty if it is not given.
template <class Enumeration>
void add_choice(CLI::App& app, const std::string& name, std::optional<Enumeration>& chosen,
                const std::map<std::string, Enumeration>& names, const std::string& description,
                const std::string& type_name) {
  app.add_option_function<Enumeration>(
         name, [&chosen](const Enumeration& value) { chosen = value; }, description)
      ->transform(CLI::CheckedTransformer(names).description(""))
      ->type_name(type_name);
}

// A number that stays empty if it is not given; the library judges it.
template <class Number>
void add_number(CLI::App& app, const std::string& name, std::optional<Number>& number,
                const std::string& description) {
  app.add_option_function<Number>(
         name, [&number](const Number& value) { number = value; }, description)
      ->type_name("N");
}

void add_switch(CLI::App& app, const std::string& name, std::optional<bool>& state,
                const std::string& description) {
  app.add_flag_function(name, [&state](std::int64_t count) { state = count > 0; }, description);
}

}  // namespace

void CollectionName::define(CLI::App& app) {
  add_directory(app, directory);
  app.add_option("NAME", name, "Name of the collection")->required();
}

Result<OpenedCollection> open_collection(Console& console, const CollectionName& name,
                                         std::uint32_t index_threads) {
  if (index_threads == 0) index_threads = usable_processors();
  QUARTZ_ASSIGN(StorageEngine engine, open_database(console, name.directory, OpenMode::existing));
  auto collection = VectorCollection::open(engine, name.name, {.index_threads = index_threads});
  if (!collection && collection.error().code() == Errc::not_found) {
    return Error(
        Errc::not_found,
        fmt::format("{}; `quartz vector create {} {} --dimensions N` makes one, `quartz "
                    "vector list {}` names those there are",
                    collection.error().message(), name.directory, name.name, name.directory));
  }
  if (!collection) return collection.error();
  return OpenedCollection{std::move(engine), *std::move(collection)};
}

void IndexOptions::define(CLI::App& app) {
  add_choice(app, "--quantization", quantization,
             names_of({Quantization::none, Quantization::f16, Quantization::bf16, Quantization::sq8,
                       Quantization::sq4, Quantization::bit1}),
             "How components are kept for searching (sq8)", "none|f16|bf16|sq8|sq4|bit1");
  add_number(app, "--m", m, "Links of a point (16)");
  add_number(app, "--ef-construction", ef_construction,
             "Candidates that an insertion looks at (200)");
  add_number(app, "--seed", seed, "Of the levels of points (1)");
  add_switch(app, "--vectors-in-memory,!--no-vectors-in-memory", vectors_in_memory,
             "Keep vectors in single precision in memory, for exact comparison (on)");
  add_switch(app, "--payloads-in-memory,!--no-payloads-in-memory", payloads_in_memory,
             "Keep payloads in memory, for filters (on)");
}

VectorIndexConfig IndexOptions::over(VectorIndexConfig config) const {
  config.quantization = quantization.value_or(config.quantization);
  config.m = m.value_or(config.m);
  config.ef_construction = ef_construction.value_or(config.ef_construction);
  config.seed = seed.value_or(config.seed);
  config.vectors_in_memory = vectors_in_memory.value_or(config.vectors_in_memory);
  config.payloads_in_memory = payloads_in_memory.value_or(config.payloads_in_memory);
  return config;
}

void SearchOptions::define(CLI::App& app) {
  app.add_option("-k,--count", k, "Points to find (10)")->type_name("N");
  app.add_option("--filter", filter, "Only points that match: \"lang == 'en' and year >= 2020\"")
      ->type_name("FILTER");
  add_number(app, "--ef-search", ef_search, "Candidates that the walk keeps, instead of --recall");
  add_number(app, "--recall", recall, "Share of the nearest that should be found (0.97)");
  app.get_option("--ef-search")->excludes("--recall");
}

Result<VectorSearchOptions> SearchOptions::to_search() const {
  VectorSearchOptions search{.k = k, .ef_search = ef_search};
  if (recall) search.recall = *recall;
  if (!filter.empty()) {
    QUARTZ_ASSIGN(search.filter, Filter::parse(filter));
  }
  return search;
}

void add_metric(CLI::App& app, std::optional<Metric>& metric) {
  add_choice(app, "--metric", metric, names_of({Metric::cosine, Metric::l2, Metric::dot}),
             "How near two vectors are (cosine)", "cosine|l2|dot");
}

void add_vector_format(CLI::App& app, std::optional<VectorFormat>& format) {
  add_choice(
      app, "--format", format,
      names_of({VectorFormat::fvecs, VectorFormat::ivecs, VectorFormat::bvecs, VectorFormat::fbin,
                VectorFormat::ibin, VectorFormat::u8bin, VectorFormat::i8bin, VectorFormat::npy}),
      "Format of the file of vectors, if its name does not tell",
      "fvecs|ivecs|bvecs|fbin|ibin|u8bin|i8bin|npy");
}

void add_payload_indexes(CLI::App& app, std::vector<std::string>& texts) {
  app.add_option("--payload-index", texts,
                 "An index on a field of payloads; the kind is keyword, prefix, integer, floating "
                 "or boolean")
      ->type_name("FIELD:KIND")
      ->allow_extra_args(false);
}

Result<std::vector<PayloadIndexConfig>> parse_payload_indexes(
    const std::vector<std::string>& texts) {
  std::vector<PayloadIndexConfig> indexes;
  for (const std::string& text : texts) {
    const std::size_t colon = text.rfind(':');  // A name in quotes may have one.
    const auto kind = colon == std::string::npos
                          ? payload_index_kinds().end()
                          : payload_index_kinds().find(text.substr(colon + 1));
    if (kind == payload_index_kinds().end()) {
      return Error(Errc::invalid_argument,
                   fmt::format("--payload-index {}: is not FIELD:KIND with a kind of keyword, "
                               "prefix, integer, floating or boolean",
                               text));
    }
    indexes.push_back({.field = text.substr(0, colon), .kind = kind->second});
  }
  return indexes;
}

}  // namespace quartz::cli
