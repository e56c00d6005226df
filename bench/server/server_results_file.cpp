#include "bench/server/server_results_file.hpp"

#include <cmath>
#include <string>
#include <utility>

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

json::array to_json(const std::vector<double>& numbers) {
  json::array array;
  for (const double number : numbers) array.emplace_back(std::round(number * 1000) / 1000);
  return array;
}

Result<ServerRow> row_from(const JsonNode& node) {
  ServerRow row;
  QUARTZ_ASSIGN(row.category, node.text("category"));
  QUARTZ_ASSIGN(row.server, node.text("server"));
  QUARTZ_ASSIGN(row.series.requests_per_second, node.numbers("requests_per_second"));
  QUARTZ_ASSIGN(row.series.cpu_ns_per_request, node.numbers("cpu_ns_per_request"));
  QUARTZ_ASSIGN(row.series.p50_ms, node.numbers("p50_ms"));
  QUARTZ_ASSIGN(row.series.p99_ms, node.numbers("p99_ms"));
  const std::size_t repetitions = row.series.cpu_ns_per_request.size();
  for (const auto* const list :
       {&row.series.requests_per_second, &row.series.p50_ms, &row.series.p99_ms}) {
    if ((list->size() != repetitions && !list->empty()) || repetitions == 0) {
      return node.fault("its lists are empty or differ in length");
    }
  }
  return row;
}

Result<ServerRunResult> run_from(const JsonNode& node) {
  ServerRunResult run;
  QUARTZ_ASSIGN(const JsonNode machine, node.member("machine"));
  QUARTZ_ASSIGN(run.machine, machine_from(machine));
  QUARTZ_ASSIGN(run.versions, node.texts("versions"));
  QUARTZ_ASSIGN(run.started_at, node.text("started_at"));
  QUARTZ_ASSIGN(const JsonNode rows, node.member("rows"));
  QUARTZ_ASSIGN(const std::vector<JsonNode> elements, rows.elements());
  for (const JsonNode& element : elements) {
    QUARTZ_ASSIGN(ServerRow row, row_from(element));
    run.rows.push_back(std::move(row));
  }
  return run;
}

}  // namespace

Result<void> write_server_results(const ServerRunResult& run, const std::filesystem::path& file) {
  json::array rows;
  for (const ServerRow& row : run.rows) {
    rows.push_back({{"category", row.category},
                    {"server", row.server},
                    {"requests_per_second", to_json(row.series.requests_per_second)},
                    {"cpu_ns_per_request", to_json(row.series.cpu_ns_per_request)},
                    {"p50_ms", to_json(row.series.p50_ms)},
                    {"p99_ms", to_json(row.series.p99_ms)}});
  }
  const json::object document{{"machine", json_of_machine(run.machine)},
                              {"versions", json_of_texts(run.versions)},
                              {"started_at", run.started_at},
                              {"rows", std::move(rows)}};
  return write_json(document, file);
}

Result<ServerRunResult> read_server_results(const std::filesystem::path& file) {
  QUARTZ_ASSIGN(const json::value document, read_json(file));
  auto run = run_from(JsonNode(document));
  if (run) return run;
  return Error(run.error().code(), fmt::format("{}: {}", file.string(), run.error().message()));
}

}  // namespace quartz::bench
