#include "server/http/metrics_writer.hpp"

#include <array>

namespace quartz::server {
namespace {

constexpr double kNanosecondsPerSecond = 1e9;

// What a load of commands and requests is told apart by: from the time of a row in memory to that
// of a client's patience. A few only, since there are as many of each command and route.
struct Bound {
  std::string_view text;
  std::uint64_t nanoseconds;
};
constexpr std::array kBounds = {
    Bound{"0.000001", 1'000},    Bound{"0.00001", 10'000},      Bound{"0.0001", 100'000},
    Bound{"0.001", 1'000'000},   Bound{"0.01", 10'000'000},     Bound{"0.1", 100'000'000},
    Bound{"1.0", 1'000'000'000}, Bound{"10.0", 10'000'000'000},
};

}  // namespace

void MetricsWriter::family(std::string_view name, std::string_view type, std::string_view help) {
  print("# TYPE quartz_{} {}\n# HELP quartz_{} {}\n", name, type, name, help);
}

void MetricsWriter::seconds_family(std::string_view name, std::string_view type,
                                   std::string_view help) {
  family(name, type, help);
  print("# UNIT quartz_{} seconds\n", name);
}

void MetricsWriter::latency(const LatencyField& field, const LatencySummary& summary) {
  const std::string name = fmt::format("{}_latency_seconds", field.name);
  seconds_family(name, "summary", field.description);
  const std::pair<std::string_view, std::uint64_t> quantiles[] = {{"0.5", summary.p50_ns},
                                                                  {"0.9", summary.p90_ns},
                                                                  {"0.99", summary.p99_ns},
                                                                  {"0.999", summary.p999_ns},
                                                                  {"1", summary.max_ns}};
  for (const auto& [quantile, nanoseconds] : quantiles) {
    print("quartz_{}{{quantile=\"{}\"}} {}\n", name, quantile,
          static_cast<double>(nanoseconds) / kNanosecondsPerSecond);
  }
  print("quartz_{}_count {}\n", name, summary.count);
}

void MetricsWriter::histogram(std::string_view name, std::string_view labels,
                              const HistogramReading& reading) {
  const std::string_view comma = labels.empty() ? "" : ",";
  for (const Bound& bound : kBounds) {
    print("quartz_{}_bucket{{{}{}le=\"{}\"}} {}\n", name, labels, comma, bound.text,
          reading.count_up_to(bound.nanoseconds));
  }
  print("quartz_{}_bucket{{{}{}le=\"+Inf\"}} {}\n", name, labels, comma, reading.count());
  const std::string braced = labels.empty() ? std::string() : fmt::format("{{{}}}", labels);
  print("quartz_{}_count{} {}\n", name, braced, reading.count());
  print("quartz_{}_sum{} {}\n", name, braced,
        static_cast<double>(reading.sum()) / kNanosecondsPerSecond);
}

std::string MetricsWriter::finish() {
  text_ += "# EOF\n";
  return std::move(text_);
}

std::string label_value(std::string_view text) {
  std::string value;
  for (const char c : text) {
    if (c == '\\' || c == '"') value += '\\';
    if (c == '\n') {
      value += "\\n";
    } else {
      value += c;
    }
  }
  return value;
}

}  // namespace quartz::server
