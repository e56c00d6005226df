#include "server/http/call_metrics.hpp"

#include <vector>

namespace quartz::server {
namespace {

using Figures = CommandStatistics::Figures;

void write_counts(MetricsWriter& to, std::string_view name, std::string_view help,
                  const std::vector<Figures>& all, std::uint64_t Figures::* count) {
  to.family(name, "counter", help);
  for (const Figures& figures : all) {
    if (figures.*count == 0) continue;
    to.print("quartz_{}_total{{command=\"{}\"}} {}\n", name, figures.command->name, figures.*count);
  }
}

}  // namespace

void write_command_metrics(MetricsWriter& to, const CommandStatistics& statistics) {
  const std::vector<Figures> all = statistics.all();
  to.seconds_family("command_duration_seconds", "histogram",
                    "Commands of Redis, without the commit that they share.");
  for (const Figures& figures : all) {
    if (figures.latency.count() == 0) continue;
    to.histogram("command_duration_seconds", fmt::format("command=\"{}\"", figures.command->name),
                 figures.latency);
  }
  write_counts(to, "commands_failed", "Commands that replied with an error.", all,
               &Figures::failed);
  write_counts(to, "commands_rejected", "Commands that were not let run.", all, &Figures::rejected);
  to.seconds_family("commit_duration_seconds", "histogram",
                    "Commits of commands that arrived together.");
  to.histogram("commit_duration_seconds", "", statistics.commits());
  to.family("command_errors", "counter", "Errors replied to commands, by their codes.");
  for (const auto& [code, count] : statistics.errors().all()) {
    to.print("quartz_command_errors_total{{code=\"{}\"}} {}\n", label_value(code), count);
  }
}

void write_http_metrics(MetricsWriter& to, const HttpStatistics& statistics) {
  to.seconds_family("http_request_duration_seconds", "histogram",
                    "Requests of HTTP by route and class of status.");
  statistics.for_each(
      [&to](const Route* route, std::size_t status_class, const HistogramReading& reading) {
        to.histogram("http_request_duration_seconds",
                     fmt::format("method=\"{}\",route=\"{}\",status=\"{}xx\"",
                                 route == nullptr ? "any" : to_string(route->method),
                                 route == nullptr ? "none" : route->path, status_class),
                     reading);
      });
}

}  // namespace quartz::server
