#include "bench/sample_client_run.hpp"

#include <cstdint>

namespace quartz::bench {

ClientRunResult sample_client_run() {
  ClientRunResult run;
  run.machine = {.cpu = "Example CPU @ 3.00GHz",
                 .cores = 2,
                 .memory_bytes = std::uint64_t{16} << 30,
                 .kernel = "Linux 6.1.0",
                 .file_system = "ext4",
                 .compiler = "GCC 12.2.0"};
  run.versions = {{"quartz::Client, 50 coroutines", "0.1.0"},
                  {"hiredis, pipelines of 50", "0.14.1"}};
  run.server = "quartz-server 0.1.0";
  run.started_at = "2024-05-01T12:00:00Z";
  run.rows = {{.category = "get_50_at_a_time",
               .client = "quartz::Client, 50 coroutines",
               .series = {.operations_per_second = {450'000, 500'000, 550'000},
                          .cpu_ns_per_operation = {900, 1'000, 1'100},
                          .allocations_per_operation = {0, 0, 0.0002}}},
              {.category = "get_50_at_a_time",
               .client = "hiredis, pipelines of 50",
               .series = {.operations_per_second = {225'000, 250'000, 275'000},
                          .cpu_ns_per_operation = {1'800, 2'000, 2'200},
                          .allocations_per_operation = {3, 3, 3}}}};
  return run;
}

}  // namespace quartz::bench
