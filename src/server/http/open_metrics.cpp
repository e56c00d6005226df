#include "server/http/open_metrics.hpp"

namespace quartz::server {
namespace {

void write_levels(MetricsWriter& to, const Statistics& engine) {
  to.family("level_files", "gauge", "Files of a level.");
  for (const KeyspaceStatistics& keyspace : engine.keyspaces) {
    for (const LevelStatistics& level : keyspace.levels) {
      to.print("quartz_level_files{{keyspace=\"{}\",level=\"{}\"}} {}\n",
               label_value(keyspace.name), level.level, level.file_count);
    }
  }
  to.family("level_bytes", "gauge", "Bytes of a level.");
  for (const KeyspaceStatistics& keyspace : engine.keyspaces) {
    for (const LevelStatistics& level : keyspace.levels) {
      to.print("quartz_level_bytes{{keyspace=\"{}\",level=\"{}\"}} {}\n",
               label_value(keyspace.name), level.level, level.bytes);
    }
  }
}

void write_protocols(MetricsWriter& to, const ServerStatistics& server) {
  for (const auto& field : protocol_statistics_fields()) {
    const bool counter = field.kind == FigureKind::counter;
    const std::string name = fmt::format("protocol_{}", field.name);
    to.family(name, counter ? "counter" : "gauge", field.description);
    for (const ProtocolField& protocol : protocols()) {
      to.print("quartz_{}{}{{protocol=\"{}\"}} {}\n", name, counter ? "_total" : "", protocol.name,
               field.value(protocol.value(server)));
    }
  }
}

}  // namespace

std::string open_metrics(const Statistics& engine, const ServerStatistics& server,
                         const MoreMetrics& more) {
  MetricsWriter to;
  to.figures(engine, statistics_fields());
  to.family("debt", "gauge", "Work that writers have to wait for: 0 none, 1 all.");
  to.print("quartz_debt {}\n", engine.debt);
  for (const LatencyField& field : latency_fields()) to.latency(field, field.value(engine));
  write_levels(to, engine);
  to.figures(server, server_statistics_fields());
  write_protocols(to, server);
  to.family("http_responses", "counter", "HTTP responses by the class of their status.");
  for (std::size_t digit = 1; digit < server.http_responses.size(); ++digit) {
    to.print("quartz_http_responses_total{{status=\"{}xx\"}} {}\n", digit,
             server.http_responses[digit]);
  }
  if (more) more(to);
  return to.finish();
}

}  // namespace quartz::server
