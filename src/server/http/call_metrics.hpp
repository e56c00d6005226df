#pragma once

#include "server/http/http_statistics.hpp"
#include "server/http/metrics_writer.hpp"
#include "server/resp/command_statistics.hpp"

namespace quartz::server {

/// Commands of the Redis protocol: how long they took, and what went wrong.
void write_command_metrics(MetricsWriter& to, const CommandStatistics& statistics);

/// Requests of HTTP by route.
void write_http_metrics(MetricsWriter& to, const HttpStatistics& statistics);

}  // namespace quartz::server
