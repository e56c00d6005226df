#pragma once

#include <filesystem>

#include "bench/server/server_measurement.hpp"
#include "quartz/result.hpp"

namespace quartz::bench {

/// The JSON form of a run:
///
///     {"machine": {…}, "versions": {"redis-server": …}, "started_at": …,
///      "rows": [{"category": "resp_get_depth_16", "server": "quartz-server",
///                "requests_per_second": […], "cpu_ns_per_request": […],
///                "p50_ms": […], "p99_ms": […]}]}
///
/// A list has an element for each repetition. Replaces `file` atomically.
Result<void> write_server_results(const ServerRunResult& run, const std::filesystem::path& file);

/// `not_found`, or `corruption` naming the file and what in it is missing or wrong.
Result<ServerRunResult> read_server_results(const std::filesystem::path& file);

}  // namespace quartz::bench
