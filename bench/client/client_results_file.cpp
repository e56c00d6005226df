#include "bench/client/client_results_file.hpp"

#include <cmath>
#include <cstddef>
#include <string>
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

json::array to_json(const std::vector<double>& numbers) {
  json::array array;
  for (const double number : numbers) array.emplace_back(std::round(number * 10'000) / 10'000);
  return array;
}

Result<ClientRow> row_from(const JsonNode& node) {
  ClientRow row;
  QUARTZ_ASSIGN(row.category, node.text("category"));
  QUARTZ_ASSIGN(row.client, node.text("client"));
  QUARTZ_ASSIGN(row.series.operations_per_second, node.numbers("operations_per_second"));
  QUARTZ_ASSIGN(row.series.cpu_ns_per_operation, node.numbers("cpu_ns_per_operation"));
  QUARTZ_ASSIGN(row.series.allocations_per_operation, node.numbers("allocations_per_operation"));
  const std::size_t repetitions = row.series.cpu_ns_per_operation.size();
  const std::size_t counted = row.series.allocations_per_operation.size();
  if (repetitions == 0 || row.series.operations_per_second.size() != repetitions ||
      (counted != 0 && counted != repetitions)) {
    return node.fault("its lists are empty or differ in length");
  }
  return row;
}

Result<ClientRunResult> run_from(const JsonNode& node) {
  ClientRunResult run;
  QUARTZ_ASSIGN(const JsonNode machine, node.member("machine"));
  QUARTZ_ASSIGN(run.machine, machine_from(machine));
  QUARTZ_ASSIGN(run.versions, node.texts("versions"));
  QUARTZ_ASSIGN(run.server, node.text("server"));
  QUARTZ_ASSIGN(run.started_at, node.text("started_at"));
  QUARTZ_ASSIGN(const JsonNode rows, node.member("rows"));
  QUARTZ_ASSIGN(const std::vector<JsonNode> elements, rows.elements());
  for (const JsonNode& element : elements) {
    QUARTZ_ASSIGN(ClientRow row, row_from(element));
    run.rows.push_back(std::move(row));
  }
  return run;
}

}  // namespace

Result<void> write_client_results(const ClientRunResult& run, const std::filesystem::path& file) {
  json::array rows;
  for (const ClientRow& row : run.rows) {
    rows.push_back({{"category", row.category},
                    {"client", row.client},
                    {"operations_per_second", to_json(row.series.operations_per_second)},
                    {"cpu_ns_per_operation", to_json(row.series.cpu_ns_per_operation)},
                    {"allocations_per_operation", to_json(row.series.allocations_per_operation)}});
  }
  const json::object document{{"machine", json_of_machine(run.machine)},
                              {"versions", json_of_texts(run.versions)},
                              {"server", run.server},
                              {"started_at", run.started_at},
                              {"rows", std::move(rows)}};
  return write_json(document, file);
}

Result<ClientRunResult> read_client_results(const std::filesystem::path& file) {
  QUARTZ_ASSIGN(const json::value document, read_json(file));
  auto run = run_from(JsonNode(document));
  if (run) return run;
  return Error(run.error().code(), fmt::format("{}: {}", file.string(), run.error().message()));
}

}  // namespace quartz::bench
