#include "server/http/open_metrics.hpp"

#include <cstdint>
#include <iterator>

#include <fmt/format.h>

#include "server/http/statistics_fields.hpp"

namespace quartz::server {
namespace {

class MetricsWriter {
 public:
  void family(std::string_view name, std::string_view type, std::string_view help) {
    print("# TYPE quartz_{} {}\n# HELP quartz_{} {}\n", name, type, name, help);
  }

  template <class... Arguments>
  void print(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Arguments>(arguments)...);
  }

  template <class From>
  void figures(const From& from, std::span<const StatisticsField<From>> fields) {
    for (const auto& field : fields) {
      const bool counter = field.kind == FigureKind::counter;
      family(field.name, counter ? "counter" : "gauge", field.description);
      print("quartz_{}{} {}\n", field.name, counter ? "_total" : "", field.value(from));
    }
  }

  void latency(const LatencyField& field, const LatencySummary& summary) {
    constexpr double kNanosecondsPerSecond = 1e9;
    const std::string name = fmt::format("{}_latency_seconds", field.name);
    family(name, "summary", field.description);
    print("# UNIT quartz_{} seconds\n", name);
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

  std::string finish() {
    text_ += "# EOF\n";
    return std::move(text_);
  }

 private:
  std::string text_;
};

void write_levels(MetricsWriter& to, const Statistics& engine) {
  to.family("level_files", "gauge", "Files of a level.");
  for (const KeyspaceStatistics& keyspace : engine.keyspaces) {
    for (const LevelStatistics& level : keyspace.levels) {
      to.print("quartz_level_files{{keyspace=\"{}\",level=\"{}\"}} {}\n", keyspace.name,
               level.level, level.file_count);
    }
  }
  to.family("level_bytes", "gauge", "Bytes of a level.");
  for (const KeyspaceStatistics& keyspace : engine.keyspaces) {
    for (const LevelStatistics& level : keyspace.levels) {
      to.print("quartz_level_bytes{{keyspace=\"{}\",level=\"{}\"}} {}\n", keyspace.name,
               level.level, level.bytes);
    }
  }
}

}  // namespace

std::string open_metrics(const Statistics& engine, const ServerStatistics& server) {
  MetricsWriter to;
  to.figures(engine, statistics_fields());
  to.family("debt", "gauge", "Work that writers have to wait for: 0 none, 1 all.");
  to.print("quartz_debt {}\n", engine.debt);
  for (const LatencyField& field : latency_fields()) to.latency(field, field.value(engine));
  write_levels(to, engine);
  to.figures(server, server_statistics_fields());
  to.family("http_responses", "counter", "HTTP responses by the class of their status.");
  for (std::size_t digit = 1; digit < server.http_responses.size(); ++digit) {
    to.print("quartz_http_responses_total{{status=\"{}xx\"}} {}\n", digit,
             server.http_responses[digit]);
  }
  return to.finish();
}

}  // namespace quartz::server
