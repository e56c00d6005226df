#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace quartz::bench {

/// What one engine did in one category, once.
struct Measurement {
  std::uint64_t operations = 0;  ///< Keys, for batches and scans.
  double wall_ns = 0;            ///< From the first operation to the end of the last.
  double cpu_ns = 0;             ///< Of all threads of the process, background included.
  // Of single operations as the caller sees them; nothing where operations are not called singly.
  std::optional<double> p50_ns = {};
  std::optional<double> p99_ns = {};
  std::optional<double> p999_ns = {};
  std::optional<double> max_ns = {};
  std::uint64_t user_bytes = 0;     ///< Keys and values written.
  std::uint64_t written_bytes = 0;  ///< Handed to the disk by the process until it had closed.
  std::uint64_t peak_rss_bytes = 0;
  std::uint64_t disk_bytes = 0;  ///< What the directory holds at the end.

  double ns_per_operation() const {
    return operations == 0 ? 0 : wall_ns / static_cast<double>(operations);
  }
};

/// One engine in one category: its repetitions, in the order they were made. Repetition i of every
/// engine of a category was made next to the others' repetition i.
struct Series {
  std::string category;  ///< "put_process"
  std::string engine;    ///< "rocksdb"
  unsigned threads = 1;
  std::vector<Measurement> repetitions;
};

/// Everything that one run found out.
struct RunResult {
  struct Machine {
    std::string cpu;
    unsigned cores = 0;
    std::uint64_t memory_bytes = 0;
    std::string kernel;
    std::string file_system;  ///< Of the directory that was used: "ext4".
    std::string compiler;
  };
  Machine machine;
  std::map<std::string, std::string> versions;  ///< By engine.
  std::map<std::string, std::string> remarks;   ///< By engine; only those that have one.
  std::string started_at;                       ///< UTC, ISO 8601.
  std::uint64_t seed = 0;
  std::uint64_t keys = 0;
  std::string mode;            ///< "standard", "quick"
  std::vector<Series> series;  ///< In the order of the categories.
};

/// Minimum, median and maximum.
struct Spread {
  double least = 0;
  double median = 0;
  double most = 0;
};
/// Of a non-empty sample; of an even number, the mean of the middle two.
Spread spread_of(std::vector<double> values);

/// How many times longer `peer` took than `ours`, repetition by repetition; pairs them by position.
/// Nothing if either has none. A pair in which either has no figure (zero) is left out.
std::optional<Spread> ratio_of(const Series& peer, const Series& ours);

/// One number of a measurement, of which less is better.
using Figure = double (*)(const Measurement&);
/// The same of another figure than the time of an operation.
std::optional<Spread> ratio_of(const Series& peer, const Series& ours, Figure figure);

}  // namespace quartz::bench
