#include "bench/vector/vector_results_file.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include "base/try.hpp"
#include "bench/report/json_file.hpp"
#include "bench/report/json_node.hpp"
#include "bench/report/machine_json.hpp"

namespace quartz::bench {
namespace {

namespace json = boost::json;

double rounded(double number) { return std::round(number * 1000) / 1000; }

json::array to_json(const std::vector<double>& numbers) {
  json::array array;
  for (const double number : numbers) array.emplace_back(rounded(number));
  return array;
}

json::object to_json(const VectorSetResult& set, const VectorPeerResult& peer) {
  json::array builds;
  for (const BuildTimes& build : peer.builds) {
    builds.push_back({{"threads", build.threads}, {"seconds", to_json(build.seconds)}});
  }
  json::array points;
  for (const CurvePoint& point : peer.points) {
    // Recall is not rounded: it is a share of many thousand neighbours.
    points.push_back({{"breadth", point.breadth},
                      {"recall", point.recall},
                      {"queries_per_second", to_json(point.queries_per_second)}});
  }
  return {{"set", set.name},
          {"vectors", set.vectors},
          {"dimensions", set.dimensions},
          {"queries", set.queries},
          {"peer", peer.peer},
          {"bytes_per_vector", rounded(peer.bytes_per_vector)},
          {"builds", std::move(builds)},
          {"points", std::move(points)}};
}

json::array to_json(const std::vector<Latencies>& repetitions) {
  json::array array;
  for (const Latencies& latencies : repetitions) {
    array.push_back({{"p50_ns", rounded(latencies.p50_ns)}, {"p99_ns", rounded(latencies.p99_ns)}});
  }
  return array;
}

json::object to_json(const std::string& set, const CollectionResult& collection) {
  json::array filtered;
  for (const FilteredRate& rate : collection.filtered) {
    filtered.push_back({{"filter", rate.filter},
                        {"share", rate.share},
                        {"recall", rate.recall},
                        {"plan", rate.plan},
                        {"queries_per_second", to_json(rate.queries_per_second)}});
  }
  return {{"set", set},
          {"recall", collection.recall},
          {"queries_per_second", to_json(collection.queries_per_second)},
          {"filtered", std::move(filtered)},
          {"upserts", to_json(collection.upserts)},
          {"idle_searches", to_json(collection.idle_searches)},
          {"busy_searches", to_json(collection.busy_searches)},
          {"upserts_per_second", to_json(collection.upserts_per_second)},
          {"clean_open_ns", to_json(collection.clean_open_ns)},
          {"indexed_open_ns", to_json(collection.indexed_open_ns)},
          {"crash_open_ns", to_json(collection.crash_open_ns)}};
}

json::object to_json(const VectorRunResult& run) {
  json::array rows;
  json::array collections;
  for (const VectorSetResult& set : run.sets) {
    for (const VectorPeerResult& peer : set.peers) rows.push_back(to_json(set, peer));
    if (set.collection) collections.push_back(to_json(set.name, *set.collection));
  }
  return {{"machine", json_of_machine(run.machine)},
          {"versions", json_of_texts(run.versions)},
          {"remarks", json_of_texts(run.remarks)},
          {"started_at", run.started_at},
          {"neighbours", run.neighbours},
          {"rows", std::move(rows)},
          {"collections", std::move(collections)}};
}

/// The figures of all repetitions, of which there is at least one; each greater than zero, since
/// what is divided by them has to be a number.
Result<std::vector<double>> figures_from(const JsonNode& node, std::string_view name) {
  QUARTZ_ASSIGN(const JsonNode list, node.member(name));
  QUARTZ_ASSIGN(std::vector<double> figures, node.numbers(name));
  if (figures.empty()) return list.fault("is empty");
  for (const double figure : figures) {
    if (!(figure > 0)) return list.fault("has a figure that is not above zero");
  }
  return figures;
}

Result<std::vector<BuildTimes>> builds_from(const JsonNode& node) {
  std::vector<BuildTimes> builds;
  QUARTZ_ASSIGN(const JsonNode list, node.member("builds"));
  QUARTZ_ASSIGN(const std::vector<JsonNode> elements, list.elements());
  for (const JsonNode& element : elements) {
    BuildTimes build;
    QUARTZ_ASSIGN(build.threads, element.small_count("threads"));
    QUARTZ_ASSIGN(build.seconds, figures_from(element, "seconds"));
    builds.push_back(std::move(build));
  }
  return builds;
}

Result<std::vector<CurvePoint>> points_from(const JsonNode& node) {
  std::vector<CurvePoint> points;
  QUARTZ_ASSIGN(const JsonNode list, node.member("points"));
  QUARTZ_ASSIGN(const std::vector<JsonNode> elements, list.elements());
  for (const JsonNode& element : elements) {
    CurvePoint point;
    QUARTZ_ASSIGN(point.breadth, element.count("breadth"));
    QUARTZ_ASSIGN(point.recall, element.number("recall"));
    QUARTZ_ASSIGN(point.queries_per_second, figures_from(element, "queries_per_second"));
    points.push_back(std::move(point));
  }
  return points;
}

Result<VectorPeerResult> peer_from(const JsonNode& row) {
  VectorPeerResult peer;
  QUARTZ_ASSIGN(peer.peer, row.text("peer"));
  QUARTZ_ASSIGN(peer.bytes_per_vector, row.number("bytes_per_vector"));
  QUARTZ_ASSIGN(peer.builds, builds_from(row));
  QUARTZ_ASSIGN(peer.points, points_from(row));
  return peer;
}

Result<VectorSetResult> set_from(const JsonNode& row) {
  VectorSetResult set;
  QUARTZ_ASSIGN(set.name, row.text("set"));
  QUARTZ_ASSIGN(set.vectors, row.count("vectors"));
  QUARTZ_ASSIGN(set.dimensions, row.count("dimensions"));
  QUARTZ_ASSIGN(set.queries, row.count("queries"));
  return set;
}

Result<std::vector<FilteredRate>> filtered_from(const JsonNode& node) {
  std::vector<FilteredRate> filtered;
  QUARTZ_ASSIGN(const JsonNode list, node.member("filtered"));
  QUARTZ_ASSIGN(const std::vector<JsonNode> elements, list.elements());
  for (const JsonNode& element : elements) {
    FilteredRate rate;
    QUARTZ_ASSIGN(rate.filter, element.text("filter"));
    QUARTZ_ASSIGN(rate.share, element.number("share"));
    QUARTZ_ASSIGN(rate.recall, element.number("recall"));
    QUARTZ_ASSIGN(rate.plan, element.text("plan"));
    QUARTZ_ASSIGN(rate.queries_per_second, figures_from(element, "queries_per_second"));
    filtered.push_back(std::move(rate));
  }
  return filtered;
}

Result<std::vector<Latencies>> latencies_from(const JsonNode& node, std::string_view name) {
  std::vector<Latencies> repetitions;
  QUARTZ_ASSIGN(const JsonNode list, node.member(name));
  QUARTZ_ASSIGN(const std::vector<JsonNode> elements, list.elements());
  if (elements.empty()) return list.fault("is empty");
  for (const JsonNode& element : elements) {
    Latencies latencies;
    QUARTZ_ASSIGN(latencies.p50_ns, element.number("p50_ns"));
    QUARTZ_ASSIGN(latencies.p99_ns, element.number("p99_ns"));
    if (!(latencies.p99_ns > 0)) return element.fault("has a latency that is not above zero");
    repetitions.push_back(latencies);
  }
  return repetitions;
}

Result<CollectionResult> collection_from(const JsonNode& node) {
  CollectionResult collection;
  QUARTZ_ASSIGN(collection.recall, node.number("recall"));
  QUARTZ_ASSIGN(collection.queries_per_second, figures_from(node, "queries_per_second"));
  QUARTZ_ASSIGN(collection.filtered, filtered_from(node));
  QUARTZ_ASSIGN(collection.upserts, latencies_from(node, "upserts"));
  QUARTZ_ASSIGN(collection.idle_searches, latencies_from(node, "idle_searches"));
  QUARTZ_ASSIGN(collection.busy_searches, latencies_from(node, "busy_searches"));
  QUARTZ_ASSIGN(collection.upserts_per_second, figures_from(node, "upserts_per_second"));
  QUARTZ_ASSIGN(collection.clean_open_ns, figures_from(node, "clean_open_ns"));
  QUARTZ_ASSIGN(collection.indexed_open_ns, figures_from(node, "indexed_open_ns"));
  QUARTZ_ASSIGN(collection.crash_open_ns, figures_from(node, "crash_open_ns"));
  return collection;
}

/// Each belongs to one of the sets that the rows are about.
Result<void> add_collections(const JsonNode& node, VectorRunResult& run) {
  QUARTZ_ASSIGN(const JsonNode list, node.member("collections"));
  QUARTZ_ASSIGN(const std::vector<JsonNode> elements, list.elements());
  for (const JsonNode& element : elements) {
    QUARTZ_ASSIGN(const std::string name, element.text("set"));
    const auto set = std::ranges::find(run.sets, name, &VectorSetResult::name);
    if (set == run.sets.end()) return element.fault("is of a set without rows");
    QUARTZ_ASSIGN(set->collection, collection_from(element));
  }
  return {};
}

Result<VectorRunResult> run_from(const JsonNode& node) {
  VectorRunResult run;
  QUARTZ_ASSIGN(const JsonNode machine, node.member("machine"));
  QUARTZ_ASSIGN(run.machine, machine_from(machine));
  QUARTZ_ASSIGN(run.versions, node.texts("versions"));
  QUARTZ_ASSIGN(run.remarks, node.texts("remarks"));
  QUARTZ_ASSIGN(run.started_at, node.text("started_at"));
  QUARTZ_ASSIGN(run.neighbours, node.count("neighbours"));
  QUARTZ_ASSIGN(const JsonNode list, node.member("rows"));
  QUARTZ_ASSIGN(const std::vector<JsonNode> rows, list.elements());
  for (const JsonNode& row : rows) {
    QUARTZ_ASSIGN(VectorSetResult set, set_from(row));
    if (run.sets.empty() || run.sets.back().name != set.name) run.sets.push_back(std::move(set));
    QUARTZ_ASSIGN(VectorPeerResult peer, peer_from(row));
    run.sets.back().peers.push_back(std::move(peer));
  }
  QUARTZ_TRY(add_collections(node, run));
  return run;
}

}  // namespace

Result<void> write_vector_results(const VectorRunResult& run, const std::filesystem::path& file) {
  return write_json(to_json(run), file);
}

Result<VectorRunResult> read_vector_results(const std::filesystem::path& file) {
  QUARTZ_ASSIGN(const json::value document, read_json(file));
  auto run = run_from(JsonNode(document));
  if (run) return run;
  return Error(run.error().code(), fmt::format("{}: {}", file.string(), run.error().message()));
}

}  // namespace quartz::bench
