#pragma once

#include <initializer_list>
#include <string>

#include "bench/measure/measurement.hpp"

namespace quartz::bench {

/// A series that took `ns_per_operation` in each repetition, of a thousand operations each.
Series series_of(const std::string& category, const std::string& engine,
                 std::initializer_list<double> ns_per_operation, unsigned threads = 1);

/// Three repetitions of Quartz, RocksDB and LMDB: puts that Quartz wins, synced puts on one and on
/// eight threads, and a full scan without percentiles that it loses to LMDB.
RunResult sample_run();

}  // namespace quartz::bench
