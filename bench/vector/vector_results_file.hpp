#pragma once

#include <filesystem>

#include "bench/vector/vector_results.hpp"
#include "quartz/result.hpp"

namespace quartz::bench {

/// The JSON form of a run, meant for other programs too:
///
///     {"machine": {…}, "versions": {"quartz_graph": …}, "remarks": {…}, "started_at": …,
///      "neighbours": 10,
///      "rows": [{"set": "sift-128", "vectors": …, "dimensions": …, "queries": …,
///                "peer": "hnswlib", "bytes_per_vector": …,
///                "builds": [{"threads": 1, "seconds": […]}],
///                "points": [{"breadth": 10, "recall": …, "queries_per_second": […]}]}],
///      "collections": [{"set": "sift-128", "recall": …, "queries_per_second": […],
///                       "filtered": [{"filter": "boolean", "share": 0.5, "recall": …,
///                                     "plan": …, "queries_per_second": […]}],
///                       "upserts": [{"p50_ns": …, "p99_ns": …}], "idle_searches": […],
///                       "busy_searches": […], "upserts_per_second": […],
///                       "clean_open_ns": […], "indexed_open_ns": […],
///                       "crash_open_ns": […]}]}
///
/// A row for each peer of each set, in order; the rows of a set say the same of it. At most one
/// collection for each set. A list of times or rates has an element for each repetition. See
/// results_file.hpp for machine and versions.
///
/// Replaces `file` atomically: a crash leaves the old one or the new one.
Result<void> write_vector_results(const VectorRunResult& run, const std::filesystem::path& file);

/// `not_found`, or `corruption` naming the file and what in it is missing or wrong, by its JSON
/// pointer.
Result<VectorRunResult> read_vector_results(const std::filesystem::path& file);

}  // namespace quartz::bench
