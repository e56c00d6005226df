#pragma once

#include <cstdint>
#include <optional>

#include "bench/measure/measurement.hpp"

namespace quartz::bench {

/// A series as one row of a table: medians of its repetitions, except where it says otherwise.
struct Summary {
  std::uint64_t operations = 0;
  Spread ns_per_operation = {};
  double cpu_ns_per_operation = 0;
  // Over the repetitions that have them.
  std::optional<double> p50_ns = {};
  std::optional<double> p99_ns = {};
  std::optional<double> p999_ns = {};
  std::optional<double> max_ns = {};  ///< The maximum of all.
  /// Nothing where no keys and values were written.
  std::optional<double> written_per_user_byte = {};
  std::uint64_t peak_rss_bytes = 0;
  std::uint64_t disk_bytes = 0;
};

/// Of a series with at least one repetition.
Summary summary_of(const Series& series);

}  // namespace quartz::bench
