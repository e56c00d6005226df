#include "bench/vector/vector_results_file.hpp"

#include <cmath>
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

json::object to_json(const VectorRunResult& run) {
  json::array rows;
  for (const VectorSetResult& set : run.sets) {
    for (const VectorPeerResult& peer : set.peers) rows.push_back(to_json(set, peer));
  }
  return {{"machine", json_of_machine(run.machine)},
          {"versions", json_of_texts(run.versions)},
          {"remarks", json_of_texts(run.remarks)},
          {"started_at", run.started_at},
          {"neighbours", run.neighbours},
          {"rows", std::move(rows)}};
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
