#pragma once

#include <filesystem>

#include "bench/measure/measurement.hpp"
#include "quartz/result.hpp"

namespace quartz::bench {

/// The JSON form of a run, meant for other programs too:
///
///     {"machine": {"cpu": …, "cores": …, "memory_bytes": …, "kernel": …, "file_system": …,
///                  "compiler": …},
///      "versions": {"quartz": …, "rocksdb": …}, "remarks": {…},
///      "started_at": …, "seed": …, "keys": …, "mode": …,
///      "rows": [{"category": …, "engine": …, "threads": 1, "operations": …,
///                "ns_per_op": {"min": …, "median": …, "max": …},
///                "cpu_ns_per_op": …, "p50_ns": …, "p99_ns": …, "p999_ns": …, "max_ns": …,
///                "bytes_written_per_user_byte": …, "peak_rss_bytes": …, "disk_bytes": …,
///                "repetitions": [{"operations": …, "wall_ns": …, "cpu_ns": …, …}]}]}
///
/// A row's single figures are the medians of its repetitions, except `max_ns`, which is their
/// maximum; what was not measured is null. Numbers that are not whole are rounded to thousandths.
/// `repetitions` holds every measurement, and is all that reading needs of a row besides its first
/// three members. A series without repetitions has no row.
///
/// Replaces `file` atomically: a crash leaves the old one or the new one.
Result<void> write_results(const RunResult& run, const std::filesystem::path& file);

/// `not_found`, or `corruption` naming the file and what in it is missing or wrong, by its JSON
/// pointer: "results.json: /rows/3/threads: is a text, not a number".
Result<RunResult> read_results(const std::filesystem::path& file);

}  // namespace quartz::bench
