#pragma once

#include <filesystem>

#include "bench/server/server_measurement.hpp"

namespace quartz::bench {

/// The search that `http_query_…` asks a server for, without a server: what they take beyond it is
/// the protocol's. One element for each repetition, in `cpu_ns_per_request` alone. The directory is
/// emptied.
Result<ServerSeries> measure_query_in_process(const std::filesystem::path& directory,
                                              unsigned repetitions);

}  // namespace quartz::bench
