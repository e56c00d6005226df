#include "bench/sample_run.hpp"

namespace quartz::bench {

Series series_of(const std::string& category, const std::string& engine,
                 std::initializer_list<double> ns_per_operation, unsigned threads) {
  Series series{.category = category, .engine = engine, .threads = threads, .repetitions = {}};
  for (const double ns : ns_per_operation) {
    series.repetitions.push_back({.operations = 1000,
                                  .wall_ns = ns * 1000,
                                  .cpu_ns = ns * 1200,
                                  .p50_ns = ns * 0.7,
                                  .p99_ns = ns * 4,
                                  .p999_ns = ns * 20,
                                  .max_ns = ns * 1000,
                                  .user_bytes = 116'000,
                                  .written_bytes = 145'000,
                                  .peak_rss_bytes = std::uint64_t{96} << 20,
                                  .disk_bytes = 174'000});
  }
  return series;
}

RunResult sample_run() {
  RunResult run;
  run.machine = {.cpu = "Example CPU @ 3.00GHz",
                 .cores = 8,
                 .memory_bytes = std::uint64_t{16} << 30,
                 .kernel = "6.1.0",
                 .file_system = "ext4",
                 .compiler = "GCC 12.2.0"};
  run.versions = {{"lmdb", "0.9.24"}, {"quartz", "0.1.0"}, {"rocksdb", "7.8.3"}};
  run.remarks = {{"rocksdb", "built with assertions"}};
  run.started_at = "2024-05-01T12:00:00Z";
  run.seed = 20240501;
  run.keys = 1'000'000;
  run.mode = "standard";
  run.series = {
      series_of("put_process", "rocksdb", {6630, 6500, 6800}),
      series_of("put_process", "quartz", {890, 880, 910}),
      series_of("put_process", "lmdb", {2670, 2640, 2730}),
      series_of("put_disk", "quartz", {1'200'000, 1'240'000, 1'310'000}),
      series_of("put_disk", "rocksdb", {1'190'000, 1'240'000, 1'400'000}),
      series_of("put_disk", "quartz", {310'000, 300'000, 330'000}, 8),
      series_of("put_disk", "rocksdb", {620'000, 630'000, 640'000}, 8),
      series_of("full_scan_levels", "quartz", {100, 100, 100}),
      series_of("full_scan_levels", "rocksdb", {160, 150, 155}),
      series_of("full_scan_levels", "lmdb", {31, 30, 33}),
  };
  for (Series& series : run.series) {
    if (series.category != "full_scan_levels") continue;
    for (Measurement& m : series.repetitions) {
      m.p50_ns = m.p99_ns = m.p999_ns = m.max_ns = std::nullopt;
      m.user_bytes = 0;
    }
  }
  return run;
}

}  // namespace quartz::bench
