#include "bench/report/results_file.hpp"

#include <cmath>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include "base/try.hpp"
#include "bench/report/json_file.hpp"
#include "bench/report/json_node.hpp"
#include "bench/report/machine_json.hpp"
#include "bench/report/summary.hpp"

namespace quartz::bench {
namespace {

namespace json = boost::json;

/// No clock tells more of nanoseconds than thousandths.
double rounded(double number) { return std::round(number * 1000) / 1000; }

json::value rounded_or_null(const std::optional<double>& number) {
  return number ? json::value(rounded(*number)) : json::value(nullptr);
}

json::object to_json(const Measurement& m) {
  return {{"operations", m.operations},          {"wall_ns", rounded(m.wall_ns)},
          {"cpu_ns", rounded(m.cpu_ns)},         {"p50_ns", rounded_or_null(m.p50_ns)},
          {"p99_ns", rounded_or_null(m.p99_ns)}, {"p999_ns", rounded_or_null(m.p999_ns)},
          {"max_ns", rounded_or_null(m.max_ns)}, {"user_bytes", m.user_bytes},
          {"written_bytes", m.written_bytes},    {"peak_rss_bytes", m.peak_rss_bytes},
          {"disk_bytes", m.disk_bytes}};
}

json::object to_json(const Series& series) {
  const Summary summary = summary_of(series);
  const Spread& ns = summary.ns_per_operation;
  json::array repetitions;
  for (const Measurement& repetition : series.repetitions) {
    repetitions.push_back(to_json(repetition));
  }
  return {{"category", series.category},
          {"engine", series.engine},
          {"threads", series.threads},
          {"operations", summary.operations},
          {"ns_per_op",
           {{"min", rounded(ns.least)}, {"median", rounded(ns.median)}, {"max", rounded(ns.most)}}},
          {"cpu_ns_per_op", rounded(summary.cpu_ns_per_operation)},
          {"p50_ns", rounded_or_null(summary.p50_ns)},
          {"p99_ns", rounded_or_null(summary.p99_ns)},
          {"p999_ns", rounded_or_null(summary.p999_ns)},
          {"max_ns", rounded_or_null(summary.max_ns)},
          {"bytes_written_per_user_byte", rounded_or_null(summary.written_per_user_byte)},
          {"peak_rss_bytes", summary.peak_rss_bytes},
          {"disk_bytes", summary.disk_bytes},
          {"repetitions", std::move(repetitions)}};
}

json::object to_json(const RunResult& run) {
  json::array rows;
  for (const Series& series : run.series) {
    if (!series.repetitions.empty()) rows.push_back(to_json(series));
  }
  return {{"machine", json_of_machine(run.machine)},
          {"versions", json_of_texts(run.versions)},
          {"remarks", json_of_texts(run.remarks)},
          {"started_at", run.started_at},
          {"seed", run.seed},
          {"keys", run.keys},
          {"mode", run.mode},
          {"rows", std::move(rows)}};
}

Result<Measurement> measurement_from(const JsonNode& node) {
  Measurement m;
  QUARTZ_ASSIGN(m.operations, node.count("operations"));
  QUARTZ_ASSIGN(m.wall_ns, node.number("wall_ns"));
  QUARTZ_ASSIGN(m.cpu_ns, node.number("cpu_ns"));
  QUARTZ_ASSIGN(m.p50_ns, node.number_or_null("p50_ns"));
  QUARTZ_ASSIGN(m.p99_ns, node.number_or_null("p99_ns"));
  QUARTZ_ASSIGN(m.p999_ns, node.number_or_null("p999_ns"));
  QUARTZ_ASSIGN(m.max_ns, node.number_or_null("max_ns"));
  QUARTZ_ASSIGN(m.user_bytes, node.count("user_bytes"));
  QUARTZ_ASSIGN(m.written_bytes, node.count("written_bytes"));
  QUARTZ_ASSIGN(m.peak_rss_bytes, node.count("peak_rss_bytes"));
  QUARTZ_ASSIGN(m.disk_bytes, node.count("disk_bytes"));
  return m;
}

Result<Series> series_from(const JsonNode& node) {
  Series series;
  QUARTZ_ASSIGN(series.category, node.text("category"));
  QUARTZ_ASSIGN(series.engine, node.text("engine"));
  QUARTZ_ASSIGN(series.threads, node.small_count("threads"));
  QUARTZ_ASSIGN(const JsonNode list, node.member("repetitions"));
  QUARTZ_ASSIGN(const std::vector<JsonNode> repetitions, list.elements());
  if (repetitions.empty()) return list.fault("is empty");
  for (const JsonNode& repetition : repetitions) {
    QUARTZ_ASSIGN(Measurement measurement, measurement_from(repetition));
    series.repetitions.push_back(measurement);
  }
  return series;
}

Result<RunResult> run_from(const JsonNode& node) {
  RunResult run;
  QUARTZ_ASSIGN(const JsonNode machine, node.member("machine"));
  QUARTZ_ASSIGN(run.machine, machine_from(machine));
  QUARTZ_ASSIGN(run.versions, node.texts("versions"));
  QUARTZ_ASSIGN(run.remarks, node.texts("remarks"));
  QUARTZ_ASSIGN(run.started_at, node.text("started_at"));
  QUARTZ_ASSIGN(run.seed, node.count("seed"));
  QUARTZ_ASSIGN(run.keys, node.count("keys"));
  QUARTZ_ASSIGN(run.mode, node.text("mode"));
  QUARTZ_ASSIGN(const JsonNode list, node.member("rows"));
  QUARTZ_ASSIGN(const std::vector<JsonNode> rows, list.elements());
  for (const JsonNode& row : rows) {
    QUARTZ_ASSIGN(Series series, series_from(row));
    run.series.push_back(std::move(series));
  }
  return run;
}

}  // namespace

Result<void> write_results(const RunResult& run, const std::filesystem::path& file) {
  return write_json(to_json(run), file);
}

Result<RunResult> read_results(const std::filesystem::path& file) {
  QUARTZ_ASSIGN(const json::value document, read_json(file));
  auto run = run_from(JsonNode(document));
  if (run) return run;
  return Error(run.error().code(), fmt::format("{}: {}", file.string(), run.error().message()));
}

}  // namespace quartz::bench
