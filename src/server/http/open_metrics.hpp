#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "quartz/server/server_statistics.hpp"
#include "quartz/storage/statistics.hpp"
#include "server/http/metrics_writer.hpp"

namespace quartz::server {

inline constexpr std::string_view kOpenMetrics =
    "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Writes families beside those of engine and server.
using MoreMetrics = std::function<void(MetricsWriter&)>;

/// The figures of engine and server in the text format of OpenMetrics 1.0, which Prometheus reads.
std::string open_metrics(const Statistics& engine, const ServerStatistics& server,
                         const MoreMetrics& more);

}  // namespace quartz::server
