#pragma once

#include <filesystem>

#include "bench/client/client_measurement.hpp"
#include "quartz/result.hpp"

namespace quartz::bench {

/// The JSON form of a run:
///
///     {"machine": {…}, "versions": {"hiredis, blocking": …}, "server": …, "started_at": …,
///      "rows": [{"category": "get_one_at_a_time", "client": "hiredis, blocking",
///                "operations_per_second": […], "cpu_ns_per_operation": […],
///                "allocations_per_operation": […]}]}
///
/// A list has an element for each repetition. Replaces `file` atomically.
Result<void> write_client_results(const ClientRunResult& run, const std::filesystem::path& file);

/// `not_found`, or `corruption` naming the file and what in it is missing or wrong.
Result<ClientRunResult> read_client_results(const std::filesystem::path& file);

}  // namespace quartz::bench
