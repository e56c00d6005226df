#include "bench/report/results_file.hpp"

#include <cmath>
#include <span>
#include <string_view>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parser.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include "base/try.hpp"
#include "bench/report/json_node.hpp"
#include "bench/report/json_text.hpp"
#include "bench/report/summary.hpp"
#include "io/file_system.hpp"

namespace quartz::bench {
namespace {

namespace json = boost::json;

/// A hundred times what the longest run writes; a larger file is none of ours.
constexpr std::size_t kFileBytesMax = std::size_t{64} << 20;

/// No clock tells more of nanoseconds than thousandths.
double rounded(double number) { return std::round(number * 1000) / 1000; }

json::value rounded_or_null(const std::optional<double>& number) {
  return number ? json::value(rounded(*number)) : json::value(nullptr);
}

json::object to_json(const std::map<std::string, std::string>& texts) {
  json::object object;
  for (const auto& [name, text] : texts) object.emplace(name, text);
  return object;
}

json::object to_json(const RunResult::Machine& machine) {
  return {{"cpu", machine.cpu},
          {"cores", machine.cores},
          {"memory_bytes", machine.memory_bytes},
          {"kernel", machine.kernel},
          {"file_system", machine.file_system},
          {"compiler", machine.compiler}};
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
  return {{"machine", to_json(run.machine)},
          {"versions", to_json(run.versions)},
          {"remarks", to_json(run.remarks)},
          {"started_at", run.started_at},
          {"seed", run.seed},
          {"keys", run.keys},
          {"mode", run.mode},
          {"rows", std::move(rows)}};
}

Result<RunResult::Machine> machine_from(const JsonNode& node) {
  RunResult::Machine machine;
  QUARTZ_ASSIGN(machine.cpu, node.text("cpu"));
  QUARTZ_ASSIGN(machine.cores, node.small_count("cores"));
  QUARTZ_ASSIGN(machine.memory_bytes, node.count("memory_bytes"));
  QUARTZ_ASSIGN(machine.kernel, node.text("kernel"));
  QUARTZ_ASSIGN(machine.file_system, node.text("file_system"));
  QUARTZ_ASSIGN(machine.compiler, node.text("compiler"));
  return machine;
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

Result<json::value> parse(std::string_view text) {
  json::parser parser;
  boost::system::error_code failure;
  const std::size_t read = parser.write_some(text.data(), text.size(), failure);
  if (failure) {
    return Error(Errc::corruption,
                 fmt::format("is no JSON at byte {}: {}", read, failure.message()));
  }
  if (read < text.size()) {
    return Error(Errc::corruption, fmt::format("goes on after its end at byte {}", read));
  }
  return parser.release();
}

Result<RunResult> run_from_text(std::string_view text) {
  QUARTZ_ASSIGN(const json::value document, parse(text));
  return run_from(JsonNode(document));
}

}  // namespace

Result<void> write_results(const RunResult& run, const std::filesystem::path& file) {
  const std::string text = json_text(to_json(run));
  return io::publish_file(io::posix_file_system(), file, std::as_bytes(std::span(text)));
}

Result<RunResult> read_results(const std::filesystem::path& file) {
  QUARTZ_ASSIGN(const std::vector<std::byte> bytes,
                io::read_file(io::posix_file_system(), file, kFileBytesMax));
  auto run = run_from_text({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  if (run) return run;
  return Error(run.error().code(), fmt::format("{}: {}", file.string(), run.error().message()));
}

}  // namespace quartz::bench
